// Resized pictures against Pillow's, byte for byte.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/index.js';
import { fromPixels, letterbox, type ResizeMethod, resize } from '../../src/vision/index.js';
import { pictureByFormula } from './pictures.js';

interface Case {
  readonly channels: number;
  readonly method: ResizeMethod;
  readonly source: [number, number];
  readonly size: [number, number];
  readonly box?: [number, number, number, number];
  readonly pixels: string;
}

const file = new URL('../fixtures/pillow/resized.json', import.meta.url);
const pillow: { grey: string; cases: Case[] } = JSON.parse(readFileSync(file, 'utf8'));

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

describe('resize', () => {
  const named = pillow.cases.map(
    (given) => [`${given.method} ${given.source} to ${given.size}, ${given.channels} channels`, given] as const,
  );

  test.each(named)('%s: the bytes of Pillow', (_, { channels, method, source, size, box, pixels }) => {
    const [left, top, right, bottom] = box ?? [0, 0, ...source];
    const result = resize(pictureByFormula(...source, channels), [size[1], size[0]], {
      method,
      box: { left, top, width: right - left, height: bottom - top },
    });
    expect(result.shape).toEqual([size[1], size[0], channels]);
    expect(result.data).toEqual(bytes(pixels));
  });

  test('without antialiasing each pixel follows from its two neighbours on each axis', () => {
    const result = resize(pictureByFormula(8, 1, 1), [1, 2], { antialias: false });
    const { data } = pictureByFormula(8, 1, 1);
    // The centres of the halves lie between pixels 1 and 2, and 5 and 6.
    expect([...result.data]).toEqual([(data[1] + data[2] + 1) >> 1, (data[5] + data[6] + 1) >> 1]);
  });

  test('the same size is a copy', () => {
    const picture = pictureByFormula(5, 4, 3);
    const copy = resize(picture, { height: 4, width: 5 });
    expect(copy.data).toEqual(picture.data);
    expect(copy.data.buffer).not.toBe(picture.data.buffer);
  });

  test('a picture larger than what is kept for the next one', () => {
    const data = new Uint8Array(6000 * 4000 * 3).fill(128);
    const large = tensor(data, [4000, 6000, 3]);
    for (let round = 0; round < 2; round++) expect([...resize(large, [1, 2]).data]).toEqual(Array(6).fill(128));
  });

  const picture = pictureByFormula(5, 4, 3);
  test.each([
    ['no picture', () => resize([] as never, 3), /resize\(\) takes a picture, a uint8 tensor \[H, W, C\].*fromPixels/],
    ['two channels', () => resize(pictureByFormula(2, 2, 2), 3), /1, 3 or 4 channels.*not uint8 \[2, 2, 2\]/],
    ['no pixels', () => resize(pictureByFormula(0, 2, 3), 3), /at least one pixel, not uint8 \[2, 0, 3\]/],
    ['no size', () => resize(picture, [0, 2]), /size must be a positive whole number, or a list of 2; got \[0, 2\]/],
    [
      'an unknown method',
      () => resize(picture, 3, { method: 'cubic' as never }),
      /method must be one of nearest, area, bilinear/,
    ],
    [
      'a box outside',
      () => resize(picture, 3, { box: { left: 1, top: 0, width: 5, height: 4 } }),
      /inside the picture of 5 x 4/,
    ],
    ['an unknown option', () => resize(picture, 3, { filter: 1 } as never), /resize\(\) has no option "filter"/],
  ])('%s is refused', (_, call, message) => {
    expect(call).toThrow(expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }));
  });
});

test('grey is that of Pillow', () => {
  const { data } = pictureByFormula(23, 17, 3);
  expect(fromPixels({ data, width: 23, height: 17 }, { channels: 1 }).data).toEqual(bytes(pillow.grey));
});

describe('letterbox', () => {
  test('keeps the proportions, and tells the way back', () => {
    const { picture, scale, left, top } = letterbox(pictureByFormula(40, 20, 3), [32, 20]);
    expect({ shape: picture.shape, scale, left, top }).toEqual({ shape: [32, 20, 3], scale: 0.5, left: 0, top: 11 });
    const rows = [...Array(32).keys()].filter(
      (row) => picture.data[row * 60] !== 114 || picture.data[row * 60 + 30] !== 114,
    );
    expect([rows[0], rows.at(-1)]).toEqual([11, 20]);
    const inner = resize(pictureByFormula(40, 20, 3), [10, 20]);
    expect(picture.data.slice(11 * 60, 21 * 60)).toEqual(inner.data);
  });

  test('other bytes around it, and pictures of one pixel', () => {
    const { picture, scale, left, top } = letterbox(pictureByFormula(1, 1, 1), [2, 5], { value: 7, method: 'nearest' });
    const [pixel] = pictureByFormula(1, 1, 1).data;
    expect([...picture.data]).toEqual([7, pixel, pixel, 7, 7, 7, pixel, pixel, 7, 7]);
    expect([scale, left, top]).toEqual([2, 1, 0]);
    expect(() => letterbox(picture, 3, { value: 256 })).toThrow(/value must be a whole number from 0 to 255; got 256/);
  });
});
