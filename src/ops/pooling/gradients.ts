// Gradients of pools.

import type { GradientRule } from '../gradientRule.js';
import { expanded } from '../lowering/gradientShapes.js';

export const maxPool: GradientRule = ({ apply, inputs: [input], attributes, output, gradient }) => [
  apply('maxPoolGradient', [input, output(), gradient()], attributes),
];

export const averagePool: GradientRule = ({ type, apply, inputs: [input], attributes, gradient }) => [
  apply('averagePoolGradient', [gradient()], { ...attributes, extents: type(input).shape.slice(1, -1) }),
];

export const globalAveragePool: GradientRule = (build) => {
  const { shape } = build.type(build.inputs[0]);
  const pixels = shape.slice(1, -1).reduce((a, b) => a * b, 1);
  return [expanded(build, build.binary('mul', build.gradient(), build.scalar(1 / pixels)), shape)];
};

/** One window as large as the input. */
export const globalMaxPool: GradientRule = ({ type, apply, inputs: [input], output, gradient }) => [
  apply('maxPoolGradient', [input, output(), gradient()], { kernelShape: type(input).shape.slice(1, -1) }),
];
