// The cast kernel between floats of different precision: every half, ties, and strides that the vectors don't take.

import { describe, expect, test } from 'vitest';
import { toHalf } from '../../src/half.js';
import { ElementType } from '../../src/ops/kernels.generated.js';
import { everyHalf, isNaNHalf, valueOfHalf } from '../reference/half.js';
import { type Binary, KernelHarness, supportedBinaries } from './harness.js';
import { type Elements, placeStrided, placeTable, readStrided, spanOf, stridesOf } from './strided.js';

const kinds = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const;
type Kind = keyof typeof kinds;

/** `data` cast to `to`; with a gap behind each element where `gap` is 1. */
function cast(binary: Binary, from: Kind, data: Elements, to: Kind, gap = 0, threads = 2): Elements {
  const harness = new KernelHarness(binary, 64);
  const extents = [data.length];
  const strides = (kind: Kind) => stridesOf(extents, kinds[kind].BYTES_PER_ELEMENT).map((stride) => stride * (1 + gap));
  const room = harness.room(spanOf(extents, strides(to), kinds[to].BYTES_PER_ELEMENT));
  harness.run(
    'cast',
    {
      rank: 1,
      extents: placeTable(harness, extents),
      input: placeStrided(harness, data, extents, strides(from)),
      inputStrides: placeTable(harness, strides(from)),
      output: room,
      outputStrides: placeTable(harness, strides(to)),
      inputType: ElementType[from],
      outputType: ElementType[to],
    },
    threads,
  );
  return readStrided(harness, room, kinds[to] as never, extents, strides(to)) as Elements;
}

/** Numbers at, just below and just above the middle between neighbouring halves, and some beyond all. */
const edges = everyHalf
  .filter((bits) => (bits & 0x7fff) < 0x7c00)
  .flatMap((bits) => {
    const next = (bits & 0x7fff) === 0x7bff ? bits : bits + 1;
    const middle = (valueOfHalf(bits) + valueOfHalf(next)) / 2;
    return [middle, middle * (1 - 2 ** -20), middle * (1 + 2 ** -20)];
  })
  .concat(65519.996, 65520, -65520, 1e38, -1e38, Infinity, -Infinity, NaN, 2 ** -25, 2 ** -26, 2 ** -140);

describe.each(supportedBinaries)('%s', (binary) => {
  test.each([0, 1])('all halves become what they are, and halves again (gap %i)', (gap) => {
    const halves = Uint16Array.from(everyHalf);
    for (const kind of ['float32', 'float64'] as const) {
      const wide = cast(binary, 'float16', halves, kind, gap);
      expect(wide).toEqual(new kinds[kind](everyHalf.map(valueOfHalf)));
      const back = cast(binary, kind, wide, 'float16', gap);
      expect(back).toEqual(halves.map((bits) => (isNaNHalf(bits) ? 0x7e00 : bits)));
    }
  });

  test.each([0, 1])('floats and doubles become the nearest half, ties to even (gap %i)', (gap) => {
    for (const kind of ['float32', 'float64'] as const) {
      const values = kinds[kind].from(edges);
      expect(cast(binary, kind, values, 'float16', gap)).toEqual(Uint16Array.from(values, toHalf));
    }
  });

  test('nothing is rounded twice', () => {
    // Between them and float32 lies a tie, which they are just above or below.
    const doubles = Float64Array.of(1 + 2 ** -11 + 2 ** -40, 1 + 3 * 2 ** -11 - 2 ** -40, 65520 - 2 ** -30);
    expect(cast(binary, 'float64', doubles, 'float16')).toEqual(Uint16Array.of(0x3c01, 0x3c01, 0x7bff));
    const longs = BigInt64Array.of(2n ** 54n + 1n, 2n ** 62n + 2n ** 38n + 1n, 2049n, -2051n, 70000n);
    expect(cast(binary, 'int64', longs, 'float16')).toEqual(Uint16Array.of(0x7c00, 0x7c00, 0x6800, 0xe802, 0x7c00));
    expect(cast(binary, 'int64', longs, 'float32')[1]).toBe(2 ** 62 + 2 ** 39);
    expect(cast(binary, 'int64', longs, 'float64')[0]).toBe(2 ** 54);
  });

  test('doubles become integers and bools by the rules of floats', () => {
    const doubles = Float64Array.of(2 ** 53 - 1, -1.9, 1e20, NaN, 2147483647.5, -0, 2 ** -1074);
    expect(cast(binary, 'float64', doubles, 'int64')).toEqual(
      BigInt64Array.of(2n ** 53n - 1n, -1n, 2n ** 63n - 1n, 0n, 2147483647n, 0n, 0n),
    );
    expect(cast(binary, 'float64', doubles, 'int32')).toEqual(
      Int32Array.of(2147483647, -1, 2147483647, 0, 2147483647, 0, 0),
    );
    expect(cast(binary, 'float64', doubles, 'bool')).toEqual(Uint8Array.of(1, 1, 1, 1, 1, 0, 1));
    expect(cast(binary, 'float64', doubles, 'float32')[0]).toBe(2 ** 53);
    const halves = Uint16Array.of(0x8000, 1, 0x7c00, 0x7e00, 0xc500);
    expect(cast(binary, 'float16', halves, 'bool')).toEqual(Uint8Array.of(0, 1, 1, 1, 1));
    expect(cast(binary, 'float16', halves, 'int64')).toEqual(BigInt64Array.of(0n, 0n, 2n ** 63n - 1n, 0n, -5n));
  });

  test('any length and number of threads', () => {
    for (const length of [0, 1, 3, 4, 5, 7, 8, 9, 13, 31, 1500]) {
      const values = Float32Array.from({ length }, (_, i) => i / 7 - 3);
      for (const threads of [1, 3]) {
        const halves = cast(binary, 'float32', values, 'float16', 0, threads);
        expect(halves).toEqual(Uint16Array.from(values, toHalf));
        expect(cast(binary, 'float16', halves, 'float32', 0, threads)).toEqual(
          Float32Array.from(halves as Uint16Array, (bits) => valueOfHalf(bits)),
        );
      }
    }
  });
});
