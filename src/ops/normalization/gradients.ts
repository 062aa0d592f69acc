// Gradients of softmax and of normalisations that aren't composed of other operators.

import { normalizeAxis } from '../../shape.js';
import type { GradientRule } from '../gradientRule.js';
import { sumTo } from '../lowering/gradientShapes.js';

export const softmax: GradientRule = ({ apply, attributes: { axis, log }, output, gradient }) => [
  apply(log ? 'logSoftmaxGradient' : 'softmaxGradient', [output(), gradient()], { axis }),
];

export const batchNormTraining: GradientRule = (build) => {
  const [input, scale] = build.inputs;
  const { epsilon } = build.attributes;
  const operands = [input, build.gradient(), scale, build.output(1), build.output(2)];
  return build.applyAll('batchNormGradient', operands, { epsilon }, 3);
};

/** With n the normalised input and g = dY scale: dX = (g - mean(g) - n mean(g n)) / deviation. */
export const layerNorm: GradientRule = (build) => {
  const [input, scale, shift] = build.inputs;
  const { shape } = build.type(input);
  const first = normalizeAxis((build.attributes.axis ?? -1) as number, shape.length);
  const axes = [...shape.keys()].slice(first);
  const mean = (value: string) => build.apply('reduce', [value], { reduction: 'mean', axes, keepDims: true });
  const [means, inverses] = [build.output(1), build.output(2)];
  const gy = build.gradient();
  const normalized = build.binary('mul', build.binary('sub', input, means), inverses);
  const scaled = build.binary('mul', gy, scale);
  const ofInput = () => {
    const along = build.binary('mul', normalized, mean(build.binary('mul', scaled, normalized)));
    const rest = build.binary('sub', build.binary('sub', scaled, mean(scaled)), along);
    return build.binary('mul', rest, inverses);
  };
  return [
    build.wants(0) ? ofInput() : undefined,
    build.wants(1) ? sumTo(build, build.binary('mul', gy, normalized), build.type(scale).shape) : undefined,
    shift && build.wants(2) ? sumTo(build, gy, build.type(shift).shape) : undefined,
  ];
};

export const responseNorm: GradientRule = ({ apply, attributes, inputs: [input], gradient }) => [
  apply('responseNormGradient', [input, gradient()], attributes),
];

/** Row by row; targets are given, not learnt. */
export const softmaxCrossEntropy: GradientRule = ({ apply, attributes, inputs: [logits, targets], gradient }) => [
  apply('softmaxCrossEntropyGradient', [logits, targets, gradient()], attributes),
];

/** Its own adjoint: the same elements are dropped. */
export const randomMask: GradientRule = ({ apply, attributes, inputs: [, counter], gradient }) => [
  apply('randomMask', [gradient(), counter], attributes),
];

export const resize: GradientRule = ({ type, apply, inputs: [input], attributes, gradient }) => [
  apply('resizeGradient', [gradient()], { ...attributes, shape: type(input).shape }),
];
