// Picture files to pictures: fixtures of Pillow, and what is refused.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../src/decode/index.js';
import type { QuadlaneError } from '../../src/index.js';

const read = (name: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`../fixtures/pictures/${name}`, import.meta.url))));

/** scene() of test/fixtures/pictures/make.py. */
const WIDTH = 48;
const HEIGHT = 32;
const fields = [
  [220, 30, 30],
  [30, 200, 30],
  [30, 30, 220],
  [128, 128, 128],
];
const scene = Uint8Array.from({ length: WIDTH * HEIGHT * 4 }, (_, at) => {
  const channel = at % 4;
  const x = (at >> 2) % WIDTH;
  const y = Math.floor((at >> 2) / WIDTH);
  const color = fields[2 * Math.floor((2 * y) / HEIGHT) + Math.floor((2 * x) / WIDTH)]!;
  return [color[0]!, color[1]! + (y % 16), color[2]! + (x % 24), 255][channel]!;
});

async function farthest(name: string): Promise<number> {
  const picture = await decodeImage(read(name));
  expect(picture.shape).toEqual([HEIGHT, WIDTH, 4]);
  return picture.data.reduce((most, byte, at) => Math.max(most, Math.abs(byte - scene[at]!)), 0);
}

async function refusal(bytes: Uint8Array, options = {}): Promise<QuadlaneError> {
  return decodeImage(bytes, options).then(
    () => expect.unreachable(),
    (error) => {
      expect(error.name).toBe('QuadlaneError');
      return error;
    },
  );
}

describe('what is decoded', () => {
  test.each(['scene.png', 'scene.webp', 'scene.avif'])('%s, stored without loss, to the byte', async (name) => {
    expect(await farthest(name)).toBe(0);
  });

  test('JPEG of quality 95, within 12', async () => {
    expect(await farthest('scene.jpg')).toBeLessThanOrEqual(12);
  });

  test('grey JPEG: three equal channels', async () => {
    const { data, shape } = await decodeImage(read('grey.jpg'));
    expect(shape).toEqual([HEIGHT, WIDTH, 4]);
    expect(data.every((byte, at) => byte === (at % 4 === 3 ? 255 : data[at - (at % 4)]))).toBe(true);
  });

  test('a picture of one pixel, from an ArrayBuffer too', async () => {
    const { buffer } = read('dot.png');
    expect(await decodeImage(buffer)).toMatchObject({ shape: [1, 1, 4], data: Uint8Array.of(10, 200, 30, 255) });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('PNG held as EXIF says by %i', async (number) => {
    expect(await farthest(`turned-${number}.png`)).toBe(0);
  });

  test.each([6, 8])('WebP and JPEG held as EXIF says by %i', async (number) => {
    expect(await farthest(`turned-${number}.webp`)).toBe(0);
    expect(await farthest(`turned-${number}.jpg`)).toBeLessThanOrEqual(12);
  });
});

describe('what is refused', () => {
  test.each(['scene.png', 'scene.jpg', 'scene.webp', 'scene.avif', 'turned-6.jpg'])(
    '%s cut anywhere: FORMAT, and the next file is decoded',
    async (name) => {
      const whole = read(name);
      // WebP pads a last odd byte, which it can do without.
      for (let bytes = 0; bytes < whole.length - 2; bytes++) {
        expect(await refusal(whole.subarray(0, bytes))).toMatchObject({ code: 'FORMAT' });
      }
      expect((await refusal(whole.subarray(0, whole.length - 9))).message).toMatch(/is truncated after \d+ bytes/);
      await decodeImage(whole);
    },
  );

  test.each(['jpg', 'png', 'webp', 'avif'])(
    '.%s damaged within: FORMAT or a picture, and the next is decoded',
    async (kind) => {
      const whole = read(`scene.${kind}`);
      for (let at = 0; at < whole.length; at += 3) {
        const damaged = whole.slice();
        damaged[at]! ^= 0x55;
        const outcome = await decodeImage(damaged, { limits: { pixels: 10_000 } }).catch((error) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'QuadlaneError' });
      }
      await decodeImage(whole);
    },
  );

  test('CMYK, animations and other kinds: UNSUPPORTED, saying which', async () => {
    expect(await refusal(read('cmyk.jpg'))).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'the JPEG picture is in CMYK, for print: save it in RGB',
    });
    expect((await refusal(read('animated.png'))).message).toContain('an animation of 2 frames');
    expect((await refusal(read('animated.webp'))).message).toContain('an animation');
    expect(await refusal(read('scene.gif'))).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'this is a GIF: convert it to one of JPEG, PNG, WebP, AVIF',
    });
    expect(await refusal(new TextEncoder().encode('<svg xmlns="a"></svg>'))).toMatchObject({ code: 'UNSUPPORTED' });
  });

  test('too many pixels: LIMIT, before anything is decoded', async () => {
    const huge = read('dot.png');
    new DataView(huge.buffer).setUint32(16, 20_000);
    new DataView(huge.buffer).setUint32(20, 20_000);
    expect(await refusal(huge)).toMatchObject({ code: 'LIMIT' });
    expect((await refusal(huge)).message).toContain('20000 x 20000 pixels');
    expect(await refusal(read('scene.png'), { limits: { pixels: 1000 } })).toMatchObject({ code: 'LIMIT' });
  });

  test('no picture at all', async () => {
    expect(await refusal(new Uint8Array())).toMatchObject({ code: 'FORMAT' });
    expect(await refusal(Uint8Array.of(1, 2, 3))).toMatchObject({ code: 'FORMAT' });
    expect(await refusal('photo.jpg' as never)).toMatchObject({ code: 'ARGUMENT' });
    expect(await refusal(read('dot.png'), { limit: 1 })).toMatchObject({ code: 'ARGUMENT' });
  });
});
