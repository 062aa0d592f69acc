// Random operands and the comparison that every kernel test makes.
import { expect } from 'vitest';

/** A seeded generator of floats in [-1, 1), mulberry32. */
export function randomFloats(seed: number): (count: number) => Float32Array {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
  return (count) => Float32Array.from({ length: count }, next);
}

/** Unit roundoff of float32. */
export const ROUNDOFF = 2 ** -24;

/** Fails unless every |actual - expected| is within `roundings` unit roundoffs of `magnitude`. */
export function expectWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  magnitude: ArrayLike<number>,
  roundings: number,
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const bound = roundings * ROUNDOFF * magnitude[i];
    if (!(Math.abs(actual[i] - expected[i]) <= bound)) {
      expect.fail(`element ${i}: ${actual[i]} instead of ${expected[i]}, allowed error ${bound}`);
    }
  }
}
