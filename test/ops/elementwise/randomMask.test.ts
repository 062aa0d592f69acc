import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { randomFloats } from '../../kernels/numbers.js';
import { keptElements, philox } from '../../reference/elementwise/randomMask.js';
import { checkOperator } from '../check.js';

describe('the reference generator', () => {
  // Known answers of the authors' own test, kat_vectors of Random123.
  it.each([
    { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: new Array(4).fill(0xffffffff),
      key: new Array(2).fill(0xffffffff),
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])('gives the published words: %o', ({ counter, key, words }) => {
    expect(philox(counter, key)).toEqual(words);
  });

  /** Standard deviations that `hits` of `draws` are from what a probability promises. */
  const deviations = (hits: number, draws: number, probability: number) =>
    Math.abs(hits - draws * probability) / Math.sqrt(draws * probability * (1 - probability));

  it.each([0.1, 0.5, 0.9])('keeps 1 - %d of the elements, independently, within 5 standard deviations', (rate) => {
    const count = 20_000;
    const kept = 1 - rate;
    const both = (a: boolean[], b: boolean[]) => a.filter((one, i) => one && b[i]).length;
    const mask = keptElements(count, rate, 42, 7);
    expect(deviations(mask.filter(Boolean).length, count, kept)).toBeLessThan(5);
    const others = [
      keptElements(count, rate, 42, 8),
      keptElements(count, rate, 43, 7),
      keptElements(count, rate, 42 + 2 ** 32, 7),
      mask.slice(1).concat(mask[0]),
      mask.slice(4).concat(mask.slice(0, 4)),
    ];
    for (const other of others) expect(deviations(both(mask, other), count, kept * kept)).toBeLessThan(5);
  });
});

interface MaskCase {
  readonly shape: readonly number[];
  readonly rate: number;
  readonly seed?: number;
  readonly counter?: number;
}

describe('randomMask, the bits of the reference', () => {
  it.each<MaskCase>([
    ...[[0], [1], [3], [4], [5], [15], [16], [17], [33], [2, 3, 4, 5]].map((shape) => ({ shape, rate: 0.5 })),
    { shape: [100], rate: 0 },
    { shape: [100], rate: 1 },
    { shape: [3, 70], rate: 0.9, seed: 2 ** 53 - 1, counter: -1 },
    { shape: [257], rate: 0.25, seed: 123, counter: 99 },
  ])('%o', ({ shape, rate, seed = 1, counter = 0 }) => {
    const x = tensor(randomFloats(2)(sizeOf(shape)), shape);
    const kept = keptElements(x.size, rate, seed, counter);
    const scale = rate === 1 ? 0 : Math.fround(1 / (1 - rate));
    const values = Array.from(x.data, (value, i) => (kept[i] ? Math.fround(value * scale) : 0));
    checkOperator({
      op: 'randomMask',
      inputs: [x, tensor(Int32Array.of(counter), [])],
      attributes: { rate, seed },
      expected: { shape, values, roundings: 0 },
    });
  });

  it('zeroes what is not a number', () => {
    const x = tensor(new Float32Array(64).fill(Number.NaN));
    const values = keptElements(64, 0.5, 0, 3).map((kept) => (kept ? Number.NaN : 0));
    checkOperator({
      op: 'randomMask',
      inputs: [x, tensor(Int32Array.of(3))],
      attributes: { rate: 0.5 },
      expected: { shape: [64], values, roundings: 0 },
    });
  });
});

it('refuses rates, seeds and counters that make no sense', () => {
  const type = (dtype: string, ...shape: number[]) => ({ dtype, shape });
  const refuse = (code: string, attributes: object, counter = type('int32')) =>
    expect(() => everything.operators.randomMask.infer([type('float32', 4), counter] as never, attributes)).toThrow(
      expect.objectContaining({ code }),
    );
  refuse('ARGUMENT', { rate: 1.5 });
  refuse('ARGUMENT', { rate: 0.5, seed: -1 });
  refuse('ARGUMENT', { rate: 0.5, seed: 0.5 });
  refuse('SHAPE', { rate: 0.5 }, type('float32'));
  refuse('SHAPE', { rate: 0.5 }, type('int32', 2));
});
