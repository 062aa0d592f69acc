// Repeats a tensor along each axis.

import { QuadlaneError } from '../../errors.js';
import { formatShape, permuteShape } from '../../shape.js';
import { reshaped } from '../lowering/gradientShapes.js';
import { sameRank } from '../lowering/partialShapes.js';
import { cut, repeat } from '../lowering/subviews.js';
import { numbersOf } from '../lowering/values.js';
import type { Attributes, GradientRule, Operator, View } from '../operator.js';
import { movement } from './movement.js';

export interface TileAttributes extends Attributes {
  /** Times each axis is repeated. */
  readonly repeats?: readonly number[];
}

const tileGradient: GradientRule = (build) => {
  const { shape } = build.type(build.inputs[0]);
  const repeats = build.attributes.repeats as readonly number[];
  const apart = reshaped(
    build,
    build.gradient(),
    shape.flatMap((extent, axis) => [repeats[axis], extent]),
  );
  const axes = repeats.map((_, axis) => 2 * axis);
  return [build.apply('reduce', [apart], { reduction: 'sum', axes, keepDims: false })];
};

export const tile: Operator<TileAttributes> = {
  name: 'tile',
  needs: 2,
  isIdentity: () => true,
  partialShapes: sameRank,
  gradient: tileGradient,
  shapeInputs: [1],

  bake: (_, [, repeats]) => ({ repeats: numbersOf(repeats!) }),

  infer([input], { repeats = [] }) {
    const { dtype, shape } = input!;
    if (repeats.length !== shape.length || !repeats.every((times) => Number.isInteger(times) && times >= 0)) {
      throw new QuadlaneError('SHAPE', `${formatShape(shape)} can't be repeated ${formatShape(repeats)} times`);
    }
    return [{ dtype, shape: shape.map((extent, axis) => extent * repeats[axis]) }];
  },

  permute: ({ repeats = [] }, permutation) => ({ repeats: permuteShape(repeats, permutation) }),

  ...movement<TileAttributes>((mover, [input], output, { repeats = [] }) => {
    let [from, to]: View[] = [input, output(0)!];
    // From the last axis on, so that the earlier ones keep their numbers.
    for (let axis = repeats.length - 1; axis >= 0; axis--) {
      from = repeat(from, axis, repeats[axis]);
      to = cut(to, axis, repeats[axis]);
    }
    mover.copy(from, to);
  }),
};
