// Direct convolution: tiles of output pixels x filters over the haloed input, in any number of groups.

import { PANEL, PANEL_ROW } from '../../layouts.generated.js';
import { product } from '../../shape.js';
import { activationArguments } from '../lowering/epilogue.js';
import { rowScratch } from '../lowering/panels.js';
import { spatial } from '../lowering/views.js';
import type { Lowering, View } from '../operator.js';
import type { Pointer } from '../pointer.js';
import { type Convolution, moved, resultArguments, tapOffsets, windowArguments, windowAxes } from './geometry.js';
import { type Chunk, lowerTapProducts } from './parts.js';

/** Tiles of output pixels x filters over the haloed input, see f32_conv; one pixel is a row times a matrix. */
export function lowerDirect(lowering: Lowering, convolution: Convolution): void {
  const { attributes, windows, input, filters, output } = convolution;
  const from = spatial(input);
  const groups = attributes.groups ?? 1;
  const [count, channels] = filters.shape;
  const { kernel, dilations } = windowAxes(windows);
  const taps = product(kernel);
  const perGroup = count / groups;
  // The columns of a window lie next to each other: each of its rows is one run.
  const contiguous = dilations[2] === 1 && from.column === channels * 4;
  const runTaps = contiguous ? kernel[2] : 1;
  const starts = tapOffsets(from, [kernel[0], kernel[1], kernel[2] / runTaps], dilations);
  const pack = (
    target: Pointer,
    source: View,
    bias: View | undefined,
    step: Lowering['step'],
    { first, count }: Chunk,
  ) =>
    step('f32_pack_panels', {
      source: moved(source.pointer, first * channels * taps * 4),
      bias: moved(bias?.pointer ?? 0, first * 4),
      target,
      groups,
      filters: count,
      taps,
      channels,
      groupStride: perGroup * channels * taps * 4,
      filterStride: channels * taps * 4,
      tapStride: 4,
      channelStride: taps * 4,
    });
  const isRow = groups * output.shape[0] * product(output.shape.slice(1, -1)) * starts.length === 1;
  const isKnown = [1, 2].every((index) => !lowering.has(index) || lowering.constant(index));
  const whole = () => {
    const bytes = groups * Math.ceil(perGroup / PANEL) * (1 + taps * channels) * PANEL_ROW;
    return lowering.packed([1, 2], `panels of ${groups} groups`, bytes, (target, [source, bias], step) =>
      pack(target, source, bias, step, { first: 0, count: perGroup }),
    );
  };
  const residual = lowering.has(3) ? lowering.input(3) : undefined;
  if (isRow) {
    const places = { ...windowArguments(input, windows), ...resultArguments(output, residual) };
    lowering.step('f32_gemv', {
      ...activationArguments(attributes),
      input: places.input,
      weights: whole(),
      residual: places.residual,
      output: places.output,
      length: runTaps * channels,
      filters: count,
      ...rowScratch(lowering, 1),
    });
    return;
  }
  const inChunks = !isKnown && groups === 1;
  const [source, bias] = inChunks
    ? [1, 2].map((index) => (lowering.has(index) ? lowering.dense(index) : undefined))
    : [];
  const { strides, padding } = windows;
  const before = windows.kernelShape.reduce((sum, _, axis) => sum + padding[axis] * input.strides[axis + 1], 0);
  lowerTapProducts(lowering, [
    {
      axes: windows.kernelShape.map((taps, axis) => ({
        count: output.shape[axis + 1],
        taps,
        offset: -padding[axis],
        step: windows.dilations[axis],
        stride: strides[axis],
      })),
      input,
      output,
      residual,
      activation: activationArguments(attributes),
      groups,
      filters: perGroup,
      channels,
      runs: starts.map((start) => start - before),
      runTaps,
      inParts: contiguous && !isKnown,
      weights: inChunks ? (target, chunk) => pack(target, source!, bias, lowering.step, chunk) : whole(),
    },
  ]);
}
