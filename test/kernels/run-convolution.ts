// Places one convolution for f32_conv (haloed input, packed panels, an output with gaps), runs it and
// gives back what was written.
import { expect } from 'vitest';
import { Activation } from '../../src/ops/kernels.generated.js';
import { type ConvolutionOptions, convolution, convolutionShape } from '../reference/convolution/conv.js';
import { type Binary, KernelHarness } from './harness.js';
import { expectWithin, randomFloats } from './numbers.js';

export interface ConvolutionCase extends ConvolutionOptions {
  /** `[N, D, H, W, C]`. */
  x: readonly number[];
  /** `[O, C / groups, KD, KH, KW]`. */
  w: readonly number[];
  bias?: boolean;
  residual?: boolean;
  clip?: readonly [number, number];
  /** An activation other than clip; its parameters are 0.3 and 1.2. */
  activation?: number;
  /** Floats between neighbouring output pixels and between rows that belong to somebody else. */
  gaps?: { pixel: number; row: number };
  tilePixels?: 4 | 6;
  blockPixels?: number;
  seed?: number;
}

export interface Operands {
  x: Float32Array;
  w: Float32Array;
  bias: Float32Array | null;
  residual: Float32Array | null;
}

export function operandsOf(test: ConvolutionCase): Operands {
  const random = randomFloats(test.seed ?? 1);
  const size = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);
  return {
    x: random(size(test.x)),
    w: random(size(test.w)),
    bias: test.bias === false ? null : random(test.w[0]),
    residual: test.residual ? random(size(convolutionShape(test.x, test.w, test))) : null,
  };
}

/** `x` with its halo of zeros: the data and its shape. */
export function haloed(test: ConvolutionCase, x: Float32Array): { data: Float32Array; shape: number[] } {
  const { paddingBefore: before = [0, 0, 0], paddingAfter: after = [0, 0, 0] } = test;
  const [n, d, h, w, c] = test.x;
  const shape = [n, d + before[0] + after[0], h + before[1] + after[1], w + before[2] + after[2], c];
  const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
  let from = 0;
  for (let image = 0; image < n; image++)
    for (let plane = 0; plane < d; plane++)
      for (let row = 0; row < h; row++, from += w * c) {
        const line = ((image * shape[1] + plane + before[0]) * shape[2] + row + before[1]) * shape[3] + before[2];
        data.set(x.subarray(from, from + w * c), line * c);
      }
  return { data, shape };
}

/** Byte strides per output step of a tensor `[N, D, H, W, C]`, with gaps of floats. */
export function byteStrides(shape: readonly number[], gaps = { pixel: 0, row: 0 }) {
  const column = (shape[4] + gaps.pixel) * 4;
  const row = shape[3] * column + gaps.row * 4;
  const plane = shape[2] * row;
  return { image: shape[1] * plane, plane, row, column };
}

/** The pixels of a room with gaps, packed; fails when a gap was written. */
export function packed(values: Float32Array, shape: readonly number[], gaps = { pixel: 0, row: 0 }): Float32Array {
  const [images, planes, rows, columns, channels] = shape;
  const strides = byteStrides(shape, gaps);
  const result: number[] = [];
  const used = new Set<number>();
  for (let line = 0; line < images * planes * rows; line++)
    for (let column = 0; column < columns; column++)
      for (let channel = 0; channel < channels; channel++) {
        const at = (line * strides.row + column * strides.column) / 4 + channel;
        used.add(at);
        result.push(values[at]);
      }
  for (let at = 0; at < values.length; at++) {
    if (!used.has(at) && !Number.isNaN(values[at])) expect.fail(`the gap at float ${at} was written`);
  }
  return Float32Array.from(result);
}

/** The kernel's arguments for the case's activation. */
export function activationArguments({ clip, activation }: ConvolutionCase) {
  if (clip) return { activation: Activation.clip, alpha: clip[0], beta: clip[1] };
  return { activation: activation ?? Activation.none, alpha: 0.3, beta: 1.2 };
}

/** What f32_activation makes of `values`. */
export function activated(binary: Binary, values: Float32Array, activation: number): Float32Array {
  const harness = new KernelHarness(binary, 6);
  const output = harness.room(values.byteLength);
  harness.run('f32_activation', {
    rank: 1,
    extents: harness.place(Int32Array.of(values.length)),
    input: harness.place(values),
    inputStrides: harness.place(Int32Array.of(4)),
    output,
    outputStrides: harness.place(Int32Array.of(4)),
    ...activationArguments({ x: [], w: [], activation }),
  });
  return harness.floats(output);
}

/** Runs the case and gives back the output, packed. */
export function runConvolution(binary: Binary, test: ConvolutionCase, operands: Operands, threads = 1): Float32Array {
  const { strides = [1, 1, 1], dilations = [1, 1, 1], groups = 1, tilePixels = 6, blockPixels = 64 } = test;
  const harness = new KernelHarness(binary, 6);
  const halo = haloed(test, operands.x);
  const input = byteStrides(halo.shape);
  const [, , kernelDepth, kernelHeight, kernelWidth] = test.w;
  const groupChannels = test.w[1];
  const filters = test.w[0] / groups;
  const taps = kernelDepth * kernelHeight * kernelWidth;
  const panels = Math.ceil(filters / 8);

  const weights = harness.room(groups * panels * (1 + taps * groupChannels) * 32);
  const channelStride = taps * 4;
  harness.run('f32_pack_panels', {
    source: harness.place(operands.w),
    bias: operands.bias ? harness.place(operands.bias) : 0,
    target: weights,
    groups,
    filters,
    taps,
    channels: groupChannels,
    groupStride: filters * groupChannels * channelStride,
    filterStride: groupChannels * channelStride,
    tapStride: 4,
    channelStride,
  });

  const wholeRows = groups === 1 && dilations[2] === 1;
  const offsets: number[] = [];
  for (let kd = 0; kd < kernelDepth; kd++)
    for (let kh = 0; kh < kernelHeight; kh++)
      for (let kw = 0; kw < (wholeRows ? 1 : kernelWidth); kw++) {
        offsets.push(
          kd * dilations[0] * input.plane + kh * dilations[1] * input.row + kw * dilations[2] * input.column,
        );
      }

  const shape = convolutionShape(test.x, test.w, test);
  const output = byteStrides(shape, test.gaps);
  const residual = byteStrides(shape);
  const room = harness.room(shape[0] * output.image);
  const scratchStride = 192 + 16 * blockPixels;
  harness.run(
    'f32_conv',
    {
      input: harness.place(halo.data),
      weights,
      residual: operands.residual ? harness.place(operands.residual) : 0,
      output: room,
      taps: harness.place(Int32Array.from(offsets)),
      runs: offsets.length,
      runLength: wholeRows ? kernelWidth * groupChannels : groupChannels,
      panelBytes: (1 + taps * groupChannels) * 32,
      firstRun: 32,
      runBytes: (wholeRows ? kernelWidth * groupChannels : groupChannels) * 32,
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
      groups,
      filters,
      inputGroupStride: groupChannels * 4,
      residualGroupStride: filters * 4,
      outputGroupStride: filters * 4,
      ...activationArguments(test),
      tilePixels,
      blockPixels,
      scratch: harness.room(threads * scratchStride),
      scratchStride,
    },
    threads,
  );
  return packed(harness.floats(room), shape, test.gaps);
}

/** What the case gives in float64, and the sum of the magnitudes of its terms. */
export function expectedOf(test: ConvolutionCase, operands: Operands): { y: Float64Array; magnitude: Float64Array } {
  const { x, w, bias, residual } = operands;
  const y = convolution(x, test.x, w, test.w, bias, test);
  const magnitude = convolution(x.map(Math.abs), test.x, w.map(Math.abs), test.w, bias?.map(Math.abs) ?? null, test);
  for (let i = 0; i < y.length; i++) {
    y[i] += residual ? residual[i] : 0;
    magnitude[i] += residual ? Math.abs(residual[i]) : 0;
    if (test.clip) y[i] = Math.max(test.clip[0], Math.min(test.clip[1], y[i]));
  }
  return { y, magnitude };
}

/** One case against float64, and its bits with 2 and 3 threads against one. */
export function checkConvolution(binary: Binary, test: ConvolutionCase): void {
  const operands = operandsOf(test);
  const y = runConvolution(binary, test, operands);
  const expected = expectedOf(test, operands);
  const terms = test.w.slice(1).reduce((product, extent) => product * extent, 1);
  expectWithin(y, expected.y, expected.magnitude, terms + 4);
  for (const threads of [2, 3]) {
    expect(runConvolution(binary, test, operands, threads)).toEqual(y);
  }
}
