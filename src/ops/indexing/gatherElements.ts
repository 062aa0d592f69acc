// Takes the element along an axis that each index names, at the index's own place on the other axes.

import { normalizeAxis, sizeOf } from '../../shape.js';
import { zeros } from '../lowering/gradientShapes.js';
import { ofRank } from '../lowering/partialShapes.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';
import { checkElements, elementOffsets, gatherAt } from './offsets.js';

export interface GatherElementsAttributes extends Attributes {
  readonly axis?: number;
}

/** Each taken element is added where it came from. */
const gatherElementsGradient: GradientRule = (build) => {
  const [input, indices] = build.inputs;
  const target = zeros(build, build.type(input).shape);
  return [
    build.apply('scatterElements', [target, indices, build.gradient()], {
      axis: build.attributes.axis ?? 0,
      reduction: 'add',
    }),
  ];
};

export const gatherElements: Operator<GatherElementsAttributes> = {
  name: 'gatherElements',
  needs: 2,
  takesBits: (index) => index === 0,
  partialShapes: ([, indices]) => [ofRank(indices?.length)],
  gradient: gatherElementsGradient,

  infer([data, indices], { axis = 0 }) {
    checkElements(data!, indices!, axis);
    return [{ dtype: data!.dtype, shape: indices!.shape }];
  },

  permute: ({ axis = 0 }, permutation) => ({ axis: permutation.indexOf(normalizeAxis(axis, permutation.length)) }),

  lower(lowering, { axis = 0 }) {
    if (sizeOf(lowering.type(1).shape) > 0) gatherAt(lowering, elementOffsets(lowering, axis), 1);
  },
};
