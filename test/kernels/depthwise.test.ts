import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Activation } from '../../src/ops/kernels.generated.js';
import { convolutionShape, type PerAxis } from '../reference/convolution/conv.js';
import { type Binary, KernelHarness, supportedBinaries } from './harness.js';
import { expectWithin } from './numbers.js';
import {
  activated,
  activationArguments,
  byteStrides,
  type ConvolutionCase,
  expectedOf,
  haloed,
  type Operands,
  operandsOf,
  packed,
} from './run-convolution.js';

type Kernel =
  | 'f32_depthwise'
  | 'f32_depthwise_3x3'
  | 'f32_depthwise_3x3_s2'
  | 'f32_depthwise_5x5'
  | 'f32_depthwise_5x5_s2';

function run(kernel: Kernel, binary: Binary, test: ConvolutionCase, operands: Operands, threads: number): Float32Array {
  const { strides = [1, 1, 1], dilations = [1, 1, 1] } = test;
  const harness = new KernelHarness(binary, 6);
  const halo = haloed(test, operands.x);
  const input = byteStrides(halo.shape);
  const [channels, , kernelDepth, kernelHeight, kernelWidth] = test.w;
  const taps: number[] = [];
  for (let kd = 0; kd < kernelDepth; kd++)
    for (let kh = 0; kh < kernelHeight; kh++)
      for (let kw = 0; kw < kernelWidth; kw++) {
        taps.push(kd * dilations[0] * input.plane + kh * dilations[1] * input.row + kw * dilations[2] * input.column);
      }
  const weights = harness.room(Math.ceil(channels / 4) * (1 + taps.length) * 16);
  harness.run(
    'f32_pack_depthwise',
    {
      source: harness.place(operands.w),
      bias: operands.bias ? harness.place(operands.bias) : 0,
      target: weights,
      channels,
      taps: taps.length,
      channelStride: taps.length * 4,
      tapStride: 4,
    },
    threads,
  );
  const shape = convolutionShape(test.x, test.w, test);
  const output = byteStrides(shape, test.gaps);
  const residual = byteStrides(shape);
  const room = harness.room(shape[0] * output.image);
  harness.run(
    kernel,
    {
      input: harness.place(halo.data),
      weights,
      residual: operands.residual ? harness.place(operands.residual) : 0,
      output: room,
      taps: harness.place(Int32Array.from(taps)),
      tapCount: taps.length,
      channels,
      images: shape[0],
      planes: shape[1],
      rows: shape[2],
      columns: shape[3],
      inputImageStride: input.image,
      inputPlaneStride: input.plane * strides[0],
      inputRowStride: input.row * strides[1],
      inputColumnStride: input.column * strides[2],
      residualImageStride: residual.image,
      residualPlaneStride: residual.plane,
      residualRowStride: residual.row,
      residualColumnStride: residual.column,
      outputImageStride: output.image,
      outputPlaneStride: output.plane,
      outputRowStride: output.row,
      outputColumnStride: output.column,
      ...activationArguments(test),
    },
    threads,
  );
  return packed(harness.floats(room), shape, test.gaps);
}

function check(kernel: Kernel, binary: Binary, test: ConvolutionCase): void {
  const operands = operandsOf(test);
  const y = run(kernel, binary, test, operands, 1);
  const expected = expectedOf({ ...test, groups: test.w[0] }, operands);
  const terms = test.w.slice(1).reduce((product, extent) => product * extent, 1);
  expectWithin(y, expected.y, expected.magnitude, terms + 4);
  for (const threads of [2, 3]) expect(run(kernel, binary, test, operands, threads)).toEqual(y);
}

/** Each epilogue, with and without gaps. */
function checkAll(kernel: Kernel, binary: Binary, test: ConvolutionCase): void {
  check(kernel, binary, test);
  check(kernel, binary, { ...test, bias: false, gaps: { pixel: 3, row: 2 } });
  check(kernel, binary, { ...test, residual: true, clip: [-0.5, 0.5], gaps: { pixel: 1, row: 0 } });
}

const EDGES = [1, 3, 4, 5, 7, 8, 9, 13];

const general: Record<string, ConvolutionCase> = {
  '5x5, padded': { x: [2, 1, 7, 8, 9], w: [9, 1, 1, 5, 5], paddingBefore: [0, 2, 2], paddingAfter: [0, 2, 2] },
  '3x3, stride 2, four paddings': {
    x: [1, 1, 8, 9, 6],
    w: [6, 1, 1, 3, 3],
    strides: [1, 2, 2],
    paddingBefore: [0, 1, 2],
    paddingAfter: [0, 0, 1],
  },
  '3x2, dilated': { x: [1, 1, 9, 11, 4], w: [4, 1, 1, 3, 2], dilations: [1, 2, 3] },
  '1-D': { x: [1, 1, 1, 17, 7], w: [7, 1, 1, 1, 4], strides: [1, 1, 3] },
  '3-D': { x: [2, 4, 5, 6, 5], w: [5, 1, 2, 3, 3], paddingBefore: [1, 0, 1] },
  'a window as large as the map': { x: [1, 1, 7, 7, 10], w: [10, 1, 1, 7, 7] },
};

describe.each(supportedBinaries)(
  'f32_depthwise (%s) is within (taps + 4) roundings of float64, with the same bits on 1, 2 and 3 threads',
  (binary) => {
    it.each(Object.entries(general))('%s', (_, test) => checkAll('f32_depthwise', binary, test));

    it.each(EDGES)('%i channels', (channels) => {
      for (const columns of EDGES) {
        checkAll('f32_depthwise', binary, { x: [1, 1, 3, columns + 1, channels], w: [channels, 1, 1, 2, 2] });
      }
    });

    it('random shapes', () => {
      const extent = (max: number) => fc.integer({ min: 1, max });
      const axes = (max: number) => fc.tuple(extent(max), extent(max), extent(max));
      const padding = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2));
      const shapes = fc.record({
        images: extent(2),
        size: fc.tuple(extent(4), extent(9), extent(14)),
        kernel: axes(4),
        strides: axes(3),
        dilations: axes(2),
        before: padding,
        after: padding,
        channels: extent(18),
        residual: fc.boolean(),
        seed: fc.integer(),
      });
      fc.assert(
        fc.property(shapes, (s) => {
          const test: ConvolutionCase = {
            x: [s.images, ...s.size, s.channels],
            w: [s.channels, 1, ...s.kernel],
            strides: s.strides as PerAxis,
            dilations: s.dilations as PerAxis,
            paddingBefore: s.before as PerAxis,
            paddingAfter: s.after as PerAxis,
            residual: s.residual,
            seed: s.seed,
          };
          fc.pre(!convolutionShape(test.x, test.w, test).includes(0));
          check('f32_depthwise', binary, test);
        }),
        { numRuns: 60 },
      );
    });

    it('writes nothing when there are no columns or channels', () => {
      for (const test of [
        { x: [1, 1, 4, 2, 3], w: [3, 1, 1, 3, 3] },
        { x: [1, 1, 4, 4, 0], w: [0, 1, 1, 3, 3] },
      ]) {
        expect(run('f32_depthwise', binary, test, operandsOf(test), 2)).toHaveLength(0);
      }
    });
  },
);

describe.each([
  ['f32_depthwise_3x3', 3, 1],
  ['f32_depthwise_3x3_s2', 3, 2],
  ['f32_depthwise_5x5', 5, 1],
  ['f32_depthwise_5x5_s2', 5, 2],
] as const)('%s, %i taps a row, stride %i', (kernel, size, stride) => {
  /** A map whose padding leaves `rows` x `columns` outputs. */
  const mapOf = (rows: number, columns: number, channels: number, dilation = 1): ConvolutionCase => ({
    x: [2, 1, (rows - 1) * stride + (size - 1) * dilation + 1 - 3, (columns - 1) * stride + size - 2, channels],
    w: [channels, 1, 1, size, size],
    strides: [1, stride, stride],
    dilations: [1, dilation, 1],
    paddingBefore: [0, 2, 1],
    paddingAfter: [0, 1, 1],
  });

  describe.each(supportedBinaries)(
    '(%s) is within (taps + 4) roundings of float64, with the same bits on 1, 2 and 3 threads',
    (binary) => {
      it('any number of channels and columns', () => {
        for (const channels of EDGES)
          for (const columns of EDGES) {
            checkAll(kernel, binary, mapOf(3, columns, channels, channels % 2 === 0 ? 2 : 1));
          }
      });

      it('maps of several patches', () => {
        checkAll(kernel, binary, mapOf(2, 131, 5));
        checkAll(kernel, binary, mapOf(11, 14, 9));
      });
    },
  );
});

it.each(supportedBinaries)('5x5 (%s) has the bits of f32_depthwise', (binary) => {
  const test = { x: [1, 1, 9, 13, 11], w: [11, 1, 1, 5, 5] };
  const operands = operandsOf(test);
  expect(run('f32_depthwise_5x5', binary, test, operands, 1)).toEqual(run('f32_depthwise', binary, test, operands, 1));
});

it.each(supportedBinaries)('depthwise (%s) gives the bits that each activation gives on its plain sums', (binary) => {
  for (const kernel of ['f32_depthwise', 'f32_depthwise_3x3'] as const)
    for (const channels of [3, 4, 9]) {
      for (const pixel of [0, 1]) {
        const gaps = { pixel, row: 2 };
        const test = { x: [1, 1, 4, 9, channels], w: [channels, 1, 1, 3, 3], gaps, residual: true };
        const operands = operandsOf(test);
        const plain = run(kernel, binary, test, operands, 1);
        for (const activation of Object.values(Activation)) {
          if (activation === Activation.clip) continue;
          const y = run(kernel, binary, { ...test, activation }, operands, 2);
          expect(y).toEqual(activated(binary, plain, activation));
        }
      }
    }
});
