import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averagePool, maxPool, type PoolShape, type Triple } from '../reference/pooling/pool.js';
import { type Binary, KernelHarness, type Operand, supportedBinaries } from './harness.js';
import { boxes, geometry, type Layout, none, numbers, one, pooled, strideArguments } from './run-pool.js';
import { placeStrided, readStrided, spanOf, stridesOf } from './strided.js';

const cases: [string, PoolShape][] = [
  [
    '1-D',
    {
      images: 2,
      channels: 3,
      input: [1, 1, 13],
      kernel: [1, 1, 3],
      strides: [1, 1, 2],
      dilations: one,
      before: [0, 0, 1],
      behind: none,
    },
  ],
  [
    '2x2 stride 2',
    {
      images: 1,
      channels: 6,
      input: [1, 28, 28],
      kernel: [1, 2, 2],
      strides: [1, 2, 2],
      dilations: one,
      before: none,
      behind: none,
    },
  ],
  [
    '3x3 stride 2, padded',
    {
      images: 2,
      channels: 21,
      input: [1, 9, 8],
      kernel: [1, 3, 3],
      strides: [1, 2, 2],
      dilations: one,
      before: [0, 1, 1],
      behind: [0, 1, 1],
    },
  ],
  [
    '3x3 stride 1, four-sided padding',
    {
      images: 1,
      channels: 5,
      input: [1, 5, 7],
      kernel: [1, 3, 3],
      strides: one,
      dilations: one,
      before: [0, 2, 1],
      behind: [0, 1, 2],
    },
  ],
  [
    'ceil mode',
    {
      images: 1,
      channels: 4,
      input: [1, 7, 6],
      kernel: [1, 3, 2],
      strides: [1, 3, 4],
      dilations: one,
      before: [0, 1, 0],
      behind: [0, 0, 1],
      ceil: true,
    },
  ],
  [
    'dilated',
    {
      images: 1,
      channels: 9,
      input: [1, 9, 11],
      kernel: [1, 3, 2],
      strides: [1, 1, 2],
      dilations: [1, 2, 3],
      before: [0, 2, 1],
      behind: [0, 1, 3],
    },
  ],
  [
    '3-D',
    {
      images: 2,
      channels: 18,
      input: [4, 5, 6],
      kernel: [2, 3, 2],
      strides: [1, 2, 2],
      dilations: one,
      before: [1, 1, 0],
      behind: [0, 1, 1],
    },
  ],
  [
    'a window as large as the map',
    {
      images: 1,
      channels: 35,
      input: [1, 7, 7],
      kernel: [1, 7, 7],
      strides: one,
      dilations: one,
      before: none,
      behind: none,
    },
  ],
  [
    'no output',
    {
      images: 1,
      channels: 4,
      input: [1, 2, 2],
      kernel: [1, 3, 3],
      strides: one,
      dilations: one,
      before: none,
      behind: none,
    },
  ],
];

/** One image in one plane, windows a step apart. */
const squares = (kernel: Triple): PoolShape => ({
  images: 1,
  channels: 1,
  input: kernel,
  kernel,
  strides: one,
  dilations: one,
  before: none,
  behind: none,
});

/** Maxima and their indices, with gaps behind both. */
function indexed(binary: Binary, data: Float32Array, shape: PoolShape, threads: number, storageOrder: 0 | 1) {
  const { input, output } = boxes(shape);
  const [planes, rows, columns] = shape.input;
  const steps = storageOrder === 1 ? [1, planes, planes * rows] : [rows * columns, columns, 1];
  const channelIndex = planes * rows * columns;
  const harness = new KernelHarness(binary, 32);
  const outputStrides = stridesOf(output, 4, undefined, 1);
  const indicesStrides = stridesOf(output, 8, undefined, 3);
  const room = harness.room(spanOf(output, outputStrides, 4));
  const indices: Operand = harness.room(spanOf(output, indicesStrides, 8));
  harness.run(
    'f32_max_pool_indices',
    {
      input: harness.place(data),
      output: room,
      indices,
      ...geometry(shape),
      ...strideArguments('input', stridesOf(input, 4)),
      ...strideArguments('output', outputStrides),
      ...strideArguments('indices', indicesStrides),
      imageIndex: shape.channels * channelIndex,
      channelIndex,
      planeIndex: steps[0],
      rowIndex: steps[1],
      columnIndex: steps[2],
    },
    threads,
  );
  return {
    output: readStrided(harness, room, Float32Array, output, outputStrides),
    indices: readStrided(harness, indices, BigInt64Array, output, indicesStrides),
  };
}

describe.each(supportedBinaries)('%s', (binary) => {
  const layouts: Layout[] = [
    { threads: 1, inputGap: 0, outputGap: 0 },
    { threads: 2, inputGap: 3, outputGap: 0 },
    { threads: 3, inputGap: 0, outputGap: 2 },
  ];

  test.each(cases)('f32_max_pool is exact: %s', (_, shape) => {
    const data = numbers(shape);
    const expected = Float32Array.from(maxPool(data, shape).output);
    for (const layout of layouts) {
      expect(pooled(binary, 'f32_max_pool', data, Float32Array, shape, layout)).toEqual(expected);
    }
  });

  test.each(cases)('f32_average_pool is within 1e-6: %s', (_, shape) => {
    const data = numbers(shape);
    for (const countPadding of [false, true]) {
      const expected = averagePool(data, shape, countPadding);
      const [first, ...others] = layouts.map((layout) =>
        pooled(binary, 'f32_average_pool', data, Float32Array, shape, {
          ...layout,
          countsPadding: countPadding ? 1 : 0,
        }),
      );
      first.forEach((y, i) => {
        expect(Math.abs(y - expected[i])).toBeLessThanOrEqual(1e-6);
      });
      for (const other of others) expect(other).toEqual(first);
    }
  });

  test.each(cases)('u8_max_pool and i8_max_pool are exact: %s', (_, shape) => {
    const unsigned = Uint8Array.from(numbers(shape), (x) => x * 37);
    const signed = new Int8Array(unsigned.buffer);
    const expected = maxPool(unsigned, shape).output;
    const expectedSigned = Array.from(maxPool(signed, shape).output, (y) => y & 255);
    for (const layout of layouts) {
      expect(Array.from(pooled(binary, 'u8_max_pool', unsigned, Uint8Array, shape, layout))).toEqual(expected);
      expect(Array.from(pooled(binary, 'i8_max_pool', unsigned, Uint8Array, shape, layout))).toEqual(expectedSigned);
    }
  });

  test.each(cases)('f32_max_pool_indices names the first maximum in either storage order: %s', (_, shape) => {
    const data = numbers(shape);
    const [planes, rows, columns] = shape.input;
    const { output: maxima, places } = maxPool(data, shape);
    for (const columnMajor of [false, true]) {
      const steps = columnMajor ? [1, planes, planes * rows] : [rows * columns, columns, 1];
      const channelIndex = planes * rows * columns;
      const indexOf = ([image, channel, z, y, x]: (typeof places)[number]) =>
        BigInt((image * shape.channels + channel) * channelIndex + z * steps[0] + y * steps[1] + x * steps[2]);
      const found = indexed(binary, data, shape, 2, columnMajor ? 1 : 0);
      expect(found.output).toEqual(Float32Array.from(maxima));
      expect([...found.indices]).toEqual(places.map(indexOf));
    }
  });

  test('random windows, both kinds', () => {
    const small = (min: number, max: number) => fc.tuple(...[0, 1, 2].map(() => fc.integer({ min, max })));
    const shapes = fc.record({
      images: fc.integer({ min: 1, max: 2 }),
      channels: fc.constantFrom(1, 2, 4, 7, 16, 17, 33),
      input: small(1, 6),
      kernel: small(1, 3),
      strides: small(1, 3),
      dilations: small(1, 2),
      before: small(0, 2),
      behind: small(0, 2),
      ceil: fc.boolean(),
      threads: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(shapes, ({ threads, ...drawn }) => {
        const shape = drawn as unknown as PoolShape;
        const data = numbers(shape);
        const layout = { threads, inputGap: 1, outputGap: 1 };
        const maxima = Float32Array.from(maxPool(data, shape).output);
        expect(pooled(binary, 'f32_max_pool', data, Float32Array, shape, layout)).toEqual(maxima);
        const means = pooled(binary, 'f32_average_pool', data, Float32Array, shape, { ...layout, countsPadding: 1 });
        averagePool(data, shape, true).forEach((y, i) => {
          expect(Math.abs(means[i] - y)).toBeLessThanOrEqual(1e-6);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('NaN stays wherever a window has one, with its index', () => {
    for (const channels of [1, 3, 4, 7, 16, 21]) {
      for (const size of [2, 3, 5]) {
        const kernel: Triple = [1, size, size];
        const shape: PoolShape = {
          ...squares(kernel),
          channels,
          input: [1, 9, 8],
          before: [0, 1, 1],
          behind: [0, 1, 1],
        };
        const data = numbers(shape).map((value, i) => (i % 11 === 3 ? Number.NaN : i % 7 === 2 ? -Infinity : value));
        const { output, places } = maxPool(data, shape);
        expect(output.some(Number.isNaN)).toBe(true);
        const layout = { threads: 1, inputGap: 1, outputGap: 0 };
        expect(pooled(binary, 'f32_max_pool', data, Float32Array, shape, layout)).toEqual(Float32Array.from(output));
        const withIndices = indexed(binary, data, shape, 1, 0);
        expect(withIndices.output).toEqual(Float32Array.from(output));
        const expected = places.map(([, channel, , row, column]) => BigInt((channel * 9 + row) * 8 + column));
        expect([...withIndices.indices]).toEqual(expected);
      }
    }
  });

  test('means of large windows are within (128 + n / 4096) roundings of the mean of magnitudes', () => {
    for (const [rows, columns, channels] of [
      [224, 224, 1],
      [1000, 1000, 1],
      [9, 9, 21],
      [1, 65, 4],
    ]) {
      const kernel: Triple = [1, rows, columns];
      const shape: PoolShape = { ...squares(kernel), channels, input: kernel };
      const data = new Float32Array(rows * columns * channels).fill(0.1);
      const layout = { threads: 1, inputGap: 0, outputGap: 0 };
      const means = pooled(binary, 'f32_average_pool', data, Float32Array, shape, layout);
      const bound = Math.fround(0.1) * (128 + (rows * columns) / 4096 + 1) * 2 ** -24;
      for (const mean of means) expect(Math.abs(mean - Math.fround(0.1))).toBeLessThanOrEqual(bound);
    }
  });

  test('infinities win and lose as numbers do', () => {
    const shape: PoolShape = {
      images: 1,
      channels: 1,
      input: [1, 1, 4],
      kernel: [1, 1, 2],
      strides: one,
      dilations: one,
      before: none,
      behind: none,
    };
    const data = Float32Array.of(-Infinity, 1, Infinity, -Infinity);
    const layout = { threads: 1, inputGap: 0, outputGap: 0 };
    expect(Array.from(pooled(binary, 'f32_max_pool', data, Float32Array, shape, layout))).toEqual([
      1,
      Infinity,
      Infinity,
    ]);
  });

  describe.each(['f32_global_average_pool', 'f32_global_max_pool'] as const)('%s', (kernel) => {
    test('is within 1e-6 of whole maps, threads give the same bits', () => {
      for (const channels of [0, 1, 3, 4, 5, 13, 16, 23, 64]) {
        for (const input of [
          [1, 7, 7],
          [2, 3, 5],
          [1, 1, 1],
          [1, 112, 3],
        ] as Triple[]) {
          const shape: PoolShape = {
            images: 2,
            channels,
            input,
            kernel: input,
            strides: one,
            dilations: one,
            before: none,
            behind: none,
          };
          const data = numbers(shape);
          const expected =
            kernel === 'f32_global_max_pool' ? maxPool(data, shape).output : averagePool(data, shape, false);
          const results = [1, 2, 3].map((threads) => {
            const harness = new KernelHarness(binary, 32);
            const extents = boxes(shape).input;
            const strides = stridesOf(extents, 4, undefined, threads - 1);
            const room = harness.room(2 * channels * 4);
            harness.run(
              kernel,
              {
                input: placeStrided(harness, data, extents, strides),
                output: room,
                images: 2,
                channels,
                planes: input[0],
                rows: input[1],
                columns: input[2],
                inputImageStride: strides[0],
                planeStride: strides[1],
                rowStride: strides[2],
                columnStride: strides[3],
                outputImageStride: channels * 4,
              },
              threads,
            );
            return harness.floats(room);
          });
          results[0].forEach((y, i) => {
            expect(Math.abs(y - expected[i])).toBeLessThanOrEqual(1e-6);
          });
          expect(results[1]).toEqual(results[0]);
          expect(results[2]).toEqual(results[0]);
        }
      }
    });
  });
});
