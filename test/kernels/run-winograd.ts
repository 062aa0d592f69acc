// Places one convolution for f32_winograd_4x4 or f32_winograd_2x2 (an input with a halo to whole tiles, transformed
// filters, an output with gaps), runs it and gives back what was written.

import { axisParts, orderedParts, presentTaps, rangesOf } from '../../src/ops/convolution/winograd.js';
import { convolutionShape } from '../reference/convolution/conv.js';
import { type Binary, KernelHarness } from './harness.js';
import {
  activationArguments,
  byteStrides,
  type ConvolutionCase,
  haloed,
  type Operands,
  packed,
} from './run-convolution.js';

/** `x` is `[N, 1, H, W, C]`, `w` `[O, C / groups, 1, R, S]`; no dilations. */
export interface WinogradCase extends ConvolutionCase {
  readonly tile: 2 | 4;
  /** Tiles that go through all filters before the next ones. */
  readonly groupTiles?: 4 | 6;
  readonly blockTiles?: number;
  readonly chunkPanels?: number;
  /** Multiplies the weights that are always zeros too. */
  readonly withZeros?: boolean;
  /** Makes the weights of each panel when its turn comes. */
  readonly makesWeights?: boolean;
}

/** Runs the case and gives back the output, packed. */
export function runWinograd(binary: Binary, test: WinogradCase, operands: Operands, threads = 1): Float32Array {
  const {
    tile,
    groupTiles = 6,
    blockTiles = 8,
    chunkPanels = 2,
    paddingBefore = [0, 0, 0],
    paddingAfter = [0, 0, 0],
  } = test;
  const harness = new KernelHarness(binary, 24);
  const shape = convolutionShape(test.x, test.w, test);
  const [images, , rows, columns, filters] = shape;
  const { groups = 1 } = test;
  const channels = test.x[4] / groups;
  const [kernelRows, kernelColumns] = test.w.slice(3);
  const [, strideRows, strideColumns] = test.strides ?? [1, 1, 1];
  const windows = {
    kernelShape: [kernelRows, kernelColumns],
    strides: [strideRows, strideColumns],
    dilations: [1, 1],
    padding: [0, 0, 0, 0],
  };
  const parts = orderedParts(axisParts(windows));
  const ranges = test.withZeros ? Array(72).fill([0, parts.length]).flat() : rangesOf(parts, tile);
  const reach = (axis: 0 | 1, outputs: number, stride: number, taps: number) => {
    const starts = parts.map((part) => part[axis].start);
    const behind = ((tile - (outputs % tile)) % tile) * stride + Math.max(...starts) + 2 * stride + 1 - taps;
    return { before: Math.max(0, -Math.min(...starts)), behind };
  };
  const [vertical, horizontal] = [
    reach(0, rows, strideRows, kernelRows),
    reach(1, columns, strideColumns, kernelColumns),
  ];
  const halo = haloed(
    {
      ...test,
      paddingBefore: [0, paddingBefore[1] + vertical.before, paddingBefore[2] + horizontal.before],
      paddingAfter: [0, paddingAfter[1] + vertical.behind, paddingAfter[2] + horizontal.behind],
    },
    operands.x,
  );
  const positions = (tile + 2) ** 2;
  const panels = Math.ceil(filters / 8);
  const input = byteStrides(halo.shape);
  const depth = parts.length * channels;
  const taps = kernelRows * kernelColumns * 4;
  const filterArguments = {
    source: harness.place(operands.w),
    bias: operands.bias ? harness.place(operands.bias) : 0,
    filters,
    channels,
    kernelRows,
    kernelColumns,
    strideRows,
    strideColumns,
    filterStride: channels * taps,
    channelStride: taps,
    tapStride: 4,
    parts: harness.place(
      Int32Array.from(parts.flatMap(([row, column]) => [row.start, column.start, row.first, column.first])),
    ),
    partCount: parts.length,
    chunkPanels,
  };
  const weightsBytes = (panels: number) =>
    panels * 8 * (1 + positions * depth) * 4 + Math.ceil(panels / chunkPanels) * positions * 64;
  const weights = test.makesWeights ? 0 : harness.room(weightsBytes(panels));
  if (!test.makesWeights) {
    harness.run(
      tile === 4 ? 'f32_winograd_weights_4x4' : 'f32_winograd_weights_2x2',
      { ...filterArguments, target: weights },
      threads,
    );
  }
  const [output, residual] = [byteStrides(shape, test.gaps), byteStrides(shape)];
  const room = harness.room(images * output.image);
  const taken = parts.map(
    ([row, column]) => (vertical.before + row.start) * input.row + (horizontal.before + column.start) * input.column,
  );
  const places = blockTiles + 1;
  const inputBytes = (16 * places * Math.ceil(depth / 4) + 64) | 64;
  const made = test.makesWeights ? weightsBytes(chunkPanels) : 0;
  const scratchStride = 1088 + blockTiles * 16 + positions * (places * 32 * chunkPanels + inputBytes) + made;
  harness.run(
    tile === 4 ? 'f32_winograd_4x4' : 'f32_winograd_2x2',
    {
      ...filterArguments,
      source: test.makesWeights ? filterArguments.source : 0,
      input: harness.place(halo.data),
      weights,
      residual: operands.residual ? harness.place(operands.residual) : 0,
      output: room,
      images,
      rows,
      columns,
      groups,
      taps: harness.place(Int32Array.from(taken)),
      present: harness.place(Int32Array.from(parts.map((part) => presentTaps(part, windows)))),
      ranges: harness.place(Int32Array.from(ranges)),
      inputImageStride: input.image,
      inputRowStride: input.row * strideRows,
      inputColumnStride: input.column * strideColumns,
      residualImageStride: residual.image,
      residualRowStride: residual.row,
      residualColumnStride: residual.column,
      outputImageStride: output.image,
      outputRowStride: output.row,
      outputColumnStride: output.column,
      ...activationArguments(test),
      groupTiles,
      blockTiles,
      scratch: harness.room(threads * scratchStride),
      scratchStride,
    },
    threads,
  );
  return packed(harness.floats(room), shape, test.gaps);
}
