import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Activation } from '../../src/ops/kernels.generated.js';
import { type Binary, supportedBinaries } from './harness.js';
import { expectWithin, randomFloats } from './numbers.js';
import { activated, expectedOf, operandsOf } from './run-convolution.js';
import { runWinograd, type WinogradCase } from './run-winograd.js';

const EDGES = [1, 3, 4, 5, 7, 8, 9, 13];

/** Error in roundings of the largest sum of |x w|: a tile's values meet, so a small output may be off by a big one's. */
const ROUNDINGS = { 4: 24, 2: 8 };

function checkWinograd(binary: Binary, test: WinogradCase): void {
  const operands = operandsOf(test);
  const y = runWinograd(binary, test, operands);
  const expected = expectedOf(test, operands);
  const largest = expected.magnitude.reduce((a, b) => Math.max(a, b), 0);
  expectWithin(y, expected.y, expected.magnitude.fill(largest), ROUNDINGS[test.tile]);
  for (const threads of [2, 3]) expect(runWinograd(binary, test, operands, threads)).toEqual(y);
  for (const threads of [1, 2]) {
    expect(runWinograd(binary, { ...test, makesWeights: true }, operands, threads)).toEqual(y);
  }
}

const variants = supportedBinaries.flatMap((binary) =>
  ([4, 2] as const).map((tile) => ({ kernel: `f32_winograd_${tile}x${tile}`, binary, tile })),
);

describe.each(variants)(
  '$kernel ($binary) is within 24 (4x4) or 8 (2x2) roundings of the largest sum of |x w|, with the same bits on 1, 2 and 3 threads',
  ({ binary, tile }) => {
    it.each(EDGES)('%i filters, any number of channels', (filters) => {
      for (const channels of EDGES) {
        checkWinograd(binary, {
          tile,
          x: [1, 1, 7, 8, channels],
          w: [filters, channels, 1, 3, 3],
          bias: channels % 2 === 0,
          residual: channels % 3 === 0,
          clip: filters % 2 === 0 ? [0, Number.POSITIVE_INFINITY] : undefined,
          gaps: { pixel: channels % 4, row: 2 },
        });
      }
    });

    it.each<[number, Partial<WinogradCase>]>([
      [Number.NaN, {}],
      [Number.POSITIVE_INFINITY, { clip: [0, 6] }],
      [1e30, {}],
      [-65504, { residual: true }],
      [1e30, { x: [1, 1, 9, 8, 16], w: [16, 8, 1, 3, 3], groups: 2 }],
      [Number.NaN, { x: [1, 1, 12, 13, 3], w: [9, 3, 1, 5, 5] }],
      [1e30, { x: [1, 1, 12, 13, 3], w: [9, 3, 1, 5, 5], strides: [1, 2, 2] }],
      [Number.NaN, { x: [1, 1, 12, 13, 3], w: [9, 3, 1, 7, 3], strides: [1, 2, 2] }],
    ])('an input of %d stays where it is seen, within 64 roundings of the sums of |x w| around: %j', (value, more) => {
      const test: WinogradCase = {
        tile,
        x: [1, 1, 9, 8, 5],
        w: [9, 5, 1, 3, 3],
        bias: true,
        paddingBefore: [0, 1, 1],
        paddingAfter: [0, 1, 1],
        ...more,
      };
      const [, , rows, columns, channels] = test.x;
      for (let pixel = 0; pixel < rows * columns; pixel += 5) {
        const operands = operandsOf(test);
        operands.w[4] = 0;
        operands.x[pixel * channels + (pixel % channels)] = Number.NaN;
        const { y: missing } = expectedOf(test, operands);
        operands.x[pixel * channels + (pixel % channels)] = value;
        const { y: expected, magnitude } = expectedOf(test, operands);
        const y = runWinograd(binary, test, operands);
        const largest = (seen: boolean) =>
          magnitude.reduce((most, size, i) => (Number.isNaN(missing[i]) === seen ? Math.max(most, size) : most), 0);
        const sizes = [largest(false), largest(true)];
        y.forEach((found, i) => {
          const bound = 64 * 2 ** -24 * sizes[Number.isNaN(missing[i]) ? 1 : 0];
          if (!Number.isFinite(bound)) expect(found).toBe(expected[i]);
          else expect(Math.abs(found - expected[i])).toBeLessThanOrEqual(bound);
        });
        expect(runWinograd(binary, test, operands, 3)).toEqual(y);
      }
    });

    it('a zero tap takes nothing from a great input', () => {
      const test: WinogradCase = { tile, x: [1, 1, 8, 8, 4], w: [8, 4, 1, 3, 3] };
      const operands = operandsOf(test);
      operands.w.forEach((_, i) => {
        if (i % 9 === 1) operands.w[i] = 0;
      });
      operands.x[(4 * 8 + 5) * 4] = 1e30;
      const y = runWinograd(binary, test, operands);
      const { y: expected } = expectedOf(test, operands);
      // Output [4, 4] has the input under the second tap of its first row, [5, 4] doesn't see it.
      for (let filter = 0; filter < 8; filter++) {
        const at = (4 * 6 + 4) * 8 + filter;
        expect(Math.abs(y[at] - expected[at])).toBeLessThanOrEqual(1e-5);
      }
    });

    it.each(Array.from({ length: 17 }, (_, i) => i + 1))('%i rows, 1 to 17 columns', (rows) => {
      for (const columns of [1, 2, 3, 4, 5, 8, 9, 15, 17]) {
        checkWinograd(binary, {
          tile,
          x: [1, 1, rows, columns, 3],
          w: [5, 3, 1, 3, 3],
          paddingBefore: [0, 1, 1],
          paddingAfter: [0, 1, 1],
          residual: columns % 2 === 0,
          gaps: { pixel: 1, row: 3 },
        });
      }
    });

    it.each([
      [4, 4],
      [5, 5],
      [3, 5],
      [6, 3],
      [7, 8],
      [1, 2],
      [9, 6],
      [3, 3],
    ])('filters of %i x %i taps, strides', (rows, columns) => {
      for (const channels of EDGES) {
        checkWinograd(binary, {
          tile,
          x: [2, 1, rows + 7 + (channels % 3), columns + 4, channels],
          strides: [1, 1 + (channels % 4), 1 + (channels % 3)],
          w: [7 + (channels % 4), channels, 1, rows, columns],
          paddingBefore: [0, 1, 2],
          paddingAfter: [0, 2, 0],
          residual: channels % 2 === 0,
          gaps: { pixel: 1, row: 2 },
        });
      }
    });

    it.each([
      [3, 3],
      [5, 4],
      [1, 7],
    ])('groups of filters of %i x %i taps', (rows, columns) => {
      for (const [groups, channels, filters] of [
        [2, 5, 8],
        [3, 4, 16],
        [5, 1, 8],
        [4, 8, 24],
      ]) {
        for (const [blockTiles, chunkPanels] of [
          [2, 4],
          [12, 3],
        ]) {
          checkWinograd(binary, {
            tile,
            x: [2, 1, rows + 6, columns + 8, groups * channels],
            w: [groups * filters, channels, 1, rows, columns],
            groups,
            blockTiles,
            chunkPanels,
            strides: [1, 1 + (channels % 2), 1],
            residual: groups % 2 === 0,
            gaps: { pixel: 1, row: 2 },
          });
        }
      }
    });

    it('tiles of several images in one block', () => {
      for (const blockTiles of [2, 4, 10, 64]) {
        checkWinograd(binary, {
          tile,
          x: [5, 1, 6, 5, 4],
          w: [24, 4, 1, 3, 3],
          paddingBefore: [0, 1, 2],
          blockTiles,
          residual: true,
        });
      }
    });

    it('gives the same bits whatever the groups, the blocks and the chunks', () => {
      const test: WinogradCase = { tile, x: [2, 1, 13, 11, 9], w: [37, 9, 1, 3, 3], residual: true, clip: [0, 6] };
      const operands = operandsOf(test);
      const y = runWinograd(binary, test, operands);
      for (const groupTiles of [4, 6] as const)
        for (const blockTiles of [4, 12, 40])
          for (const chunkPanels of [1, 3, 4, 5, 8]) {
            expect(runWinograd(binary, { ...test, groupTiles, blockTiles, chunkPanels }, operands, 2)).toEqual(y);
          }
    });

    it.each([
      [3, 3],
      [4, 5],
      [1, 2],
      [7, 9],
    ])('gives the same bits when it multiplies the zeros of %i x %i taps too', (rows, columns) => {
      for (const stride of [1, 2, 3, 4]) {
        const x = [2, 1, rows + 12, columns + 13, 5] as const;
        const test: WinogradCase = { tile, x, w: [19, 5, 1, rows, columns], strides: [1, stride, stride], bias: true };
        const operands = operandsOf(test);
        expect(runWinograd(binary, test, operands)).toEqual(
          runWinograd(binary, { ...test, withZeros: true }, operands),
        );
      }
    });

    it('many channels', () => {
      checkWinograd(binary, { tile, x: [1, 1, 6, 6, 131], w: [8, 131, 1, 3, 3] });
    });

    it('inputs whose positions would be a multiple of 4 KB apart', () => {
      checkWinograd(binary, { tile, x: [1, 1, 26, 26, 28], w: [9, 28, 1, 3, 3], blockTiles: 36, chunkPanels: 2 });
    });

    it('weights that are read ahead', () => {
      checkWinograd(binary, { tile, x: [1, 1, 13, 13, 256], w: [160, 256, 1, 3, 3], blockTiles: 18, chunkPanels: 4 });
    });

    it.each([
      [1, 1],
      [1, 2],
      [3, 1],
      [2, 2],
    ])('weights that wait for the memory: %i x %i tiles', (rows, columns) => {
      checkWinograd(binary, {
        tile,
        x: [1, 1, rows * tile + 1, columns * tile + 2, 251],
        w: [tile === 4 ? 150 : 330, 251, 1, 3, 3],
        residual: true,
        clip: [0, Number.POSITIVE_INFINITY],
        blockTiles: 4,
        chunkPanels: 4,
      });
    });

    it('random shapes', () => {
      const extent = (max: number) => fc.integer({ min: 1, max });
      const padding = fc.tuple(fc.constant(0), fc.nat(2), fc.nat(2));
      const shapes = fc.record({
        images: extent(3),
        beyond: fc.tuple(fc.nat(11), fc.nat(11)),
        kernel: fc.oneof(fc.constant([3, 3]), fc.tuple(extent(7), extent(7))),
        strides: fc.oneof(fc.constant([1, 1, 1]), fc.tuple(fc.constant(1), extent(4), extent(4))),
        channels: extent(20),
        filters: extent(40),
        paddingBefore: padding,
        paddingAfter: padding,
        bias: fc.boolean(),
        residual: fc.boolean(),
        clip: fc.boolean(),
        seed: fc.integer(),
        gaps: fc.record({ pixel: fc.nat(9), row: fc.nat(9) }),
        groupTiles: fc.constantFrom(4 as const, 6 as const),
        blockTiles: extent(16).map((pairs) => 2 * pairs),
        chunkPanels: extent(6),
      });
      fc.assert(
        fc.property(shapes, ({ images, beyond, kernel, channels, filters, clip, ...rest }) => {
          const x = [images, 1, kernel[0] + beyond[0], kernel[1] + beyond[1]];
          const test = { ...rest, tile, x: [...x, channels], w: [filters, channels, 1, ...kernel] };
          checkWinograd(binary, clip ? { ...test, clip: [-1, 1] } : test);
        }),
        { numRuns: 25 },
      );
    });

    it.each(Object.entries(Activation))('%s gives the bits that it gives on the plain sums', (_, activation) => {
      if (activation === Activation.clip) return;
      for (const filters of [1, 7, 8, 13]) {
        const test: WinogradCase = {
          tile,
          x: [1, 1, 5, 7, 3],
          w: [filters, 3, 1, 3, 3],
          gaps: { pixel: 2, row: 1 },
          residual: true,
        };
        const operands = operandsOf(test);
        const plain = runWinograd(binary, test, operands);
        const y = runWinograd(binary, { ...test, activation }, operands, 2);
        expect(y).toEqual(activated(binary, plain, activation));
      }
    });

    it('writes nothing when there are no images, pixels or filters', () => {
      for (const [x, w] of [
        [
          [0, 1, 5, 5, 3],
          [8, 3, 1, 3, 3],
        ],
        [
          [1, 1, 2, 5, 3],
          [8, 3, 1, 3, 3],
        ],
        [
          [1, 1, 5, 5, 3],
          [0, 3, 1, 3, 3],
        ],
      ]) {
        const test: WinogradCase = { tile, x, w, gaps: { pixel: 2, row: 2 } };
        expect(runWinograd(binary, test, operandsOf(test))).toHaveLength(0);
      }
    });
  },
);

describe.each(supportedBinaries)('conditioning (%s), 128 channels, normal inputs behind a ReLU', (binary) => {
  const normal = (count: number, seed: number) => {
    const uniform = Array.from({ length: 12 }, (_, i) => randomFloats(seed + i)(count));
    return Float32Array.from({ length: count }, (_, i) => uniform.reduce((sum, values) => sum + values[i], 0) / 2);
  };

  it.each([
    [4, 2e-6, 1.2e-5],
    [2, 6e-7, 4e-6],
  ] as const)(
    'by tiles of %i the error is at most %f (root mean square) and %f (largest) of the results',
    (tile, rms, most) => {
      const test: WinogradCase = { tile, x: [1, 1, 18, 18, 128], w: [8, 128, 1, 3, 3], bias: false };
      const [x, w] = [normal(18 * 18 * 128, 1).map((value) => Math.max(0, value)), normal(8 * 128 * 9, 99)];
      const operands = { x, w, bias: null, residual: null };
      const y = runWinograd(binary, test, operands);
      const expected = expectedOf(test, operands).y;
      const errors = expected.map((value, i) => y[i] - value);
      const size = (values: Float64Array) =>
        Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
      expect(size(errors) / size(expected)).toBeLessThan(rms);
      expect(errors.reduce((a, b) => Math.max(a, Math.abs(b)), 0) / size(expected)).toBeLessThan(most);
    },
  );
});
