import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Activation, Binary, Comparison } from '../../src/ops/kernels.generated.js';
import { binaryFunctions, broadcast } from '../reference/elementwise/binary.js';
import { comparisons } from '../reference/elementwise/compare.js';
import { specialFloats, worstError } from './accuracy.js';
import { KernelHarness, supportedBinaries } from './harness.js';
import { runBinary, runCompare, type Source } from './run-elementwise.js';
import { placeStrided, placeTable, readStrided, spanOf, stridesOf } from './strided.js';

const binaryNames = Object.keys(Binary) as (keyof typeof Binary)[];
const comparisonNames = Object.keys(Comparison) as (keyof typeof Comparison)[];

/** Deterministic numbers of both signs, a few of them equal. */
function numbers(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.round(Math.sin(i * 12.9898 + seed) * 64) / 16);
}

function sizeOf(extents: readonly number[]): number {
  return extents.reduce((product, extent) => product * extent, 1);
}

function source(extents: readonly number[], seed: number, order?: readonly number[], gap = 0): Source {
  return { data: numbers(sizeOf(extents), seed), extents, strides: stridesOf(extents, 4, order, gap) };
}

function expected(name: keyof typeof Binary, left: Source, right: Source, extents: readonly number[]): number[] {
  const a = broadcast(left.data, left.extents, extents);
  const b = broadcast(right.data, right.extents, extents);
  return a.map((x, i) => Math.fround(binaryFunctions[name](x, b[i])));
}

describe.each(supportedBinaries)('%s', (binary) => {
  const lengths = [0, 1, 3, 4, 5, 7, 8, 9, 13, 2049];
  test.each(binaryNames)('%s of rows of any length, threads give the same bits', (name) => {
    for (const length of lengths) {
      const harness = new KernelHarness(binary);
      const [left, right] = [source([length], 1), source([length], 2)];
      const box = { extents: [length], strides: [4] };
      const single = runBinary(harness, name, left, right, box, { threads: 1 });
      expect(worstError(single, single, expected(name, left, right, [length])).error).toBeLessThanOrEqual(1);
      expect(runBinary(harness, name, left, right, box, { threads: 2 })).toEqual(single);
      expect(runBinary(harness, name, left, right, box, { threads: 3 })).toEqual(single);
    }
  });

  test.each(binaryNames)('%s of special values', (name) => {
    const pairs = Array.from(specialFloats).flatMap((a) => Array.from(specialFloats, (b) => [a, b]));
    const left = { data: Float32Array.from(pairs, ([a]) => a), extents: [pairs.length], strides: [4] };
    const right = { data: Float32Array.from(pairs, ([, b]) => b), extents: [pairs.length], strides: [4] };
    const box = { extents: [pairs.length], strides: [4] };
    const actual = runBinary(new KernelHarness(binary), name, left, right, box, { threads: 1 });
    const worst = worstError(left.data, actual, expected(name, left, right, [pairs.length]));
    expect(worst.error, JSON.stringify(worst)).toBeLessThanOrEqual(1);
  });

  test('operands broadcast, are transposed and have gaps', () => {
    const box = fc.record({
      extents: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 0, maxLength: 4 }),
      seed: fc.nat(1000),
      gap: fc.nat(2),
      flat: fc.nat(255),
      threads: fc.integer({ min: 1, max: 3 }),
      name: fc.constantFrom(...binaryNames),
    });
    fc.assert(
      fc.property(box, ({ extents, seed, gap, flat, threads, name }) => {
        const order = extents.map((_, d) => d).sort((a, b) => ((a * 7 + seed) % 5) - ((b * 7 + seed) % 5));
        const leftExtents = extents.map((extent, d) => (flat & (1 << d) ? 1 : extent));
        const rightExtents = extents.map((extent, d) => (flat & (16 << d) ? 1 : extent));
        const left = source(leftExtents, seed, order, gap);
        const right = source(rightExtents, seed + 1);
        const output = { extents, strides: stridesOf(extents, 4, undefined, gap) };
        const actual = runBinary(new KernelHarness(binary, 4), name, left, right, output, { threads });
        expect(worstError(actual, actual, expected(name, left, right, extents)).error).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  });

  test('an activation is applied to the result', () => {
    for (const extents of [[5], [3, 2100]]) {
      const [left, right] = [source(extents, 3), source(extents, 4)];
      const box = { extents, strides: stridesOf(extents, 4, undefined, 1) };
      const sum = expected('add', left, right, extents);
      const run = (activation: number, alpha: number, beta: number) =>
        Array.from(
          runBinary(new KernelHarness(binary), 'add', left, right, box, { threads: 2, activation, alpha, beta }),
        );
      expect(run(Activation.clip, 0, Infinity)).toEqual(sum.map((x) => Math.max(x, 0)));
      expect(run(Activation.leakyRelu, 0.5, 0)).toEqual(sum.map((x) => (x < 0 ? x / 2 : x)));
    }
  });

  test.each(comparisonNames)('%s gives 0 or 1, false for NaN', (name) => {
    const pairs = Array.from(specialFloats).flatMap((a) => Array.from(specialFloats, (b) => [a, b]));
    const extents = [pairs.length / 5, 5];
    const left = { data: Float32Array.from(pairs, ([a]) => a), extents, strides: stridesOf(extents, 4, [1, 0]) };
    const right = { data: Float32Array.from(pairs, ([, b]) => b), extents, strides: stridesOf(extents, 4) };
    const relation = Array.from(left.data, (a, i) => comparisons[name](a, right.data[i]));
    for (const [threads, gap] of [
      [1, 0],
      [3, 2],
    ]) {
      const box = { extents, strides: stridesOf(extents, 1, undefined, gap) };
      expect(Array.from(runCompare(new KernelHarness(binary), name, left, right, box, threads))).toEqual(relation);
    }
  });

  test('where_4 chooses bits, NaN among them', () => {
    for (const length of [0, 1, 3, 4, 5, 9, 2000]) {
      for (const conditionStride of [0, 1, 3]) {
        const harness = new KernelHarness(binary);
        const condition = Uint8Array.from({ length: conditionStride ? length : 1 }, (_, i) => (i * 7) % 3);
        const left = numbers(length, 5).map((x) => (x > 2 ? Number.NaN : x));
        const strides = placeTable(harness, [4]);
        const room = harness.room(length * 4);
        harness.run('where_4', {
          rank: 1,
          extents: placeTable(harness, [length]),
          output: room,
          outputStrides: strides,
          condition: placeStrided(harness, condition, [condition.length], [conditionStride || 1]),
          conditionStrides: placeTable(harness, [conditionStride]),
          left: harness.place(left),
          leftStrides: strides,
          right: harness.place(Float32Array.of(-9)),
          rightStrides: placeTable(harness, [0]),
        });
        const chosen = Float32Array.from(left, (x, i) => (condition[conditionStride ? i : 0] ? x : -9));
        expect(harness.floats(room)).toEqual(chosen);
      }
    }
  });

  test('activations and functions of one operand follow its strides', () => {
    const extents = [3, 5, 9];
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
    ]) {
      for (const threads of [1, 2, 3]) {
        const harness = new KernelHarness(binary);
        const input = source(extents, 6, order, 1);
        const strides = stridesOf(extents, 4, [1, 0, 2], 2);
        const room = harness.room(spanOf(extents, strides, 4));
        harness.run(
          'f32_activation',
          {
            rank: 3,
            extents: placeTable(harness, extents),
            output: room,
            outputStrides: placeTable(harness, strides),
            input: placeStrided(harness, input.data, extents, input.strides),
            inputStrides: placeTable(harness, input.strides),
            activation: Activation.clip,
            alpha: 0,
            beta: 2,
          },
          threads,
        );
        const clipped = input.data.map((x) => Math.max(0, Math.min(2, x)));
        expect(readStrided(harness, room, Float32Array, extents, strides)).toEqual(clipped);
      }
    }
  });
});
