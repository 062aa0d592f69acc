import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Reduction } from '../../src/ops/kernels.generated.js';
import { positions } from '../reference/layout/positions.js';
import { reductions } from '../reference/reduction/reduce.js';
import { type Binary, KernelHarness, supportedBinaries } from './harness.js';
import { placeStrided, placeTable, readStrided, spanOf, stridesOf } from './strided.js';

type Name = keyof typeof Reduction;
const names = Object.keys(Reduction) as Name[];

interface Case {
  data: Float32Array;
  extents: readonly number[];
  /** Whether each dimension is folded. */
  isReduced: readonly boolean[];
  /** Order of the dimensions in memory, outermost first. */
  order?: readonly number[];
  gap?: number;
  threads?: number;
}

function split<T>(values: readonly T[], isReduced: readonly boolean[], wanted: boolean): T[] {
  return values.filter((_, d) => isReduced[d] === wanted);
}

function reduced(
  binary: Binary,
  name: Name,
  { data, extents, isReduced, order, gap = 0, threads = 1 }: Case,
): Float32Array {
  const harness = new KernelHarness(binary, 32);
  const strides = stridesOf(extents, 4, order, gap);
  const kept = split(extents, isReduced, false);
  const outputStrides = stridesOf(kept, 4, undefined, gap);
  const room = harness.room(spanOf(kept, outputStrides, 4));
  harness.run(
    'f32_reduce',
    {
      input: placeStrided(harness, data, extents, strides),
      output: room,
      operation: Reduction[name],
      keptRank: kept.length,
      keptExtents: placeTable(harness, kept),
      keptInputStrides: placeTable(harness, split(strides, isReduced, false)),
      outputStrides: placeTable(harness, outputStrides),
      reducedRank: extents.length - kept.length,
      reducedExtents: placeTable(harness, split(extents, isReduced, true)),
      reducedStrides: placeTable(harness, split(strides, isReduced, true)),
    },
    threads,
  );
  return readStrided(harness, room, Float32Array, kept, outputStrides);
}

function expected(name: Name, { data, extents, isReduced }: Case): number[] {
  const strides = stridesOf(extents, 1);
  const cells = positions(split(extents, isReduced, true), split(strides, isReduced, true));
  return positions(split(extents, isReduced, false), split(strides, isReduced, false)).map((start) =>
    reductions[name](cells.map((cell) => data[start + cell])),
  );
}

function numbers(count: number, low = -2): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => low + 2 + 2 * Math.sin(i * 12.9898));
}

/** Largest difference relative to the sum of the magnitudes that were folded, or to 1. */
function expectClose(actual: Float32Array, wanted: readonly number[], scale: number): void {
  expect(actual.length).toBe(wanted.length);
  actual.forEach((y, i) => {
    if (!Object.is(y, Math.fround(wanted[i]))) {
      expect(Math.abs(y - wanted[i])).toBeLessThanOrEqual(1e-6 * Math.max(1, scale, Math.abs(wanted[i])));
    }
  });
}

describe.each(supportedBinaries)('%s', (binary) => {
  test.each(names)('%s of any dimensions, within 1e-6 of what was summed', (name) => {
    const drawn = fc.record({
      extents: fc.array(fc.constantFrom<number>(1, 2, 3, 4, 5, 7, 8, 9, 13, 21), { minLength: 0, maxLength: 3 }),
      flags: fc.nat(7),
      turn: fc.nat(3),
      gap: fc.nat(2),
      threads: fc.integer({ min: 2, max: 3 }),
    });
    fc.assert(
      fc.property(drawn, ({ extents, flags, turn, gap, threads }) => {
        const isReduced = extents.map((_, d) => (flags & (1 << d)) !== 0);
        const order = extents.map((_, d) => d).sort((a, b) => ((a + turn) % 4) - ((b + turn) % 4));
        const count = extents.reduce((product, extent) => product * extent, 1);
        const data =
          name === 'logSum' ? numbers(count, 0.1) : name === 'prod' ? numbers(count).map((x) => x / 2) : numbers(count);
        const one = { data, extents, isReduced, order, gap };
        const single = reduced(binary, name, one);
        const cells = split(extents, isReduced, true).reduce((product, extent) => product * extent, 1);
        expectClose(single, expected(name, one), cells * (name === 'sumSquare' ? 4 : 2));
        expect(reduced(binary, name, { ...one, threads })).toEqual(single);
      }),
      { numRuns: 60 },
    );
  });

  test.each(names)('%s of nothing is its identity', (name) => {
    const empty = { data: new Float32Array(0), extents: [5, 0], isReduced: [false, true] };
    expect(Array.from(reduced(binary, name, empty))).toEqual(expected(name, empty));
  });

  test.each(names)('%s keeps NaN', (name) => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const data = Float32Array.of(1, 2, Number.NaN, 3, 4, 5, 6, 7, 8, 9);
      const [first, second] = reduced(binary, name, { data, extents: [2, 5], isReduced: [false, true], order });
      expect(first).toBeNaN();
      expect(second).not.toBeNaN();
    }
  });

  test('logSumExp neither overflows nor loses infinities', () => {
    const data = Float32Array.of(200, 200, -300, -300, Infinity, 0, -Infinity, -Infinity);
    const [a, b, c, d] = reduced(binary, 'logSumExp', { data, extents: [4, 2], isReduced: [false, true] });
    expect(a).toBeCloseTo(200 + Math.log(2), 4);
    expect(b).toBeCloseTo(-300 + Math.log(2), 4);
    expect(c).toBe(Infinity);
    expect(d).toBe(-Infinity);
  });

  test('a sum of 200,000 equal terms is within 2e-6', () => {
    const data = new Float32Array(200_000).fill(0.1);
    for (const extents of [
      [1, 200_000],
      [200_000, 1],
    ]) {
      const isReduced = extents.map((extent) => extent > 1);
      const [sum] = reduced(binary, 'sum', { data, extents, isReduced });
      expect(Math.abs(sum / (200_000 * Math.fround(0.1)) - 1)).toBeLessThanOrEqual(2e-6);
    }
  });
});
