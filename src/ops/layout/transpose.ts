// Reorders axes.

import { QuadlaneError } from '../../errors.js';
import { formatShape, invertPermutation, permuteShape } from '../../shape.js';
import { ofRank } from '../lowering/partialShapes.js';
import { permuteView } from '../lowering/subviews.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';
import { movement } from './movement.js';

export interface TransposeAttributes extends Attributes {
  /** Axis i of the result is axis `permutation[i]` of the input; reversed when absent. */
  readonly permutation?: readonly number[];
}

function permutationOf({ permutation }: TransposeAttributes, rank: number): readonly number[] {
  return permutation ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

const transposeGradient: GradientRule = ({ type, apply, inputs: [input], attributes, gradient }) => {
  const { shape } = type(input);
  const given = attributes.permutation as readonly number[] | undefined;
  const permutation = given ? invertPermutation(given) : [...shape.keys()].reverse();
  return [apply('transpose', [gradient()], { permutation })];
};

export const transpose: Operator<TransposeAttributes> = {
  name: 'transpose',
  reorders: true,
  keepsNonNegative: true,
  // Passes ask for the order of the axes, which an absent one leaves to the rank.
  bake: (attributes, _, [input]) =>
    attributes.permutation ? attributes : { permutation: permutationOf(attributes, input!.shape.length) },
  isIdentity: ({ permutation = [] }) => permutation.every((axis, position) => axis === position),
  partialShapes: ([input], { permutation }) => [
    permutation ? permutation.map((axis) => input?.[axis]) : ofRank(input?.length),
  ],
  gradient: transposeGradient,

  infer([input], attributes) {
    const { dtype, shape } = input!;
    const permutation = permutationOf(attributes, shape.length);
    const axes = new Set(permutation);
    if (axes.size !== shape.length || permutation.length !== shape.length || shape.some((_, axis) => !axes.has(axis))) {
      throw new QuadlaneError('SHAPE', `${formatShape(permutation)} is no order of the axes of ${formatShape(shape)}`);
    }
    return [{ dtype, shape: permuteShape(shape, permutation) }];
  },

  ...movement<TransposeAttributes>((mover, [input], output, attributes) => {
    mover.copy(permuteView(input, permutationOf(attributes, input.shape.length)), output(0)!);
  }),
};
