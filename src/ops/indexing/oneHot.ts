// Indices as vectors: a new axis of `depth` elements, of which the one that the index names is on and the others off.

import { QuadlaneError } from '../../errors.js';
import { normalizeAxis } from '../../shape.js';
import { ofRank } from '../lowering/partialShapes.js';
import { listOf, numberOf, tensorOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

export interface OneHotAttributes extends Attributes {
  readonly depth?: number;
  /** Place of the new axis in the result. Default: -1. */
  readonly axis?: number;
}

/** Inputs: indices (from -depth on; others switch nothing on), [off, on], depth. */
export const oneHot: Operator<OneHotAttributes> = {
  name: 'oneHot',
  needs: 3,
  takesBits: (index) => index === 1,
  partialShapes: ([indices]) => [ofRank(indices && indices.length + 1)],
  shapeInputs: [2],

  bake: (attributes, [, , depth]) => ({ ...attributes, depth: Math.trunc(numberOf(depth!, 'the depth')) }),

  infer([indices, values], { depth = 0, axis = -1 }) {
    if (values!.shape.join() !== '2' || depth < 0) {
      throw new QuadlaneError('SHAPE', `oneHot takes the values [off, on] and a depth from 0 on, not ${depth}`);
    }
    const { shape } = indices!;
    return [{ dtype: values!.dtype, shape: shape.toSpliced(normalizeAxis(axis, shape.length + 1), 0, depth) }];
  },

  compose(build, [indices, values], { depth = 0, axis = -1 }) {
    const { shape } = build.type(indices);
    const at = normalizeAxis(axis, shape.length + 1);
    const wide = build.apply('reshape', [build.apply('cast', [indices], { to: 'int64' })], {
      shape: shape.toSpliced(at, 0, 1),
    });
    const equals = (first: number) => {
      const places = listOf(depth, (i) => first + i);
      const along = [depth, ...new Array<number>(shape.length - at).fill(1)];
      const constant = build.constant(tensorOf('int64', along, places), 'places');
      return build.apply('compare', [wide, constant], { operation: 'equal' });
    };
    const hot = build.apply('logical', [equals(0), equals(-depth)], { operation: 'or' });
    const value = (i: number) => build.apply('slice', [values], { starts: [i], ends: [i + 1] });
    return [build.apply('where', [hot, value(1), value(0)], {})];
  },
};
