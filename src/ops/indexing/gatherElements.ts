// Takes the element along an axis that each index names, at the index's own place on the other axes.

import { normalizeAxis, sizeOf } from '../../shape.js';
import type { Attributes, Operator } from '../operator.js';
import { checkElements, elementOffsets, gatherAt } from './offsets.js';

export interface GatherElementsAttributes extends Attributes {
  readonly axis?: number;
}

export const gatherElements: Operator<GatherElementsAttributes> = {
  name: 'gatherElements',

  infer([data, indices], { axis = 0 }) {
    checkElements(data!, indices!, axis);
    return [{ dtype: data!.dtype, shape: indices!.shape }];
  },

  permute: ({ axis = 0 }, permutation) => ({ axis: permutation.indexOf(normalizeAxis(axis, permutation.length)) }),

  lower(lowering, { axis = 0 }) {
    if (sizeOf(lowering.type(1).shape) > 0) gatherAt(lowering, elementOffsets(lowering, axis), 1);
  },
};
