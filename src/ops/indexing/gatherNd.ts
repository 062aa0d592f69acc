// Takes the blocks that tuples of indices name, behind batch axes that data and indices share.

import { QuadlaneError } from '../../errors.js';
import { sizeOf } from '../../shape.js';
import { zeros } from '../lowering/gradientShapes.js';
import { ofRank } from '../lowering/partialShapes.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';
import { gatherAt, tupleAxes, tupleOffsets } from './offsets.js';

export interface GatherNdAttributes extends Attributes {
  readonly batchDims?: number;
}

/** Each taken block is added where it came from. */
const gatherNdGradient: GradientRule = (build) => {
  if (build.attributes.batchDims)
    throw new QuadlaneError('UNSUPPORTED', 'gatherNd has gradients without batchDims only: use gatherElements');
  const [data, indices] = build.inputs;
  const target = zeros(build, build.type(data).shape);
  return [build.apply('scatterNd', [target, indices, build.gradient()], { reduction: 'add' })];
};

export const gatherNd: Operator<GatherNdAttributes> = {
  name: 'gatherNd',
  needs: 2,
  takesBits: (index) => index === 0,
  gradient: gatherNdGradient,
  partialShapes([data, indices], { batchDims = 0 }) {
    const length = indices?.at(-1);
    if (!data || !indices || length === undefined) return [undefined];
    return [ofRank(indices.length - 1 + data.length - batchDims - length)];
  },

  infer([data, indices], { batchDims = 0 }) {
    const { tuples, block } = tupleAxes(data!, indices!, batchDims);
    return [{ dtype: data!.dtype, shape: [...tuples, ...block] }];
  },

  keepsRows: ({ batchDims = 0 }, _, [data]) => !data && batchDims === 0,

  lower(lowering, { batchDims = 0 }) {
    const { tuples, block } = tupleAxes(lowering.type(0), lowering.type(1), batchDims);
    if (sizeOf([...tuples, ...block]) > 0) gatherAt(lowering, tupleOffsets(lowering, batchDims), sizeOf(block));
  },
};
