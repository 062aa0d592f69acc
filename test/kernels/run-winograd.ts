// Places one convolution for f32_winograd_4x4 or f32_winograd_2x2 (an input with a border to whole tiles, transformed
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

/** `x` is `[N, 1, H, W, C]`, `w` `[O, C, 1, R, S]`; no dilations or groups. */
export interface WinogradCase extends ConvolutionCase {
  readonly tile: 2 | 4;
  /** Tiles that go through all filters before the next ones. */
  readonly groupTiles?: 4 | 6;
  readonly blockTiles?: number;
  readonly chunkPanels?: number;
}

/** First taps of the parts along an axis. */
function partsOf(taps: number, stride: number): number[] {
  return Array.from({ length: taps }, (_, tap) => tap).filter((tap) => Math.floor(tap / stride) % 3 === 0);
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
  const [kernelRows, kernelColumns] = test.w.slice(3);
  const [, strideRows, strideColumns] = test.strides ?? [1, 1, 1];
  const [ofRows, ofColumns] = [partsOf(kernelRows, strideRows), partsOf(kernelColumns, strideColumns)];
  const behind = (outputs: number, stride: number, taps: number, parts: number[]) =>
    ((tile - (outputs % tile)) % tile) * stride + Math.max(...parts) + 2 * stride + 1 - taps;
  const border = bordered(
    {
      ...test,
      paddingBefore,
      paddingAfter: [
        0,
        paddingAfter[1] + behind(rows, strideRows, kernelRows, ofRows),
        paddingAfter[2] + behind(columns, strideColumns, kernelColumns, ofColumns),
      ],
    },
    operands.x,
  );
  const positions = (tile + 2) ** 2;
  const panels = Math.ceil(filters / 8);
  const input = byteStrides(border.shape);
  const parts = ofRows.flatMap((row) => ofColumns.map((column) => row * input.row + column * input.column));
  const depth = parts.length * channels;
  const taps = kernelRows * kernelColumns * 4;
  const weights = harness.room(
    panels * 8 * (1 + positions * depth) * 4 + Math.ceil(panels / chunkPanels) * positions * 64,
  );
  harness.run(
    tile === 4 ? 'f32_winograd_weights_4x4' : 'f32_winograd_weights_2x2',
    {
      source: harness.place(operands.w),
      bias: operands.bias ? harness.place(operands.bias) : 0,
      target: weights,
      filters,
      channels,
      ...{ kernelRows, kernelColumns, strideRows, strideColumns },
      filterStride: channels * taps,
      channelStride: taps,
      tapStride: 4,
      chunkPanels,
    },
    threads,
  );
  const [output, residual] = [byteStrides(shape, test.gaps), byteStrides(shape)];
  const room = harness.room(images * output.image);
  const inputBytes = (16 * blockTiles * Math.ceil(depth / 4) + 64) | 64;
  const scratchStride = 1088 + blockTiles * (16 + positions * 32 * chunkPanels) + positions * inputBytes;
  harness.run(
    tile === 4 ? 'f32_winograd_4x4' : 'f32_winograd_2x2',
    {
      input: harness.place(border.data),
      weights,
      residual: operands.residual ? harness.place(operands.residual) : 0,
      output: room,
      ...{ images, rows, columns, channels, filters },
      ...{ taps: harness.place(Int32Array.from(parts)), tapCount: parts.length },
      ...{ inputImage: input.image, inputRow: input.row * strideRows, inputColumn: input.column * strideColumns },
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
