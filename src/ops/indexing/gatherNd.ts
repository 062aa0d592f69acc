// Takes the blocks that tuples of indices name, behind batch axes that data and indices share.

import { sizeOf } from '../../shape.js';
import type { Attributes, Operator } from '../operator.js';
import { gatherAt, tupleAxes, tupleOffsets } from './offsets.js';

export interface GatherNdAttributes extends Attributes {
  readonly batchDims?: number;
}

export const gatherNd: Operator<GatherNdAttributes> = {
  name: 'gatherNd',

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
