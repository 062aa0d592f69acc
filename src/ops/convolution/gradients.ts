// Gradients of convolutions. The input's gradient is the transposed convolution with the same filters, and the other way
// round; the filters' gradient sums products of windows and gradients over all pixels.

import type { Windows } from '../../shape.js';
import type { GradientRule } from '../gradientRule.js';
import { convWindows } from './conv.js';
import { transpositionOf } from './convTranspose.js';

export const conv: GradientRule = ({ type, apply, wants, gradient, inputs: [input, filters, bias], attributes }) => {
  const { shape } = type(input);
  const windows = convWindows(type(input), type(filters), attributes);
  const gy = gradient();
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
    bias && wants(2) ? sumOverPixels(apply, gy, shape.length) : undefined,
  ];
};

export const convTranspose: GradientRule = ({
  type,
  apply,
  wants,
  gradient,
  inputs: [input, filters, bias],
  attributes,
}) => {
  const { before, extents, kernelShape, strides, dilations } = transpositionOf(type(input), type(filters), attributes);
  const { shape } = type(input);
  const gy = gradient();
  // As many windows over the result as the input had pixels: where the result is cut or widened, so is the padding.
  const after = extents.map((extent, axis) => {
    const reach = (kernelShape[axis] - 1) * dilations[axis] + 1;
    return strides[axis] * (shape[axis + 1] - 1) + reach - extent - before[axis];
  });
  const { groups = 1 } = attributes;
  const windows = { strides, dilations, padding: [...before, ...after], groups };
  return [
    wants(0) ? apply('conv', [gy, filters], windows) : undefined,
    wants(1) ? apply('convFilterGradient', [gy, input], { ...windows, kernelShape }) : undefined,
    bias && wants(2) ? sumOverPixels(apply, gy, shape.length) : undefined,
  ];
};

function sidesOf({ kernelShape, dilations, padding }: Windows, axis: number) {
  return {
    before: padding[axis],
    after: padding[axis + kernelShape.length],
    reach: (kernelShape[axis] - 1) * dilations[axis] + 1,
  };
}

/** [N, ...spatial, C] to [C]. */
function sumOverPixels(apply: Parameters<GradientRule>[0]['apply'], gradient: string, rank: number): string {
  const axes = [...new Array(rank - 1).keys()];
  return apply('reduce', [gradient], { reduction: 'sum', axes, keepDims: false });
}
