// Places one 3x3 convolution for f32_winograd_4x4 or f32_winograd_2x2 (an input with a border to whole tiles, transformed
// filters, an output with gaps), runs it and gives back what was written.

import { convolutionShape } from '../reference/convolution.js';
import { type Binary, KernelHarness } from './harness.js';
import {
  activationArguments,
  bordered,
  byteStrides,
  type ConvolutionCase,
  type Operands,
  packed,
} from './run-convolution.js';

/** `x` is `[N, 1, H, W, C]`, `w` `[O, C, 1, 3, 3]`; no strides, dilations or groups. */
export interface WinogradCase extends ConvolutionCase {
  readonly tile: 2 | 4;
  /** Tiles that go through all filters before the next ones. */
  readonly groupTiles?: 4 | 6;
  readonly blockTiles?: number;
  readonly chunkPanels?: number;
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
  const channels = test.x[4];
  const toTile = (extent: number) => (tile - (extent % tile)) % tile;
  const border = bordered(
    { ...test, paddingBefore, paddingAfter: [0, paddingAfter[1] + toTile(rows), paddingAfter[2] + toTile(columns)] },
    operands.x,
  );
  const positions = (tile + 2) ** 2;
  const panels = Math.ceil(filters / 8);
  const weights = harness.room(
    panels * 8 * (1 + positions * channels) * 4 + Math.ceil(panels / chunkPanels) * positions * 64,
  );
  harness.run(
    tile === 4 ? 'f32_winograd_weights_4x4' : 'f32_winograd_weights_2x2',
    {
      source: harness.place(operands.w),
      bias: operands.bias ? harness.place(operands.bias) : 0,
      target: weights,
      filters,
      channels,
      filterStride: channels * 36,
      channelStride: 36,
      tapStride: 4,
      chunkPanels,
    },
    threads,
  );
  const [input, output, residual] = [byteStrides(border.shape), byteStrides(shape, test.gaps), byteStrides(shape)];
  const room = harness.room(images * output.image);
  const scratchStride =
    512 + blockTiles * (16 + positions * (32 * chunkPanels + 16 * Math.ceil(channels / 4))) + 64 * positions;
  harness.run(
    tile === 4 ? 'f32_winograd_4x4' : 'f32_winograd_2x2',
    {
      input: harness.place(border.data),
      weights,
      residual: operands.residual ? harness.place(operands.residual) : 0,
      output: room,
      ...{ images, rows, columns, channels, filters },
      ...{ inputImage: input.image, inputRow: input.row, inputColumn: input.column },
      ...{ residualImage: residual.image, residualRow: residual.row, residualColumn: residual.column },
      ...{ outputImage: output.image, outputRow: output.row, outputColumn: output.column },
      ...activationArguments(test),
      groupTiles,
      blockTiles,
      chunkPanels,
      scratch: harness.room(threads * scratchStride),
      scratchStride,
    },
    threads,
  );
  return packed(harness.floats(room), shape, test.gaps);
}
