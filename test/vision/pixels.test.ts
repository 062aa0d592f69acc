// From pixels to pictures and back, parts of pictures and what stands around them.

import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/index.js';
import { centerCrop, fromPixels, type PaddingMode, pad, toPixels } from '../../src/vision/index.js';
import { pictureByFormula } from './pictures.js';

const refusal = (message: RegExp, code = 'ARGUMENT') =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('fromPixels', () => {
  const rgba = Uint8ClampedArray.of(1, 2, 3, 0, 250, 251, 252, 255);
  const image = { data: rgba, width: 2, height: 1 };

  test('leaves alpha out, keeps it or makes grey', () => {
    expect(fromPixels(image)).toEqual(tensor(Uint8Array.of(1, 2, 3, 250, 251, 252), [1, 2, 3]));
    expect(fromPixels(image, { channels: 4 })).toEqual(tensor(new Uint8Array(rgba), [1, 2, 4]));
    expect(fromPixels(image, { channels: 1 })).toEqual(tensor(Uint8Array.of(2, 251), [1, 2, 1]));
  });

  test('grey becomes three equal channels, and alpha is 255', () => {
    const grey = { data: Uint8Array.of(9, 8), width: 1, height: 2 };
    expect(fromPixels(grey)).toEqual(tensor(Uint8Array.of(9, 9, 9, 8, 8, 8), [2, 1, 3]));
    expect(fromPixels(grey, { channels: 4 }).data).toEqual(Uint8Array.of(9, 9, 9, 255, 8, 8, 8, 255));
  });

  test('never lies over what it is given', () => {
    const data = Uint8Array.of(1, 2, 3);
    const picture = fromPixels({ data, width: 1, height: 1 });
    data.fill(0);
    expect([...picture.data]).toEqual([1, 2, 3]);
  });

  test('what a canvas draws, in its own size', () => {
    const drawn: unknown[] = [];
    class OffscreenCanvas {
      constructor(
        readonly width: number,
        readonly height: number,
      ) {}
      getContext() {
        return {
          drawImage: (...args: unknown[]) => drawn.push(args),
          getImageData: (_x: number, _y: number, width: number, height: number) => ({
            data: new Uint8ClampedArray(width * height * 4).fill(7),
            width,
            height,
          }),
        };
      }
    }
    const video = { videoWidth: 2, videoHeight: 3, width: 300, height: 150 };
    expect(() => fromPixels(video as never)).toThrow(refusal(/can't draw Object here/, 'HOST'));
    Object.assign(globalThis, { OffscreenCanvas });
    try {
      expect(fromPixels(video as never)).toEqual(tensor(new Uint8Array(18).fill(7), [3, 2, 3]));
      expect(drawn).toEqual([[video, 0, 0, 2, 3]]);
    } finally {
      Reflect.deleteProperty(globalThis, 'OffscreenCanvas');
    }
  });

  test.each([
    ['nothing', undefined, /takes ImageData.*got undefined/],
    ['a picture that isn’t loaded', { naturalWidth: 0, naturalHeight: 0 }, /with at least one pixel/],
    ['bytes that do not fit', { data: new Uint8Array(7), width: 2, height: 1 }, /got 7 for 2 x 1/],
    ['no extents', { data: new Uint8Array(4) }, /got 4 for undefined x undefined/],
  ])('%s is refused', (_, source, message) => {
    expect(() => fromPixels(source as never)).toThrow(refusal(message));
  });

  test('other channels are refused', () => {
    expect(() => fromPixels(image, { channels: 2 as never })).toThrow(refusal(/channels must be 1, 3 or 4; got 2/));
  });
});

describe('toPixels', () => {
  test('of bytes as they are, of floats from 0 to 1, clamped, NaN as 0', () => {
    expect([...toPixels(tensor(Uint8Array.of(1, 2, 3), [1, 1, 3])).data]).toEqual([1, 2, 3, 255]);
    const { data, width, height } = toPixels(tensor([[0, 0.5, 2, Number.NaN]]));
    expect({ width, height }).toEqual({ width: 4, height: 1 });
    expect([...data].filter((_, at) => at % 4 === 0)).toEqual([0, 128, 255, 0]);
  });

  test('channels first, with leading axes of one, and a range', () => {
    const image = tensor(Float32Array.of(-1, 1, 0, 0, 1, -1), [1, 3, 1, 2]);
    const { data } = toPixels(image, { layout: 'nchw', range: [-1, 1] });
    expect([...data]).toEqual([0, 128, 255, 255, 255, 128, 0, 255]);
  });

  test('colour maps begin and end with their colours; labels have those of Pascal VOC', () => {
    const ends = (colorMap: 'viridis' | 'magma') => [...toPixels(tensor([[0, 1]]), { colorMap }).data];
    expect(ends('viridis')).toEqual([0x44, 0x01, 0x54, 255, 0xfd, 0xe7, 0x25, 255]);
    expect(ends('magma')).toEqual([0, 0, 4, 255, 0xfc, 0xfd, 0xbf, 255]);
    const labels = toPixels(tensor(BigInt64Array.of(0n, 1n, 2n, 15n), [1, 4]), { colorMap: 'labels' });
    // Background, aeroplane, bicycle, person.
    expect([...labels.data]).toEqual([0, 0, 0, 255, 128, 0, 0, 255, 0, 128, 0, 255, 192, 128, 128, 255]);
  });

  test.each([
    ['two channels', () => toPixels(tensor(new Float32Array(8), [2, 2, 2])), /of 1, 3 or 4 channels, not \[2, 2, 2\]/],
    ['no tensor', () => toPixels([] as never), /takes a tensor/],
    ['an empty range', () => toPixels(tensor([[1]]), { range: [1, 1] }), /range\[1\] must be a number above 1/],
    [
      'an unknown map',
      () => toPixels(tensor([[1]]), { colorMap: 'jet' as never }),
      /colorMap must be one of grey, viridis/,
    ],
  ])('%s is refused', (_, call, message) => {
    expect(call).toThrow(refusal(message));
  });
});

describe('pad', () => {
  const row = tensor(Uint8Array.of(1, 2, 3), [1, 3, 1]);
  const modes: [PaddingMode, number[]][] = [
    ['constant', [9, 9, 9, 9, 1, 2, 3, 9, 9]],
    ['edge', [1, 1, 1, 1, 1, 2, 3, 3, 3]],
    ['reflect', [1, 2, 3, 2, 1, 2, 3, 2, 1]],
    ['circular', [3, 1, 2, 3, 1, 2, 3, 1, 2]],
  ];

  test.each(modes)('%s', (mode, expected) => {
    const value = mode === 'constant' ? 9 : 0;
    expect([...pad(row, [0, 4, 0, 2], { mode, value }).data]).toEqual(expected.slice(expected.length - 9));
  });

  test('of rows and colours', () => {
    const picture = pictureByFormula(4, 3, 3);
    const padded = pad(picture, { top: 2, left: 1, bottom: 1 }, { mode: 'reflect' });
    expect(padded.shape).toEqual([6, 5, 3]);
    const at = (of: typeof picture, y: number, x: number) => [...of.data.slice((y * of.shape[1] + x) * 3).slice(0, 3)];
    const rows = [2, 1, 0, 1, 2, 1];
    const columns = [1, 0, 1, 2, 3];
    rows.forEach((from, y) => {
      columns.forEach((source, x) => {
        expect(at(padded, y, x)).toEqual(at(picture, from, source));
      });
    });
  });

  test('a picture of one pixel has only itself around it', () => {
    const pixel = tensor(Uint8Array.of(5), [1, 1, 1]);
    for (const mode of ['edge', 'reflect', 'circular'] as const)
      expect([...pad(pixel, 1, { mode }).data]).toEqual(Array(9).fill(5));
  });

  test('unknown modes and other values are refused', () => {
    expect(() => pad(row, 1, { mode: 'wrap' as never })).toThrow(refusal(/mode must be one of constant, edge/));
    expect(() => pad(row, 1, { value: -1 })).toThrow(refusal(/value must be a whole number from 0 to 255; got -1/));
    expect(() => pad(row, -1)).toThrow(refusal(/padding must be/));
  });
});

describe('centerCrop', () => {
  test('takes the middle; a half pixel goes to the even place', () => {
    const row = tensor(Uint8Array.of(0, 1, 2, 3, 4, 5, 6), [1, 7, 1]);
    expect([...centerCrop(row, [1, 3]).data]).toEqual([2, 3, 4]);
    expect([...centerCrop(row, [1, 2]).data]).toEqual([2, 3]);
    expect([...centerCrop(row, [1, 4]).data]).toEqual([2, 3, 4, 5]);
    expect(centerCrop(pictureByFormula(4, 5, 3), { height: 2, width: 3 }).shape).toEqual([2, 3, 3]);
  });

  test('a smaller picture is refused', () => {
    expect(() => centerCrop(pictureByFormula(4, 5, 3), 5)).toThrow(
      refusal(/to 5 x 5 pixels takes a picture of at least that, not of 4 x 5/),
    );
  });
});
