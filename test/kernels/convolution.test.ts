import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Activation } from '../../src/ops/kernels.generated.js';
import { convolutionShape, type PerAxis } from '../reference/convolution/conv.js';
import { supportedBinaries } from './harness.js';
import { activated, type ConvolutionCase, checkConvolution, operandsOf, runConvolution } from './run-convolution.js';

const EDGES = [1, 3, 4, 5, 7, 8, 9, 13];

const cases: Record<string, ConvolutionCase> = {
  '3x3, padded by 1': { x: [1, 1, 7, 6, 3], w: [8, 3, 1, 3, 3], paddingBefore: [0, 1, 1], paddingAfter: [0, 1, 1] },
  'four different paddings': {
    x: [1, 1, 5, 6, 2],
    w: [9, 2, 1, 3, 3],
    paddingBefore: [0, 2, 1],
    paddingAfter: [0, 0, 3],
  },
  'stride 2, 7x7': {
    x: [2, 1, 13, 12, 3],
    w: [13, 3, 1, 7, 7],
    strides: [1, 2, 2],
    paddingBefore: [0, 3, 3],
    paddingAfter: [0, 3, 3],
  },
  'strides 3 and 2': { x: [1, 1, 9, 8, 4], w: [5, 4, 1, 3, 2], strides: [1, 3, 2] },
  'dilations 2 and 3': {
    x: [1, 1, 11, 12, 5],
    w: [8, 5, 1, 3, 3],
    dilations: [1, 2, 3],
    paddingBefore: [0, 2, 1],
    paddingAfter: [0, 2, 1],
  },
  'three groups': { x: [1, 1, 6, 5, 9], w: [15, 3, 1, 3, 3], groups: 3 },
  'as many groups as channels, two filters each': { x: [1, 1, 5, 5, 4], w: [8, 1, 1, 3, 3], groups: 4 },
  'groups of eight filters, dilated': { x: [1, 1, 6, 7, 8], w: [16, 4, 1, 2, 2], groups: 2, dilations: [1, 2, 2] },
  '1-D': { x: [2, 1, 1, 21, 5], w: [7, 5, 1, 1, 4], strides: [1, 1, 2], paddingBefore: [0, 0, 3] },
  '3-D': {
    x: [2, 5, 4, 6, 3],
    w: [9, 3, 2, 3, 2],
    strides: [2, 1, 1],
    paddingBefore: [1, 1, 0],
    paddingAfter: [0, 1, 1],
  },
  '3-D, dilated, grouped': { x: [1, 6, 5, 5, 4], w: [4, 2, 3, 2, 2], dilations: [2, 1, 3], groups: 2 },
  'blocks of 5 pixels over row ends': { x: [2, 1, 7, 7, 4], w: [20, 4, 1, 3, 3], blockPixels: 5 },
  'one pixel left over for 37 filters': {
    x: [1, 1, 7, 7, 5],
    w: [37, 5, 1, 3, 3],
    paddingBefore: [0, 1, 1],
    paddingAfter: [0, 1, 1],
  },
  'one pixel left over for groups of 40 filters': { x: [1, 1, 3, 3, 6], w: [80, 3, 1, 1, 1], groups: 2 },
  'one pixel a block': { x: [1, 1, 4, 4, 4], w: [8, 4, 1, 3, 3], blockPixels: 1 },
};

describe.each(supportedBinaries)(
  'f32_conv (%s) is within (terms + 4) roundings of float64, with the same bits on 1, 2 and 3 threads',
  (binary) => {
    it.each(Object.entries(cases))('%s', (_, test) => {
      checkConvolution(binary, test);
      checkConvolution(binary, { ...test, bias: false });
      checkConvolution(binary, { ...test, residual: true, clip: [-0.5, 0.5] });
      checkConvolution(binary, { ...test, residual: true, gaps: { pixel: 3, row: 5 } });
    });

    it.each(EDGES)('%i filters, columns and channels around the tile', (filters) => {
      for (const columns of EDGES)
        for (const channels of EDGES) {
          const test: ConvolutionCase = {
            x: [1, 1, 2, columns + 1, channels],
            w: [filters, channels, 1, 2, 2],
            residual: columns % 2 === 0,
            clip: channels % 2 === 0 ? [0, Number.POSITIVE_INFINITY] : undefined,
            gaps: { pixel: 1, row: 2 },
          };
          checkConvolution(binary, test);
        }
    });

    it('random shapes', () => {
      const extent = (max: number) => fc.integer({ min: 1, max });
      const axes = (max: number) => fc.tuple(extent(max), extent(max), extent(max));
      const padding = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2));
      const shapes = fc.record({
        images: extent(2),
        size: fc.tuple(extent(4), extent(9), extent(9)),
        kernel: axes(3),
        strides: axes(3),
        dilations: axes(2),
        before: padding,
        after: padding,
        groups: extent(3),
        groupChannels: extent(9),
        groupFilters: extent(17),
        residual: fc.boolean(),
        clip: fc.boolean(),
        gaps: fc.record({ pixel: fc.nat(9), row: fc.nat(9) }),
        tilePixels: fc.constantFrom(4 as const, 6 as const),
        blockPixels: extent(70),
        seed: fc.integer(),
      });
      fc.assert(
        fc.property(shapes, (s) => {
          const test: ConvolutionCase = {
            x: [s.images, ...s.size, s.groups * s.groupChannels],
            w: [s.groups * s.groupFilters, s.groupChannels, ...s.kernel],
            strides: s.strides as PerAxis,
            dilations: s.dilations as PerAxis,
            paddingBefore: s.before as PerAxis,
            paddingAfter: s.after as PerAxis,
            groups: s.groups,
            residual: s.residual,
            clip: s.clip ? [-1, 1] : undefined,
            gaps: s.gaps,
            tilePixels: s.tilePixels,
            blockPixels: s.blockPixels,
            seed: s.seed,
          };
          fc.pre(!convolutionShape(test.x, test.w, test).includes(0));
          checkConvolution(binary, test);
        }),
        { numRuns: 60 },
      );
    });

    it('gives the same bits by tiles of four and of six pixels', () => {
      const test: ConvolutionCase = { x: [1, 1, 7, 7, 3], w: [11, 3, 1, 2, 2], residual: true, clip: [-1, 1] };
      const operands = operandsOf(test);
      const y = runConvolution(binary, { ...test, tilePixels: 4 }, operands, 1);
      expect(runConvolution(binary, { ...test, tilePixels: 6 }, operands, 1)).toEqual(y);
    });

    it.each(Object.entries(Activation))('%s gives the bits that it gives on the plain sums', (_, activation) => {
      if (activation === Activation.clip) return;
      for (const filters of [1, 7, 8, 13]) {
        for (const gaps of [undefined, { pixel: 2, row: 1 }, { pixel: 0, row: 3 }]) {
          const test: ConvolutionCase = {
            x: [1, 1, 3, 6, 6],
            w: [filters * 2, 3, 1, 2, 2],
            groups: 2,
            gaps,
            residual: true,
          };
          const operands = operandsOf(test);
          const plain = runConvolution(binary, test, operands);
          const y = runConvolution(binary, { ...test, activation }, operands, 2);
          expect(y).toEqual(activated(binary, plain, activation));
          const ungrouped: ConvolutionCase = { ...test, w: [filters, 6, 1, 2, 2], groups: 1 };
          const others = operandsOf(ungrouped);
          expect(runConvolution(binary, { ...ungrouped, activation }, others, 3)).toEqual(
            activated(binary, runConvolution(binary, ungrouped, others), activation),
          );
        }
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
        const test: ConvolutionCase = { x, w, gaps: { pixel: 2, row: 2 } };
        expect(runConvolution(binary, test, operandsOf(test))).toHaveLength(0);
      }
    });

    it('keeps a NaN and clips an infinity', () => {
      const test: ConvolutionCase = { x: [1, 1, 1, 3, 1], w: [8, 1, 1, 1, 1], bias: false, clip: [0, 6] };
      const operands = { ...operandsOf(test), x: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -1) };
      operands.w.fill(1);
      const y = runConvolution(binary, test, operands);
      expect([...y.filter((_, i) => i % 8 === 0)]).toEqual([Number.NaN, 6, 0]);
    });
  },
);
