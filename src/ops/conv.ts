// Convolution over 1 to 3 spatial axes, channels last, grouped and dilated; filters as ONNX and PyTorch store them.

import { QuadlaneError } from '../errors.js';
import { formatShape, sameShape, type Windows, windowCounts, windowsOf } from '../shape.js';
import type { TensorType } from '../tensor.js';
import { FILTERS_PER_PANEL, moved, resultPlaces, tapOffsets, tileScratch } from './convArguments.js';
import { type Activated, activationArguments, requireResidual } from './fusion.js';
import type { Lowering, Operator, View } from './operator.js';
import { spatial, spatialAxes } from './spatial.js';
import { samePadded, windowBorder } from './windows.js';

export interface ConvAttributes extends Activated {
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Before each spatial axis, then after each. */
  readonly padding?: readonly number[];
  readonly groups?: number;
  /** 'same-upper' or 'same-lower': padding that keeps ceil(extent / stride) outputs. */
  readonly autoPad?: string;
}

function convWindows(input: TensorType, filters: TensorType, attributes: ConvAttributes): Windows {
  const kernelShape = filters.shape.slice(2);
  const windows = windowsOf(kernelShape, attributes.strides, attributes.padding, attributes.dilations);
  return samePadded(windows, input.shape.slice(1, -1), attributes.autoPad);
}

export const conv: Operator<ConvAttributes> = {
  name: 'conv',
  float32: true,
  fusesActivation: true,
  residualInput: 3,

  infer([input, filters, bias, residual], attributes) {
    if (!input || !filters) throw new QuadlaneError('SHAPE', 'conv needs an input and filters');
    const groups = attributes.groups ?? 1;
    const [count, channels] = filters.shape;
    const rank = input.shape.length;
    if (rank < 3 || rank > 5 || filters.shape.length !== rank) {
      throw new QuadlaneError(
        'SHAPE',
        `conv takes [images, 1 to 3 spatial axes, channels] and filters [filters, channels / groups, kernel axes]; got ${formatShape(input.shape)} and ${formatShape(filters.shape)}`,
      );
    }
    if (groups < 1 || channels * groups !== input.shape[rank - 1] || count % groups !== 0) {
      throw new QuadlaneError(
        'SHAPE',
        `${input.shape[rank - 1]} channels in ${groups} groups don't match filters ${formatShape(filters.shape)}: channels must be groups x ${channels}, filters a multiple of the groups`,
      );
    }
    if (bias && !sameShape(bias.shape, [count])) {
      throw new QuadlaneError(
        'SHAPE',
        `the bias of ${count} filters must be [${count}], not ${formatShape(bias.shape)}`,
      );
    }
    const counts = windowCounts(input.shape.slice(1, -1), convWindows(input, filters, attributes));
    const shape = [input.shape[0], ...counts, count];
    requireResidual(residual, shape);
    return [{ dtype: 'float32', shape }];
  },

  windows: ([input, filters], attributes) => convWindows(input!, filters!, attributes),

  border([input, filters], attributes) {
    const windows = convWindows(input!, filters!, attributes);
    const extents = input!.shape.slice(1, -1);
    return windowBorder(extents, windows, windowCounts(extents, windows));
  },

  lower(lowering, attributes) {
    const filters = lowering.type(1);
    const windows = convWindows(lowering.input(0), filters, attributes);
    const output = lowering.output();
    const extents = lowering.input(0).shape.slice(1, -1);
    const input = lowering.bordered(0, windowBorder(extents, windows, output.shape.slice(1, -1)));
    const groups = attributes.groups ?? 1;
    const depthwise = groups > 1 && filters.shape[1] === 1 && filters.shape[0] === groups;
    (depthwise ? lowerDepthwise : lowerDirect)(lowering, attributes, windows, input, filters, output);
  },

  cost([, filters], [output]) {
    const [count, ...rest] = filters!.shape;
    return (product(output.shape) / count) * count * product(rest);
  },
};

function product(values: readonly number[]): number {
  return values.reduce((a, b) => a * b, 1);
}

/** Kernel, strides, dilations and padding before, each as [planes, rows, columns]. */
function windowAxes(windows: Windows) {
  return {
    kernel: spatialAxes(windows.kernelShape, 1),
    strides: spatialAxes(windows.strides, 1),
    dilations: spatialAxes(windows.dilations, 1),
    before: spatialAxes(windows.padding.slice(0, windows.kernelShape.length), 0),
  };
}

/** Where the first window starts, and the strides from window to window. */
function windowPlaces(input: View, windows: Windows) {
  const from = spatial(input);
  const { strides, before } = windowAxes(windows);
  const start = before[0] * from.plane + before[1] * from.row + before[2] * from.column;
  return {
    input: moved(input.pointer, -start),
    inputImage: from.image,
    inputPlane: from.plane * strides[0],
    inputRow: from.row * strides[1],
    inputColumn: from.column * strides[2],
  };
}

/** Tiles of output pixels x filters over the bordered input; see f32_conv_4x8. */
function lowerDirect(
  lowering: Lowering,
  attributes: ConvAttributes,
  windows: Windows,
  input: View,
  filters: TensorType,
  output: View,
): void {
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
  const panels = Math.ceil(perGroup / FILTERS_PER_PANEL);
  const bytes = groups * panels * FILTERS_PER_PANEL * (1 + taps * channels) * 4;
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
  lowering.step('f32_conv_4x8', {
    ...windowPlaces(input, windows),
    ...resultPlaces(output, lowering.has(3) ? lowering.input(3) : undefined),
    ...activationArguments(attributes),
    weights,
    taps: lowering.table(runs),
    runs: runs.length,
    runLength: contiguous ? kernel[2] * channels : channels,
    groups,
    filters: perGroup,
    inputGroup: channels * 4,
    residualGroup: perGroup * 4,
    outputGroup: perGroup * 4,
    ...tileScratch(lowering),
  });
}

/** One filter a channel: channels side by side in vectors; see f32_depthwise. */
function lowerDepthwise(
  lowering: Lowering,
  attributes: ConvAttributes,
  windows: Windows,
  input: View,
  filters: TensorType,
  output: View,
): void {
  const from = spatial(input);
  const channels = filters.shape[0];
  const { kernel, dilations } = windowAxes(windows);
  const taps = product(kernel);
  const bytes = Math.ceil(channels / 4) * 4 * (1 + taps) * 4;
  const weights = lowering.packed([1, 2], 'depthwise', bytes, (target, [source, bias], step) =>
    step('f32_pack_depthwise', {
      source: source.pointer,
      bias: bias?.pointer ?? 0,
      target,
      channels,
      taps,
      channelStride: taps * 4,
      tapStride: 4,
    }),
  );
  lowering.step(depthwiseKernel(windows), {
    ...windowPlaces(input, windows),
    ...resultPlaces(output, lowering.has(3) ? lowering.input(3) : undefined),
    ...activationArguments(attributes),
    weights,
    channels,
    taps: lowering.table(tapOffsets(from, kernel, dilations)),
    tapCount: taps,
  });
}

/** The kernel that slides along rows for 3x3 windows (of any row stride and dilation), the general one otherwise. */
function depthwiseKernel(windows: Windows): 'f32_depthwise' | 'f32_depthwise_3x3' | 'f32_depthwise_3x3_s2' {
  const { kernel, strides, dilations } = windowAxes(windows);
  if (kernel.join() !== '1,3,3' || dilations[2] !== 1 || strides[2] > 2) return 'f32_depthwise';
  return strides[2] === 1 ? 'f32_depthwise_3x3' : 'f32_depthwise_3x3_s2';
}
