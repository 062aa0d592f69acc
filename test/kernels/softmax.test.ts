import { describe, expect, test } from 'vitest';
import { softmax } from '../reference/normalization/softmax.js';
import { type Binary, KernelHarness, supportedBinaries } from './harness.js';
import { placeStrided, readStrided, spanOf, stridesOf } from './strided.js';

interface Case {
  data: Float32Array;
  extents: readonly [outer: number, axis: number, inner: number];
  isLog: boolean;
  gap?: number;
  threads?: number;
}

function run(binary: Binary, { data, extents, isLog, gap = 0, threads = 1 }: Case): Float32Array {
  const harness = new KernelHarness(binary, 64);
  // A gap lies behind each step along the axis, or, where the inner dimension is 1, behind each row.
  const inner = extents[2] > 1 ? gap : 0;
  const strides = stridesOf(extents, 4, undefined, inner);
  if (extents[2] === 1) strides[0] += gap * 4;
  const room = harness.room(spanOf(extents, strides, 4));
  const [inputOuterStride, inputAxisStride] = strides;
  harness.run(
    'f32_softmax',
    {
      input: placeStrided(harness, data, extents, strides),
      output: room,
      isLog: isLog ? 1 : 0,
      outer: extents[0],
      axis: extents[1],
      inner: extents[2],
      inputOuterStride,
      inputAxisStride,
      outputOuterStride: inputOuterStride,
      outputAxisStride: inputAxisStride,
    },
    threads,
  );
  return readStrided(harness, room, Float32Array, extents, strides);
}

function logits(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => 8 * Math.sin(i * 12.9898));
}

const edges = [0, 1, 3, 4, 5, 7, 8, 9, 13];

describe.each(supportedBinaries)('%s', (binary) => {
  test.each([
    [false, 1e-6],
    [true, 4e-6],
  ])('log %s is within %d, threads give the same bits', (isLog, bound) => {
    for (const axis of [...edges, 257, 1000]) {
      for (const inner of axis > 13 ? [1, 2] : edges) {
        const extents = [3, axis, inner] as const;
        const data = logits(3 * axis * inner);
        const one = { data, extents, isLog, gap: 2 };
        const single = run(binary, one);
        const expected = softmax(data, 3, axis, inner, isLog);
        single.forEach((y, i) => {
          if (!(Math.abs(y - expected[i]) <= bound)) expect(y, `${extents} at ${i}`).toBe(expected[i]);
        });
        expect(run(binary, { ...one, threads: 2 })).toEqual(single);
        expect(run(binary, { ...one, threads: 3 })).toEqual(single);
      }
    }
  });

  test('probabilities lie in [0, 1] and sum to 1 within 1e-6', () => {
    for (const axis of [1, 5, 10, 1000, 21_841]) {
      const y = run(binary, { data: logits(axis), extents: [1, axis, 1], isLog: false });
      for (const p of y) expect(p >= 0 && p <= 1).toBe(true);
      expect(Math.abs(y.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThanOrEqual(1e-6);
    }
  });

  test('large logits neither overflow nor vanish', () => {
    const data = Float32Array.of(3e38, 3e38, -3e38, 1e30, -3e38);
    const y = run(binary, { data, extents: [1, 5, 1], isLog: false });
    expect(Array.from(y)).toEqual([0.5, 0.5, 0, 0, 0]);
  });

  test('NaN and rows of -infinity give NaN, a single -infinity gives 0', () => {
    for (const inner of [1, 2]) {
      const row = (...values: number[]) => values.flatMap((x) => new Array<number>(inner).fill(x));
      const data = Float32Array.from([
        ...row(1, Number.NaN, 2, 3, 0),
        ...row(-Infinity, -Infinity, -Infinity, -Infinity, -Infinity),
        ...row(-Infinity, 0, -Infinity, -Infinity, 0),
      ]);
      const y = Array.from(run(binary, { data, extents: [3, 5, inner], isLog: false }));
      expect(y.slice(0, 10 * inner).every(Number.isNaN)).toBe(true);
      expect(y.slice(10 * inner)).toEqual(row(0, 0.5, 0, 0, 0.5));
    }
  });
});
