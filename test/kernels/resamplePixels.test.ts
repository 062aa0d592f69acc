// The kernel that resamples an axis of bytes, against whole numbers in JavaScript: runs of bytes around its vectors, any threads.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resamplePixels } from '../reference/vision/resamplePixels.js';
import { type Binary, KernelHarness, supportedBinaries } from './harness.js';

const ONE = 2 ** 22;

interface Case {
  readonly outers: number;
  readonly extent: number;
  readonly bytes: number;
  readonly taps: number;
  readonly first: readonly number[];
  readonly weights: readonly number[];
  readonly input: Uint8Array;
}

function run(binary: Binary, { outers, extent, bytes, taps, first, weights, input }: Case, threads: number) {
  const harness = new KernelHarness(binary);
  const output = harness.room(outers * first.length * bytes);
  harness.run(
    'u8_resample',
    {
      input: harness.place(input),
      output,
      outers,
      count: first.length,
      bytes,
      outerStride: extent * bytes,
      taps,
      offsets: harness.place(Int32Array.from(first, (place) => place * bytes)),
      weights: harness.place(Int32Array.from(weights)),
    },
    threads,
  );
  return new Uint8Array(harness.memory.buffer, output.address, output.bytes).slice();
}

const cases = fc
  .record({
    outers: fc.integer({ min: 0, max: 4 }),
    extent: fc.integer({ min: 1, max: 9 }),
    bytes: fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 48),
    count: fc.integer({ min: 0, max: 9 }),
    taps: fc.integer({ min: 1, max: 9 }),
    seed: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
    weight: fc.infiniteStream(fc.integer({ min: -ONE, max: ONE })),
  })
  .map(({ outers, extent, bytes, count, taps: wanted, seed, weight }): Case => {
    const taps = Math.min(wanted, extent);
    const draw = (from: Iterator<number>, size: number) => Array.from({ length: size }, () => from.next().value);
    const first = draw(seed, count).map((value) => value % (extent - taps + 1));
    // Negative weights too, with sums of absolute values below two.
    const weights = draw(weight, count * taps).map((value) => Math.trunc((value * 1.9) / taps));
    return { outers, extent, bytes, taps, first, weights, input: Uint8Array.from(draw(seed, outers * extent * bytes)) };
  });

describe.each(supportedBinaries)('%s', (binary) => {
  test.each([1, 2, 3])('sums of random runs of bytes are exact with %i threads', (threads) => {
    fc.assert(
      fc.property(cases, (given) => {
        expect(run(binary, given, threads)).toEqual(resamplePixels(given.input, given, given));
      }),
      { numRuns: 150 },
    );
  });

  test('halves are rounded up, and what is outside a byte is clamped', () => {
    const given = { outers: 1, extent: 3, bytes: 1, taps: 2, first: [0, 0, 1, 1], input: Uint8Array.of(255, 254, 1) };
    const weights = [ONE / 2, ONE / 2, ONE * 1.5, ONE / 4, ONE / 2, ONE / 2, -ONE / 2, ONE];
    expect([...run(binary, { ...given, weights }, 1)]).toEqual([255, 255, 128, 0]);
  });
});
