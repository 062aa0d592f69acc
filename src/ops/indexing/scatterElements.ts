// A tensor with updates at the elements along an axis that indices name; later updates of one element come last.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, sameShape } from '../../shape.js';
import { sameRank } from '../lowering/partialShapes.js';
import type { Attributes, Operator } from '../operator.js';
import { checkElements, checkReduction, elementOffsets, scatterAt, scatterGradient, scattersBits } from './offsets.js';

export interface ScatterElementsAttributes extends Attributes {
  readonly axis?: number;
  /** How an update joins what is there: 'none' (takes its place, the default), 'add', 'mul', 'max' or 'min'. */
  readonly reduction?: string;
}

export const scatterElements: Operator<ScatterElementsAttributes> = {
  name: 'scatterElements',
  needs: 3,
  takesBits: scattersBits,
  gradient: scatterGradient('scatterElements', 'gatherElements'),
  partialShapes: sameRank,

  infer([data, indices, updates], { axis = 0, reduction }) {
    checkElements(data!, indices!, axis);
    checkReduction(reduction);
    if (!sameShape(updates!.shape, indices!.shape) || updates!.dtype !== data!.dtype) {
      throw new QuadlaneError(
        'SHAPE',
        `updates are ${data!.dtype} ${formatShape(indices!.shape)} as the indices, not ${updates!.dtype} ${formatShape(updates!.shape)}`,
      );
    }
    return [data!];
  },

  permute: ({ axis = 0, reduction }, permutation) => ({
    axis: permutation.indexOf(normalizeAxis(axis, permutation.length)),
    reduction,
  }),

  lower: (lowering, { axis = 0, reduction }) => scatterAt(lowering, () => elementOffsets(lowering, axis), 1, reduction),
};
