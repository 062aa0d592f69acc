// quadlane classify and doctor, as users start them: on small pictures, and on photos where these are there.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const lenet = here('../../examples/models/lenet5-mnist.onnx');
const seven = here('../../examples/digits/7-0.png');
const fixture = (name: string) => here(`../fixtures/pictures/${name}`);
const folder = mkdtempSync(join(tmpdir(), 'quadlane-pictures-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** LeNet-5 takes digits so. */
writeFileSync(at('digits.json'), JSON.stringify({ scale: 1 / 255, crop: 1 }));
writeFileSync(at('digits.txt'), 'nought one two three four five six seven eight nine'.replaceAll(' ', '\n'));
const asDigits = ['--preprocessing', at('digits.json'), '--labels', at('digits.txt')];

function quadlane(args: readonly string[], input?: Uint8Array) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [here('../../dist/node/cli/main.js'), ...args], {
    encoding: 'utf8',
    ...(input && { input }),
  });
  return { status, stdout, stderr };
}

function refusal(...args: string[]): string {
  const { status, stdout, stderr } = quadlane(args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^quadlane: /);
  expect(stderr).not.toMatch(/\n {4}at /);
  return stderr;
}

describe('classify', () => {
  test('a line for each picture', () => {
    const { status, stdout, stderr } = quadlane(['classify', lenet, seven, ...asDigits, '--top', '2']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/7-0\.png: seven 0\.787; \w+ 0\.\d{3}\n$/);
  });

  test('standard input, and as JSON, JSON lines and CSV', () => {
    const json = quadlane(['classify', lenet, '-', ...asDigits, '--json'], readFileSync(seven));
    expect(JSON.parse(json.stdout)).toMatchObject([{ picture: '-', classes: [{ label: 'seven', index: 7 }, {}, {}] }]);
    const lines = quadlane(['classify', lenet, seven, seven, ...asDigits, '--jsonl', '--top', '1']).stdout;
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).classes[0].label),
    ).toEqual(['seven', 'seven']);
    const csv = quadlane(['classify', lenet, seven, ...asDigits, '--csv', '--top', '1']).stdout;
    expect(csv).toMatch(/^picture,rank,label,score,index\r\n.*7-0\.png,1,seven,0\.78\d*,7\r\n$/);
  });

  test('a folder: a picture that is damaged is told of, the others are classified, and the end is 1', () => {
    const photos = at('photos');
    mkdirSync(photos);
    writeFileSync(join(photos, 'a.png'), readFileSync(seven));
    writeFileSync(join(photos, 'b.png'), readFileSync(seven).subarray(0, 100));
    writeFileSync(join(photos, 'notes.txt'), 'no picture');
    const { status, stdout, stderr } = quadlane(['classify', lenet, photos, ...asDigits, '--top', '1']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^\S*a\.png: seven 0\.787\n$/);
    expect(stderr).toMatch(/^quadlane: \S*b\.png: the PNG picture is truncated after 100 bytes: get the whole file\n$/);
  });

  test('says where the preprocessing is a guess', () => {
    expect(quadlane(['classify', lenet, seven]).stderr).toContain("doesn't say how it takes pictures");
  });

  test('refuses what is no picture, and what does not fit', () => {
    const empty = at('empty');
    mkdirSync(empty);
    const huge = readFileSync(fixture('dot.png'));
    huge.writeUInt32BE(20_000, 16);
    huge.writeUInt32BE(20_000, 20);
    writeFileSync(at('huge.png'), huge);
    const refused = (file: string) => refusal('classify', lenet, file, ...asDigits);
    expect(refused(at('none.png'))).toContain("can't be read");
    expect(refused(empty)).toContain('holds no pictures');
    expect(refused(fixture('cmyk.jpg'))).toContain('in CMYK');
    expect(refused(fixture('animated.webp'))).toContain('an animation');
    expect(refused(fixture('scene.gif'))).toContain('this is a GIF');
    expect(refused(at('huge.png'))).toContain('20000 x 20000 pixels');
    expect(refused(lenet)).toContain('no picture of a known kind');
    expect(quadlane(['classify', lenet, fixture('dot.png'), ...asDigits])).toMatchObject({ status: 0, stderr: '' });
    expect(refusal('classify', lenet)).toContain('takes a model and pictures');
    expect(refusal('classify', lenet, seven, '--top', '0')).toContain('--top takes');
    expect(refusal('classify', lenet, seven, '--json', '--csv')).toContain('give one of');
    expect(refusal('classify', lenet, seven, '--preprocessing', 'magic')).toContain('caffe-bgr');
    writeFileSync(at('nine.txt'), 'a\nb\nc\nd\ne\nf\ng\nh\ni');
    expect(refusal('classify', lenet, seven, '--labels', at('nine.txt'))).toContain('tells 10 classes apart');
    expect(refusal('run', lenet, seven)).toContain('for pictures there is quadlane classify');
  });
});

const photos = here('../../../shared/photos/');

describe('doctor', () => {
  test('takes three pictures at least', () => {
    expect(refusal('doctor', lenet, seven)).toContain('at least 3 pictures');
  });

  test('tries what grey networks can take', () => {
    const digits = here('../../examples/digits/');
    const { status, stdout } = quadlane(['doctor', lenet, digits]);
    expect(status).toBe(0);
    expect(stdout).toContain('zero-to-one');
    expect(stdout).not.toContain('imagenet');
  });

  test.skipIf(!existsSync(photos)).each([
    ['SqueezeNet_fp16.onnx', 'caffe-bgr', /^imagenet .*says "mosquito net" of 6 of 6: not this one$/m],
    ['mobilenet_v2_ptq_qlinear.onnx', 'minus-one-to-one', /^raw .*not this one$/m],
  ])('%s takes pictures as %s', (model, preset, warning) => {
    const names = ['cat_720p.jpg', 'parrot.jpg', 'owl.jpg', 'hot_dog.jpg', 'bird.png', 'grace_hopper.png'];
    const pictures = names.map((name) => photos + name);
    const { status, stdout } = quadlane([
      'doctor',
      photos + model,
      ...pictures,
      '--labels',
      `${photos}imagenet_labels.txt`,
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain(`most confident: --preprocessing ${preset}\n`);
    expect(stdout).toMatch(warning);
  });
});
