// Halves as bits against what IEEE 754 says of each, written out: value, neighbours, ties between them.

import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../src/half.js';
import { everyHalf, isNaNHalf, valueOfHalf } from './reference/half.js';

describe('halves', () => {
  it('all 65,536 are the numbers that their fields say, and come back as the same bits', () => {
    for (const bits of everyHalf) {
      expect(fromHalf(bits), bits.toString(16)).toBe(valueOfHalf(bits));
      expect(toHalf(fromHalf(bits)), bits.toString(16)).toBe(isNaNHalf(bits) ? 0x7e00 : bits);
    }
  });

  it('numbers between two neighbours go to the nearer, ties to the even one, with either sign', () => {
    for (let low = 0; low < 0x7bff; low++) {
      const [a, b] = [valueOfHalf(low), valueOfHalf(low + 1)];
      const middle = (a + b) / 2;
      const little = middle * 2 ** -50;
      for (const [value, bits] of [
        [middle - little, low],
        [middle, low + (low & 1)],
        [middle + little, low + 1],
      ]) {
        expect(toHalf(value), String(value)).toBe(bits);
        expect(toHalf(-value), String(-value)).toBe(bits | 0x8000);
      }
    }
  });

  it('what rounds beyond 65504 is infinite', () => {
    expect([65504, 65519.999, 65520, 70000, 1e300, Infinity].map(toHalf)).toEqual([
      0x7bff, 0x7bff, 0x7c00, 0x7c00, 0x7c00, 0x7c00,
    ]);
    expect(toHalf(-65520)).toBe(0xfc00);
    expect([2 ** -25, 2 ** -25 * 1.0001, 5e-324, -5e-324].map(toHalf)).toEqual([0, 1, 0, 0x8000]);
  });
});
