// Direct convolution: tiles of output pixels x filters over the haloed input, in any number of groups.

import { PANEL, PANEL_ROW } from '../../layouts.generated.js';
import { product } from '../../shape.js';
import { activationArguments } from '../lowering/epilogue.js';
import { rowScratch, tileScratch, wholePanels } from '../lowering/panels.js';
import { spatial } from '../lowering/views.js';
import type { Lowering } from '../operator.js';
import { type Convolution, resultArguments, tapOffsets, windowArguments, windowAxes } from './geometry.js';

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
  const runs = contiguous
    ? tapOffsets(from, [kernel[0], kernel[1], 1], dilations)
    : tapOffsets(from, kernel, dilations);
  const bytes = groups * Math.ceil(perGroup / PANEL) * (1 + taps * channels) * PANEL_ROW;
  const weights = lowering.packed([1, 2], `panels of ${groups} groups`, bytes, (target, [source, bias], step) =>
    step('f32_pack_panels', {
      source: source.pointer,
      bias: bias?.pointer ?? 0,
      target,
      groups,
      filters: perGroup,
      taps,
      channels,
      groupStride: perGroup * channels * taps * 4,
      filterStride: channels * taps * 4,
      tapStride: 4,
      channelStride: taps * 4,
    }),
  );
  const places = {
    ...windowArguments(input, windows),
    ...resultArguments(output, lowering.has(3) ? lowering.input(3) : undefined),
  };
  const isRow = groups * output.shape[0] * product(output.shape.slice(1, -1)) * runs.length === 1;
  if (isRow) {
    lowering.step('f32_gemv', {
      ...activationArguments(attributes),
      input: places.input,
      weights,
      residual: places.residual,
      output: places.output,
      length: contiguous ? kernel[2] * channels : channels,
      filters: count,
      ...rowScratch(lowering, 1),
    });
    return;
  }
  const work = {
    ...places,
    ...wholePanels(runs.length, contiguous ? kernel[2] * channels : channels),
    groups,
    filters: perGroup,
  };
  lowering.step('f32_conv', {
    ...work,
    ...activationArguments(attributes),
    weights,
    taps: lowering.table(runs),
    inputGroupStride: channels * 4,
    residualGroupStride: perGroup * 4,
    outputGroupStride: perGroup * 4,
    ...tileScratch(lowering, work),
  });
}
