// Convolution over 1 to 3 spatial axes, channels last, grouped and dilated; filters as ONNX and PyTorch store them.

import { QuadlaneError } from '../../errors.js';
import { dilatedExtent, formatShape, product, sameShape, type Windows, windowCounts, windowsOf } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { requireResidual } from '../lowering/epilogue.js';
import { sumOverPixels } from '../lowering/gradientShapes.js';
import { rankOfEither } from '../lowering/partialShapes.js';
import { samePadded, windowHalo } from '../lowering/windows.js';
import type { GradientRule, Operator } from '../operator.js';
import { lowerDepthwise } from './depthwise.js';
import { lowerDirect } from './direct.js';
import type { ConvAttributes } from './geometry.js';
import { lowerWinograd, winogradForm } from './winograd.js';

/** Where the windows of a convolution lie. */
export function convWindows(input: TensorType, filters: TensorType, attributes: ConvAttributes): Windows {
  const kernelShape = filters.shape.slice(2);
  const windows = windowsOf(kernelShape, attributes.strides, attributes.padding, attributes.dilations);
  return samePadded(windows, input.shape.slice(1, -1), attributes.autoPad);
}

/** The input's gradient is the transposed convolution with the same filters; the filters' sums products over all pixels. */
const convGradient: GradientRule = (build) => {
  const { type, apply, wants, attributes } = build;
  const [input, filters, bias] = build.inputs;
  const { shape } = type(input);
  const windows = convWindows(type(input), type(filters), attributes);
  const gy = build.gradient();
  const counts = type(gy).shape.slice(1, -1);
  // Pixels behind the last window get no gradient, but they are there.
  const outputPadding = counts.map((count, axis) => {
    const { before, after, reach } = sidesOf(windows, axis);
    return shape[axis + 1] + before + after - reach - windows.strides[axis] * (count - 1);
  });
  const { kernelShape, ...places } = windows;
  const { groups = 1 } = attributes;
  return [
    wants(0) ? apply('convTranspose', [gy, filters], { ...places, outputPadding, groups }) : undefined,
    wants(1) ? apply('convFilterGradient', [input, gy], { ...windows, groups }) : undefined,
    bias && wants(2) ? sumOverPixels(build, gy) : undefined,
  ];
};

function sidesOf({ kernelShape, dilations, padding }: Windows, axis: number) {
  return {
    before: padding[axis],
    after: padding[axis + kernelShape.length],
    reach: dilatedExtent(kernelShape[axis], dilations[axis]),
  };
}

export const conv: Operator<ConvAttributes> = {
  name: 'conv',
  needs: 2,
  outputScaling: (filters) => (filters.length < 2 ? undefined : { split: filters, channels: [0] }),
  inputScaling(filters, { groups = 1, padding = [], autoPad }) {
    if (filters.length < 2 || filters.includes(0)) return undefined;
    const [count, channels, ...kernel] = filters;
    const split = [groups, count / groups, channels, ...kernel];
    return {
      split,
      channels: [0, 2],
      outputs: [0, 1],
      padded: Boolean(autoPad) || padding.some((amount) => amount > 0),
    };
  },
  windowResult: 'sum',
  parameterInputs: [1, 2],
  partialShapes: rankOfEither,
  gradient: convGradient,
  float32: true,
  fusesActivation: true,
  residualInput: 3,

  infer([x, w, bias, residual], attributes) {
    const [input, filters] = [x!, w!];
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

  halo([input, filters], attributes) {
    const windows = convWindows(input!, filters!, attributes);
    const extents = input!.shape.slice(1, -1);
    const winograd = winogradForm(input!, filters!, windows, attributes.groups ?? 1, true);
    return winograd?.halo ?? windowHalo(extents, windows, windowCounts(extents, windows));
  },

  largerForm: ([input, filters], attributes) =>
    winogradForm(input!, filters!, convWindows(input!, filters!, attributes), attributes.groups ?? 1, true),

  lower(lowering, attributes) {
    const [type, filters, output] = [lowering.type(0), lowering.type(1), lowering.output()];
    const windows = convWindows(type, filters, attributes);
    const groups = attributes.groups ?? 1;
    const known = lowering.constant(1) !== undefined;
    const winograd = lowering.winograd && winogradForm(type, filters, windows, groups, known);
    if (winograd) {
      const input = lowering.haloed(0, winograd.halo);
      lowerWinograd(lowering, { attributes, windows, input, filters, output, groups, tile: winograd.tile });
      return;
    }
    const halo = windowHalo(type.shape.slice(1, -1), windows, output.shape.slice(1, -1));
    const input = lowering.haloed(0, halo);
    const depthwise = groups > 1 && filters.shape[1] === 1 && filters.shape[0] === groups;
    (depthwise ? lowerDepthwise : lowerDirect)(lowering, { attributes, windows, input, filters, output });
  },

  cost: ([, filters], [output]) => product(output.shape) * product(filters!.shape.slice(1)),
};
