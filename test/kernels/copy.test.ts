import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KernelName } from '../../src/ops/kernels.generated.js';
import { type Binary, KernelHarness, supportedBinaries } from './harness.js';
import { type Elements, placeStrided, placeTable, readStrided, spanOf, stridesOf } from './strided.js';

const kinds = {
  copy_1: Uint8Array,
  copy_2: Uint16Array,
  copy_4: Int32Array,
  copy_8: BigInt64Array,
} as const satisfies Partial<Record<KernelName, unknown>>;
type CopyName = keyof typeof kinds;

function elements(name: CopyName, count: number): Elements {
  if (name === 'copy_8') return BigInt64Array.from({ length: count }, (_, i) => BigInt(i) * 0x1_0000_0003n - 7n);
  return new kinds[name](Array.from({ length: count }, (_, i) => i * 2654435761 + 3));
}

function copied(
  binary: Binary,
  name: CopyName,
  extents: readonly number[],
  inputStrides: readonly number[],
  outputStrides: readonly number[],
  threads: number,
): { input: Elements; output: Elements } {
  const kind = kinds[name] as unknown as { new (buffer: ArrayBuffer): Elements; readonly BYTES_PER_ELEMENT: number };
  const harness = new KernelHarness(binary, 32);
  const input = elements(
    name,
    extents.reduce((product, extent) => product * extent, 1),
  );
  const room = harness.room(spanOf(extents, outputStrides, kind.BYTES_PER_ELEMENT));
  harness.run(
    name,
    {
      rank: extents.length,
      extents: placeTable(harness, extents),
      input: placeStrided(harness, input, extents, inputStrides),
      inputStrides: placeTable(harness, inputStrides),
      output: room,
      outputStrides: placeTable(harness, outputStrides),
    },
    threads,
  );
  return { input, output: readStrided(harness, room, kind, extents, outputStrides) };
}

describe.each(supportedBinaries)('%s', (binary) => {
  test.each(Object.keys(kinds) as CopyName[])('%s moves boxes with any strides', (name) => {
    const size = kinds[name].BYTES_PER_ELEMENT;
    const box = fc.record({
      extents: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 0, maxLength: 4 }),
      turn: fc.nat(5),
      gap: fc.nat(2),
      threads: fc.integer({ min: 1, max: 3 }),
      reversed: fc.nat(15),
    });
    fc.assert(
      fc.property(box, ({ extents, turn, gap, threads, reversed }) => {
        const order = extents.map((_, d) => d).sort((a, b) => ((a + turn) % 4) - ((b + turn) % 4));
        const inputStrides = stridesOf(extents, size, order, gap).map((s, d) => (reversed & (1 << d) ? -s : s));
        const outputStrides = stridesOf(extents, size, undefined, gap);
        const { input, output } = copied(binary, name, extents, inputStrides, outputStrides, threads);
        expect(output).toEqual(input);
      }),
      { numRuns: 150 },
    );
  });

  test('copy_4 transposes every remainder of its tiles', () => {
    for (const rows of [1, 2, 3, 4, 5, 7, 16, 18]) {
      for (const columns of [1, 2, 3, 4, 5, 8, 129, 131]) {
        const extents = [2, rows, columns];
        const { input, output } = copied(
          binary,
          'copy_4',
          extents,
          stridesOf(extents, 4, [0, 2, 1]),
          stridesOf(extents, 4),
          2,
        );
        expect(output).toEqual(input);
      }
    }
  });

  test('copy_1 moves long rows', () => {
    for (const length of [15, 16, 17, 511, 512, 513, 5000]) {
      const { input, output } = copied(binary, 'copy_1', [3, length], [length + 1, 1], [length + 5, 1], 3);
      expect(output).toEqual(input);
    }
  });

  const fills = [
    ['fill_1', Uint8Array, 0x1ab, 0, 0xab],
    ['fill_2', Uint16Array, 0x1abcd, 0, 0xabcd],
    ['fill_4', Int32Array, -5, 0, -5],
    ['fill_8', BigInt64Array, -5, 0x12345678, 0x12345678fffffffbn],
  ] as const;
  test.each(fills)('%s sets boxes with any strides', (name, kind, bits, highBits, value) => {
    for (const length of [0, 1, 3, 4, 5, 7, 8, 9, 13, 1500]) {
      for (const [gap, order, threads] of [
        [0, [0, 1], 1],
        [1, [0, 1], 2],
        [0, [1, 0], 3],
      ] as const) {
        const harness = new KernelHarness(binary);
        const extents = [2, length];
        const strides = stridesOf(extents, kind.BYTES_PER_ELEMENT, order, gap);
        const room = harness.room(spanOf(extents, strides, kind.BYTES_PER_ELEMENT));
        harness.run(
          name,
          {
            rank: 2,
            extents: placeTable(harness, extents),
            output: room,
            bits,
            highBits,
            outputStrides: placeTable(harness, strides),
          },
          threads,
        );
        const set = readStrided(harness, room, kind as never, extents, strides) as Elements;
        expect(Array.from<number | bigint>(set as never)).toEqual(new Array(2 * length).fill(value));
      }
    }
  });

  test('clear_halo zeroes all of the halo and nothing else', () => {
    const halo = fc.record({
      images: fc.integer({ min: 1, max: 2 }),
      planes: fc.integer({ min: 1, max: 3 }),
      rows: fc.integer({ min: 1, max: 4 }),
      rowBytes: fc.constantFrom(0, 1, 4, 12, 16, 36),
      front: fc.nat(1),
      back: fc.nat(1),
      top: fc.nat(2),
      bottom: fc.nat(2),
      left: fc.constantFrom(0, 1, 8, 16, 36),
      right: fc.constantFrom(0, 3, 12, 20),
      gap: fc.nat(5),
      threads: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(halo, ({ gap, threads, ...box }) => {
        const harness = new KernelHarness(binary, 4);
        const width = box.left + box.rowBytes + box.right;
        const rowStride = width + gap;
        const planeStride = rowStride * (box.top + box.rows + box.bottom) + gap;
        const imageStride = planeStride * (box.front + box.planes + box.back) + gap;
        const room = harness.room(imageStride * box.images);
        const marked = new Uint8Array(harness.memory.buffer, room.address, room.bytes).fill(7);
        const interior = room.address + box.front * planeStride + box.top * rowStride + box.left;
        harness.run('clear_halo', { ...box, interior, imageStride, planeStride, rowStride }, threads);
        const expected = new Uint8Array(room.bytes).fill(7);
        for (let image = 0; image < box.images; image++) {
          for (let plane = -box.front; plane < box.planes + box.back; plane++) {
            for (let row = -box.top; row < box.rows + box.bottom; row++) {
              const start = interior - room.address + image * imageStride + plane * planeStride + row * rowStride;
              expected.fill(0, start - box.left, start + box.rowBytes + box.right);
              const isInterior = plane >= 0 && plane < box.planes && row >= 0 && row < box.rows;
              if (isInterior) expected.fill(7, start, start + box.rowBytes);
            }
          }
        }
        expect(Buffer.compare(marked, expected)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
