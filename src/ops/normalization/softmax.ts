// Softmax and log-softmax along one axis.

import { normalizeAxis, product } from '../../shape.js';
import { sameRank } from '../lowering/partialShapes.js';
import type { GradientRule, Operator } from '../operator.js';

export interface SoftmaxAttributes {
  readonly axis: number;
  /** The logarithm of the softmax. */
  readonly log?: boolean;
  readonly [name: string]: number | boolean | undefined;
}

const softmaxGradient: GradientRule = ({ apply, attributes: { axis, log }, output, gradient }) => [
  apply(log ? 'logSoftmaxGradient' : 'softmaxGradient', [output(), gradient()], { axis }),
];

export const softmax: Operator<SoftmaxAttributes> = {
  name: 'softmax',
  partialShapes: sameRank,
  gradient: softmaxGradient,
  float32: true,

  infer([input], { axis }) {
    normalizeAxis(axis, input!.shape.length);
    return [{ dtype: 'float32', shape: input!.shape }];
  },

  permute(attributes, permutation) {
    const axis = permutation.indexOf(normalizeAxis(attributes.axis, permutation.length));
    return { ...attributes, axis };
  },

  lower(lowering, attributes) {
    const [input, output] = [lowering.dense(0), lowering.denseOutput()];
    const at = normalizeAxis(attributes.axis, input.shape.length);
    const axis = input.shape[at];
    const inner = product(input.shape.slice(at + 1));
    lowering.step('f32_softmax', {
      input: input.pointer,
      output: output.pointer,
      outer: product(input.shape.slice(0, at)),
      axis,
      inner,
      inputOuterStride: axis * inner * 4,
      inputAxisStride: inner * 4,
      outputOuterStride: axis * inner * 4,
      outputAxisStride: inner * 4,
      isLog: attributes.log ? 1 : 0,
    });
  },
};
