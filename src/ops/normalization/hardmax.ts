// 1 where the greatest element of an axis is first found, 0 elsewhere.

import { normalizeAxis } from '../../shape.js';
import { sameRank } from '../lowering/partialShapes.js';
import { listOf, tensorOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

export interface HardmaxAttributes extends Attributes {
  readonly axis: number;
}

export const hardmax: Operator<HardmaxAttributes> = {
  name: 'hardmax',
  partialShapes: sameRank,

  infer([input], { axis }) {
    normalizeAxis(axis, input!.shape.length);
    return [{ dtype: 'float32', shape: input!.shape }];
  },

  compose(build, [input], { axis }) {
    const { shape } = build.type(input);
    const at = normalizeAxis(axis, shape.length);
    const along = shape.map((extent, i) => (i === at ? extent : 1)).slice(at);
    const places = listOf(shape[at], (i) => i);
    const greatest = build.apply('argMax', [input], { axis: at });
    const hot = build.apply('compare', [greatest, build.constant(tensorOf('int64', along, places), 'places')], {
      operation: 'equal',
    });
    return [build.apply('cast', [hot], { to: 'float32' })];
  },
};
