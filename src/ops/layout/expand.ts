// Stretches a tensor to a shape that it broadcasts to.

import { broadcastShapes, permuteShape } from '../../shape.js';
import { stretch } from '../lowering/subviews.js';
import { numbersOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';
import { movement } from './movement.js';

export interface ExpandAttributes extends Attributes {
  /** What the input is broadcast with; an axis of 1 keeps the input's size. */
  readonly shape?: readonly number[];
}

export const expand: Operator<ExpandAttributes> = {
  name: 'expand',
  shapeInputs: [1],

  bake: (_, [, shape]) => ({ shape: numbersOf(shape!) }),

  infer: ([input], { shape = [] }) => [{ dtype: input!.dtype, shape: broadcastShapes(input!.shape, shape) }],

  permute({ shape = [] }, permutation) {
    if (shape.length > permutation.length) return undefined;
    const full = [...new Array<number>(permutation.length - shape.length).fill(1), ...shape];
    return { shape: permuteShape(full, permutation) };
  },

  ...movement<ExpandAttributes>((mover, [input], output) => {
    const whole = output(0)!;
    mover.copy(stretch(input, whole.shape), whole);
  }),
};
