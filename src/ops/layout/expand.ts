// Stretches a tensor to a shape that it broadcasts to.

import { broadcastShapes, permuteShape } from '../../shape.js';
import { sumTo } from '../lowering/gradientShapes.js';
import { listLength, ofRank } from '../lowering/partialShapes.js';
import { stretch } from '../lowering/subviews.js';
import { numbersOf } from '../lowering/values.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';
import { movement } from './movement.js';

export interface ExpandAttributes extends Attributes {
  /** What the input is broadcast with; an axis of 1 keeps the input's size. */
  readonly shape?: readonly number[];
}

const expandGradient: GradientRule = (build) => [sumTo(build, build.gradient(), build.type(build.inputs[0]).shape)];

export const expand: Operator<ExpandAttributes> = {
  name: 'expand',
  needs: 2,
  isIdentity: () => true,
  partialShapes([input, shapeInput], { shape }) {
    const length = listLength(shape, shapeInput);
    return [ofRank(input && length !== undefined ? Math.max(input.length, length) : undefined)];
  },
  gradient: expandGradient,
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
