// Gradient of gathering along an axis: what was taken several times adds up, what wasn't is 0.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, sameShape, sizeOf } from '../../shape.js';
import { alongAxis } from '../lowering/alongAxis.js';
import type { Attributes, Operator } from '../operator.js';
import { gather } from './gather.js';

export interface GatherGradientAttributes extends Attributes {
  readonly axis?: number;
  /** Shape of the tensor that was gathered from. */
  readonly shape: readonly number[];
}

/** The gradient of what was taken, and the indices by which, give the gradient of the whole tensor. */
export const gatherGradient: Operator<GatherGradientAttributes> = {
  name: 'gatherGradient',
  needs: 2,

  infer([gradient, indices], attributes) {
    const { shape } = attributes;
    const [taken] = gather.infer([{ dtype: 'float32', shape }, indices], attributes);
    if (gradient!.dtype !== 'float32' || !sameShape(taken.shape, gradient!.shape)) {
      throw new QuadlaneError(
        'SHAPE',
        `what is taken from ${formatShape(shape)} has a float32 gradient ${formatShape(taken.shape)}, not ${gradient!.dtype} ${formatShape(gradient!.shape)}`,
      );
    }
    return [{ dtype: 'float32', shape }];
  },

  lower(lowering, { axis = 0, shape }) {
    const at = normalizeAxis(axis, shape.length);
    const { outers, extent, inner } = alongAxis(shape, at);
    lowering.step('f32_gather_gradient', {
      ...lowering.indices(1, shape, [at]),
      gradient: lowering.dense(0).pointer,
      output: lowering.denseOutput().pointer,
      outers,
      extent,
      count: sizeOf(lowering.type(1).shape),
      inner,
    });
  },
};
