// Ranges from histograms: what each method keeps and cuts, and that none is led astray by values of which there are few.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CalibrationMethod, calibrationMethods, chooseRange, Histogram, STEPS } from '../../src/quantize/range.js';
import { randomFloats } from '../kernels/numbers.js';

function wholeOf(values: readonly number[]) {
  return values.reduce(({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }), {
    low: 0,
    high: 0,
  });
}

function rangeOf(values: readonly number[], method: CalibrationMethod, percentile = 99.99) {
  const histogram = new Histogram(wholeOf(values));
  histogram.add(values);
  return chooseRange(histogram, method, percentile);
}

/** The mean squared error of rounding to 8 bits and of cutting, of the values themselves. */
function errorOf(values: readonly number[], { low, high }: { low: number; high: number }): number {
  const step = (high - low) / STEPS || 1;
  const errors = values.map((value) => {
    const kept = Math.max(low, Math.min(high, Math.round(value / step) * step));
    return (value - kept) ** 2;
  });
  return errors.reduce((sum, error) => sum + error, 0) / values.length;
}

/** Sums of twelve uniform numbers are normal, nearly. */
function normal(count: number, seed: number): number[] {
  const uniform = randomFloats(seed)(count * 12);
  return Array.from({ length: count }, (_, i) => uniform.subarray(12 * i, 12 * i + 12).reduce((a, b) => a + b, 0) / 2);
}

const bell = normal(20_000, 1);
// So many that the finer steps gain more than the far values lose.
const heavy = [...Array.from({ length: 30 }, () => bell).flat(), 60, -45];

describe('of a bell with two far values', () => {
  it('minMax keeps all', () => {
    expect(rangeOf(heavy, 'minMax')).toEqual({ low: -45, high: 60 });
  });

  it.each(['percentile', 'entropy', 'meanSquaredError'] as const)('%s cuts them, and errs less', (method) => {
    const range = rangeOf(heavy, method);
    expect(range.high).toBeLessThan(60);
    expect(range.low).toBeGreaterThan(-45);
    expect(errorOf(heavy, range)).toBeLessThan(errorOf(heavy, { low: -45, high: 60 }));
  });

  it('percentile keeps the share that it is told', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => (i + 1) / 10_000);
    const bin = 1 / 2048;
    expect(Math.abs(rangeOf(values, 'percentile', 90).high - 0.9)).toBeLessThanOrEqual(bin);
    expect(Math.abs(rangeOf(values, 'percentile', 99).high - 0.99)).toBeLessThanOrEqual(bin);
    expect(rangeOf(values, 'percentile', 100).high).toBe(1);
  });

  it('meanSquaredError errs least of all', () => {
    const errors = calibrationMethods
      .filter((method) => method !== 'percentile')
      .map((method) => errorOf(heavy, rangeOf(heavy, method)));
    // Bins stand for their values by their middles: a hundredth for that.
    expect(errors.at(-1)).toBeLessThanOrEqual(1.01 * Math.min(...errors));
  });
});

describe.each(calibrationMethods)('%s', (method) => {
  it.each<[string, number[]]>([
    ['two grey levels', Array.from({ length: 1000 }, (_, i) => i % 2)],
    ['mostly one of two levels', Array.from({ length: 1000 }, (_, i) => (i % 50 === 0 ? 1 : 0.02))],
    ['one level', new Array<number>(1000).fill(0.75)],
    ['three levels on both sides', Array.from({ length: 999 }, (_, i) => (i % 3) - 1)],
    ['all below 0', Array.from({ length: 1000 }, (_, i) => -1 - (i % 2))],
    ['a background and a few of everything', [...new Array<number>(5000).fill(0.1), ...normal(500, 3)]],
    ['a background beside a slope', [...new Array<number>(20_000).fill(0.137), ...bell.map(Math.abs)]],
  ])(
    '%s: the error is at most that of the whole range, and what cutting the share that it is told to costs',
    (_, values) => {
      const whole = wholeOf(values);
      const [least, found] = [whole, rangeOf(values, method)].map((range) => Math.sqrt(errorOf(values, range)));
      const reach = whole.high - whole.low;
      // A value lies within half a bin of the middle that stands for it; percentile cuts 0.01 % of them by a whole range at most.
      const cut = method === 'percentile' ? Math.sqrt(1e-4) * reach : 0;
      expect(found).toBeLessThanOrEqual(least + reach / 2048 + cut);
    },
  );

  it('of zeros alone is nothing', () => {
    expect(rangeOf([0, 0, 0], method)).toEqual({ low: 0, high: 0 });
  });
});

it('entropy never errs more, in squares, than the whole range does, but for the width of bins', () => {
  const values = fc.array(fc.oneof(fc.double({ min: -4, max: 4, noNaN: true }), fc.constantFrom(0.5, 1, -2)), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(values, (given) => {
      const whole = wholeOf(given);
      // A value lies within half a bin of the middle that stands for it.
      const half = (whole.high - whole.low) / 4096;
      const [least, found] = [whole, rangeOf(given, 'entropy')].map((range) => Math.sqrt(errorOf(given, range)));
      expect(found).toBeLessThanOrEqual(least + 2 * half + 1e-12);
    }),
    { numRuns: 200 },
  );
});
