// Running sums along one axis.

import { QuadlaneError } from '../../errors.js';
import { normalizeAxis } from '../../shape.js';
import { ElementType } from '../kernels.generated.js';
import { alongAxis } from '../lowering/alongAxis.js';
import { sameRank } from '../lowering/partialShapes.js';
import { numberOf } from '../lowering/values.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';

export interface CumSumAttributes extends Attributes {
  readonly axis?: number;
  /** Each sum leaves its own element out. */
  readonly exclusive?: boolean;
  /** From the end to the front. */
  readonly reverse?: boolean;
}

/** Each element is in the sums from its own place on. */
const cumSumGradient: GradientRule = ({ apply, attributes, gradient }) => [
  apply('cumSum', [gradient()], { ...attributes, reverse: !attributes.reverse }),
];

export const cumSum: Operator<CumSumAttributes> = {
  name: 'cumSum',
  needs: 2,
  gradient: cumSumGradient,
  partialShapes: sameRank,
  shapeInputs: [1],

  bake: (attributes, [, axis]) => ({ ...attributes, axis: numberOf(axis!, 'the axis') }),

  infer([input], { axis = 0 }) {
    normalizeAxis(axis, input!.shape.length);
    if (['bool', 'int8', 'uint8'].includes(input!.dtype)) {
      throw new QuadlaneError('UNSUPPORTED', `cumSum of ${input!.dtype} would wrap: cast it to int32 or float32`);
    }
    return [input!];
  },

  permute: (attributes, permutation) => ({
    ...attributes,
    axis: permutation.indexOf(normalizeAxis(attributes.axis ?? 0, permutation.length)),
  }),

  lower(lowering, { axis = 0, exclusive, reverse }) {
    const input = lowering.dense(0);
    const { outers, extent, inner } = alongAxis(input.shape, axis);
    lowering.step('cumulative_sum', {
      input: input.pointer,
      output: lowering.denseOutput().pointer,
      type: ElementType[input.dtype],
      outers,
      axis: extent,
      inner,
      exclusive: exclusive ? 1 : 0,
      reverse: reverse ? 1 : 0,
    });
  },
};
