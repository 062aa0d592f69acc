// A tensor with updates at the blocks that tuples of indices name; later updates of one block come last.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape, sizeOf } from '../../shape.js';
import { sameRank } from '../lowering/partialShapes.js';
import type { Attributes, Operator } from '../operator.js';
import { checkReduction, scatterAt, scatterGradient, scattersBits, tupleAxes, tupleOffsets } from './offsets.js';

export interface ScatterNdAttributes extends Attributes {
  /** How an update joins what is there: 'none' (takes its place, the default), 'add', 'mul', 'max' or 'min'. */
  readonly reduction?: string;
}

export const scatterNd: Operator<ScatterNdAttributes> = {
  name: 'scatterNd',
  needs: 3,
  takesBits: scattersBits,
  gradient: scatterGradient('scatterNd', 'gatherNd'),
  partialShapes: sameRank,

  infer([data, indices, updates], { reduction }) {
    checkReduction(reduction);
    const { tuples, block } = tupleAxes(data!, indices!, 0);
    const wanted = [...tuples, ...block];
    if (!sameShape(updates!.shape, wanted) || updates!.dtype !== data!.dtype) {
      throw new QuadlaneError(
        'SHAPE',
        `updates are ${data!.dtype} ${formatShape(wanted)}, not ${updates!.dtype} ${formatShape(updates!.shape)}`,
      );
    }
    return [data!];
  },

  lower(lowering, { reduction }) {
    const { block } = tupleAxes(lowering.type(0), lowering.type(1), 0);
    scatterAt(lowering, () => tupleOffsets(lowering, 0), sizeOf(block), reduction);
  },
};
