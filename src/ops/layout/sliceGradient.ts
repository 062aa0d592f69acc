// The adjoint of slice: a tensor of zeros with the slice where it was taken.

import { QuadlaneError } from '../../errors.js';
import { sameShape } from '../../shape.js';
import type { Operator } from '../operator.js';
import { movement } from './movement.js';
import { type SliceAttributes, slicedView } from './slice.js';

export interface SliceGradientAttributes extends SliceAttributes {
  /** Shape of what was sliced. */
  readonly shape: readonly number[];
}

const own = {
  name: 'sliceGradient',
  infer: ([gradient], { shape }) => [{ dtype: gradient!.dtype, shape }],
} satisfies Partial<Operator<SliceGradientAttributes>>;

/**
 * Input: the gradient of the slice. Output: that of what was sliced, of `shape`. Bundlers that drop no object with `...` in it
 * drop this.
 */
export const sliceGradient: Operator<SliceGradientAttributes> = /* @__PURE__ */ Object.assign(
  own,
  /* @__PURE__ */ movement<SliceGradientAttributes>((mover, [gradient], output, attributes) => {
    const whole = output(0)!;
    const part = slicedView(whole, attributes);
    if (!sameShape(part.shape, gradient.shape)) {
      throw new QuadlaneError('SHAPE', `the gradient of a slice has its shape ${part.shape}, not ${gradient.shape}`);
    }
    mover.fill(whole, 0);
    mover.copy(gradient, part);
  }),
);
