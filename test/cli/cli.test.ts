// The command line as users start it: a process of its own, from the built package.
import { spawnSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModel, tensor } from '../../src/index.js';
import { onnxFile } from '../formats/onnx-file.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const lenet = here('../../examples/models/lenet5-mnist.onnx');
const folder = mkdtempSync(join(tmpdir(), 'quadlane-cli-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

function quadlane(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [here('../../dist/node/cli/main.js'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** What the command says when it refuses. */
function refusal(...args: string[]): string {
  const { status, stdout, stderr } = quadlane(...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^quadlane: /);
  expect(stderr).not.toMatch(/\n {4}at /);
  return stderr;
}

const digit = Float32Array.from({ length: 784 }, (_, i) => Math.fround(Math.sin(i) / 2 + 0.5));

function npy(type: string, shape: string, data: ArrayBufferView): Uint8Array {
  const header = `${`{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117)}\n`;
  const start = new Uint8Array([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([start, Buffer.from(header), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

describe('convert', () => {
  it('goes from ONNX to .safetensors and back without changing a result', async () => {
    expect(quadlane('convert', lenet, at('lenet.safetensors'))).toMatchObject({ status: 0, stderr: '' });
    expect(quadlane('convert', at('lenet.safetensors'), at('lenet.onnx')).stdout).toMatch(/lenet\.onnx: [\d,]+ bytes/);
    const image = tensor(digit, [1, 1, 28, 28]);
    const [original, native, back] = await Promise.all(
      [lenet, at('lenet.safetensors'), at('lenet.onnx')].map((path) => loadModel(path)),
    );
    const expected = original.runSync({ image });
    expect(native.runSync({ image })).toEqual(expected);
    expect(back.runSync({ image })).toEqual(expected);
  });

  it('never writes over what it reads, and leaves no half of a file', () => {
    const folder = at('safe');
    mkdirSync(folder);
    const [model, linked, symbolic] = ['a.onnx', 'linked.onnx', 'symbolic.onnx'].map((name) => join(folder, name));
    writeFileSync(model, readFileSync(lenet));
    linkSync(model, linked);
    symlinkSync(model, symbolic);
    const before = readFileSync(model);
    for (const target of [model, linked, symbolic, join(folder, '..', 'safe', 'a.onnx')]) {
      expect(refusal('convert', model, target)).toContain(`is the same file as ${model}, which is read`);
      expect(refusal('run', model, '--output', target)).toContain('which is read');
      expect(refusal('profile', model, '--trace', target)).toContain('which is read');
    }
    expect(readFileSync(model)).toEqual(before);
    const other = join(folder, 'other.onnx');
    const pointing = join(folder, 'pointing.onnx');
    writeFileSync(other, 'old', { mode: 0o640 });
    symlinkSync(other, pointing);
    expect(quadlane('convert', model, pointing)).toMatchObject({ status: 0, stderr: '' });
    expect(lstatSync(pointing).isSymbolicLink()).toBe(true);
    expect(statSync(other).mode & 0o777).toBe(0o640);
    expect(statSync(other).size).toBeGreaterThan(1000);
    expect(refusal('convert', model, join(folder, 'none', 'a.onnx'))).toContain("can't be written");
    expect(readdirSync(folder).sort()).toEqual([
      'a.onnx',
      'linked.onnx',
      'other.onnx',
      'pointing.onnx',
      'symbolic.onnx',
    ]);
    expect(quadlane('run', model, '--output', '/dev/null')).toMatchObject({ status: 0 });
  });

  it('refuses other endings, missing files and damaged ones', () => {
    expect(refusal('convert', lenet, at('lenet.tflite'))).toContain('must end in .onnx or .safetensors');
    expect(refusal('convert', at('nothing.onnx'), at('a.onnx'))).toContain("can't be read");
    writeFileSync(at('cut.onnx'), readFileSync(lenet).subarray(0, 1000));
    expect(refusal('convert', at('cut.onnx'), at('a.onnx'))).toContain('damaged');
    expect(refusal('convert', lenet, join(folder, 'none', 'a.onnx'))).toContain("can't be written");
  });
});

describe('summary', () => {
  it('prints inputs, outputs and layers', () => {
    const { status, stdout } = quadlane('summary', lenet);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^input image: float32 \[batch, 1, 28, 28\]\noutput logits: float32 \[batch, 10\]\n\nlayer +/,
    );
    expect(stdout).toMatch(/61,706/);
  });

  it('takes open sizes', () => {
    expect(quadlane('summary', lenet, '--dim', 'batch=3').stdout).toContain('[3, 10]');
    expect(refusal('summary', lenet, '--dim', 'size=3')).toContain('those it has are "batch"');
    expect(refusal('summary', lenet, '--dim', 'batch')).toContain('--dim takes name=value');
    for (const size of ['x', '-1', '1.5', '1e3', '0x10', '99999999999']) {
      expect(refusal('summary', lenet, '--dim', `batch=${size}`)).toContain('whole number up to 1073741824');
    }
    expect(refusal('summary', lenet, '--dim', 'batch=1073741824')).toContain('would have 841813590016 elements');
    expect(refusal('summary', lenet, '--dim', 'batch=1', '--dim', 'batch=2')).toContain('--dim batch is given twice');
  });

  it('prints what is known where sizes of 1 do not do, and says which to give', () => {
    const shape = ['n', 3, 'the rows', 'columns'];
    const nodes = [{ op: 'MaxPool', inputs: ['x'], outputs: ['y'], attributes: { kernel_shape: [2, 2] } }];
    writeFileSync(at('open.onnx'), onnxFile({ inputs: [{ name: 'x', shape }], nodes, outputs: ['y'] }));
    const { status, stdout } = quadlane('summary', at('open.onnx'), '--dim', 'n=2');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^input x: float32 \[n, 3, the rows, columns\]\noutput y: float32 \[n, 3, /);
    expect(stdout).toContain("the layers depend on sizes that aren't given");
    const sizes = '--dim "the rows"=<size> --dim columns=<size>';
    expect(stdout).toContain(sizes);
    expect(refusal('run', at('open.onnx'), '--dim', 'n=2')).toContain(sizes);
    expect(refusal('profile', at('open.onnx'), '--dim', 'n=2')).toContain(sizes);
    const whole = quadlane('summary', at('open.onnx'), '--dim', 'n=2', '--dim', 'the rows=4', '--dim', 'columns=6');
    expect(whole.stdout).toContain('[2, 3, 3, 5]');
    expect(whole.stdout).not.toContain('--dim');
  });
});

describe('profile', () => {
  it('prints the steps and writes a trace', () => {
    const { status, stdout } = quadlane('profile', lenet, '--trace', at('trace.json'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^node +operator +kernel/);
    expect(stdout).toMatch(/conv \+ tanh +f32_conv \(direct convolution\) +\[1, 28, 28, 6\]/);
    const { traceEvents } = JSON.parse(readFileSync(at('trace.json'), 'utf8')) as { traceEvents: object[] };
    expect(traceEvents.length).toBeGreaterThan(6);
  });
});

describe('run', () => {
  it('takes .npy and JSON, prints and writes what comes out', async () => {
    const { logits } = (await loadModel(lenet)).runSync({ image: tensor(digit, [1, 1, 28, 28]) });
    writeFileSync(at('digit.npy'), npy('<f4', '1, 1, 28, 28', digit));
    writeFileSync(at('double.npy'), npy('<f8', '1, 1, 28, 28', Float64Array.from(digit)));
    writeFileSync(at('digit.json'), JSON.stringify({ shape: [1, 1, 28, 28], data: [...digit] }));
    for (const name of ['digit.npy', 'double.npy', 'digit.json']) {
      const { status, stdout } = quadlane('run', lenet, '--input', `image=${at(name)}`, '--output', at('out.json'));
      expect(status).toBe(0);
      expect(stdout).toMatch(/^logits: float32 \[1, 10\]\n {2}greatest: \[\d\] /);
      expect(JSON.parse(readFileSync(at('out.json'), 'utf8'))).toEqual({
        logits: { dtype: 'float32', shape: [1, 10], data: [...logits.data] },
      });
    }
  });

  it('takes threads, which change no bit, and ends with them', () => {
    const [alone, together] = ['1', '2'].map((threads) =>
      quadlane('run', lenet, '--dim', 'batch=50', '--threads', threads),
    );
    expect(together).toEqual(alone);
    expect(together.status).toBe(0);
    const profiled = quadlane('profile', lenet, '--dim', 'batch=50', '--threads', '2');
    expect(profiled).toMatchObject({ status: 0, stdout: expect.stringContaining('f32_conv') });
    for (const threads of ['0', 'two', '1.5', '99999', '-1', '']) {
      expect(refusal('run', lenet, `--threads=${threads}`)).toContain('--threads takes a whole number from 1 to');
    }
  });

  it('runs on zeros and sizes of 1 where nothing is given, and says so', () => {
    const sized = quadlane('run', lenet, '--dim', 'batch=2');
    expect(sized.stdout).toMatch(/^logits: float32 \[2, 10\]\n/);
    expect(sized.stderr).toBe(
      'quadlane: no data given for "image": the run was on zeros; give them with --input <name>=<file>\n',
    );
    expect(quadlane('run', lenet).stderr).toContain(
      'quadlane: open sizes are taken as 1: "batch"; give them with --dim batch=<size>\n',
    );
  });

  it('takes arrays of other types where the input can hold their numbers', () => {
    const pixels = Uint8Array.from({ length: 784 }, (_, i) => i % 256);
    const run = (name: string, type: string, data: ArrayBufferView) => {
      writeFileSync(at(name), npy(type, '1, 1, 28, 28', data));
      return quadlane('run', lenet, '--input', `image=${at(name)}`);
    };
    const floats = run('f4.npy', '<f4', Float32Array.from(pixels));
    expect(floats).toMatchObject({ status: 0, stderr: '' });
    expect(run('u1.npy', '|u1', pixels)).toEqual(floats);
    expect(run('i8.npy', '<i8', BigInt64Array.from(pixels, BigInt))).toEqual(floats);
    expect(run('u2.npy', '<u2', Uint16Array.from(pixels))).toEqual(floats);
    const half = run('f2.npy', '<f2', new Uint16Array(784).fill(0x3c00));
    expect(half).toEqual(run('one.npy', '<f4', new Float32Array(784).fill(1)));
    const large = run('large.npy', '<i4', new Int32Array(784).fill(2 ** 24 + 1));
    expect(large.stderr).toContain("the model takes float32, which can't hold the element 16777217 (<i4)");
  });

  it('refuses inputs that are not there or not readable', () => {
    for (const name of ['toString', '__proto__', 'constructor']) {
      const message = refusal('run', lenet, '--input', `${name}=${at('digit.npy')}`);
      expect(message).toContain(`the model has no input "${name}"; its inputs are "image"`);
    }
    const twice = ['--input', `image=${at('digit.npy')}`];
    expect(refusal('run', lenet, ...twice, ...twice)).toContain('--input image is given twice');
    writeFileSync(at('picture.npy'), Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10));
    expect(refusal('run', lenet, '--input', `image=${at('picture.npy')}`)).toContain(
      'this is a PNG picture, not an array',
    );
    writeFileSync(at('proto.npy'), npy('__proto__', '1', digit.subarray(0, 1)));
    expect(refusal('run', lenet, '--input', `image=${at('proto.npy')}`)).toContain('of type "__proto__" aren\'t known');
    writeFileSync(at('null.json'), 'null');
    expect(refusal('run', lenet, '--input', `image=${at('null.json')}`)).toContain('JSON must hold');
    expect(refusal('run', lenet, '--input', `picture=${at('digit.npy')}`)).toContain('its inputs are "image"');
    expect(refusal('run', lenet, '--input', `image=${at('none.npy')}`)).toContain("can't be read");
    writeFileSync(at('odd.npy'), 'odd');
    expect(refusal('run', lenet, '--input', `image=${at('odd.npy')}`)).toContain('no .npy file');
    writeFileSync(at('short.npy'), npy('<f4', '2, 2', digit.subarray(0, 2)));
    expect(refusal('run', lenet, '--input', `image=${at('short.npy')}`)).toContain('2 were given');
    writeFileSync(at('complex.npy'), npy('<c8', '1', digit.subarray(0, 2)));
    expect(refusal('run', lenet, '--input', `image=${at('complex.npy')}`)).toContain('<c8');
    writeFileSync(at('odd.json'), '{"shape": 1}');
    expect(refusal('run', lenet, '--input', `image=${at('odd.json')}`)).toContain('shape and data');
  });
});

describe('the command itself', () => {
  it('explains itself', () => {
    for (const args of [[], ['--help'], ['-h']]) expect(quadlane(...args).stdout).toContain('quadlane convert <model>');
    const { version } = JSON.parse(readFileSync(here('../../package.json'), 'utf8')) as { version: string };
    expect(quadlane('--version').stdout).toBe(`${version}\n`);
  });

  it('refuses what it does not know', () => {
    expect(refusal('train')).toContain('no command "train"');
    expect(refusal('summary')).toContain('summary takes 1 file, not 0');
    expect(refusal('summary', lenet, '--fast')).toContain('--fast');
    expect(refusal('toString', lenet)).toContain('no command "toString"');
    expect(refusal('convert', lenet, at('b.onnx'), '--threads', '2')).toContain('convert has no option --threads');
    expect(refusal('summary', lenet, '--input', 'image=a.npy')).toContain('summary has no option --input');
  });
});
