import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { inkOf, probabilitiesOf, toMnist } from '../../examples/mnist.mjs';
import { digits } from './digits.js';

const { file } = digits[0]!;

describe('toMnist', () => {
  test('puts the centre of mass in the middle and the digit into 20 x 20, wherever and however large it was', () => {
    const [width, height] = [300, 200];
    const ink = new Float32Array(width * height);
    for (let y = 20; y < 120; y++) ink.fill(1, y * width + 200, y * width + 220);
    const pixels = toMnist({ ink, width, height });
    const rows = Array.from({ length: 28 }, (_, row) =>
      pixels.slice(row * 28, row * 28 + 28).some((value) => value > 0),
    );
    expect(rows.filter(Boolean)).toHaveLength(20);
    let [mass, x, y] = [0, 0, 0];
    pixels.forEach((value, index) => {
      mass += value;
      x += value * ((index % 28) + 0.5);
      y += value * (Math.floor(index / 28) + 0.5);
    });
    expect(x / mass).toBeCloseTo(14, 5);
    expect(y / mass).toBeCloseTo(14, 5);
    expect(mass).toBeCloseTo(4 * 20, 3);
  });

  test('an empty picture stays empty', () => {
    expect(toMnist({ ink: new Float32Array(100), width: 10, height: 10 })).toEqual(new Float32Array(784));
  });
});

describe('inkOf', () => {
  test('reads dark on bright, colour, transparency and 16 bits alike', () => {
    const { data, width, height } = decode(readFileSync(file));
    const grey = Array.from(data);
    const { ink } = inkOf({ data, width, height, channels: 1, depth: 8 });
    const same = [
      { channels: 1, depth: 8, data: grey.map((value) => 255 - value) },
      { channels: 1, depth: 16, data: grey.map((value) => value * 257) },
      { channels: 3, depth: 8, data: grey.flatMap((value) => [value, value, value]) },
      { channels: 4, depth: 8, data: grey.flatMap((value) => [0, 0, 0, value]) },
    ];
    for (const picture of same) {
      inkOf({ width, height, ...picture }).ink.forEach((value, index) => {
        expect(value).toBeCloseTo(ink[index]!, 5);
      });
    }
  });

  test('refuses packed bits', () => {
    expect(() => inkOf({ data: new Uint8Array(4), width: 8, height: 4, channels: 1, depth: 1 })).toThrow(
      '8 or 16 bits',
    );
  });
});

test('probabilitiesOf adds up to 1 even for large logits', () => {
  const probabilities = probabilitiesOf([1000, 999, 0]);
  expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1);
  expect(probabilities[0]! / probabilities[1]!).toBeCloseTo(Math.E);
});
