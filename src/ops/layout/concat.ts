// Joins tensors along one axis. A part whose producer wrote it in place already is not copied again.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, sameShape } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { ofRank } from '../lowering/partialShapes.js';
import { narrow } from '../lowering/subviews.js';
import type { Attributes, GradientRule, Operator, View } from '../operator.js';
import { movement } from './movement.js';

export interface ConcatAttributes extends Attributes {
  readonly axis: number;
}

const concatGradient: GradientRule = ({ type, apply, wants, inputs, attributes, gradient }) => {
  const axis = normalizeAxis(attributes.axis as number, type(inputs[0]).shape.length);
  let start = 0;
  return inputs.map((input, index) => {
    const from = start;
    start += type(input).shape[axis];
    if (!wants(index)) return undefined;
    return apply('slice', [gradient()], { starts: [from], ends: [start], axes: [axis] });
  });
};

export const concat: Operator<ConcatAttributes> = {
  name: 'concat',
  needs: 'all',
  keepsNonNegative: true,
  isIdentity: (_, inputs) => inputs === 1,
  partialShapes(inputs) {
    const rank = inputs.find((shape) => shape)?.length;
    if (rank !== 1) return [ofRank(rank)];
    const total = inputs.reduce<number | undefined>(
      (sum, shape) => (sum === undefined || shape?.[0] === undefined ? undefined : sum + shape[0]),
      0,
    );
    return [[total]];
  },
  gradient: concatGradient,

  infer(inputs, attributes) {
    if (!inputs[0]) throw new QuadlaneError('SHAPE', 'concat needs at least one tensor');
    const { dtype, shape } = inputs[0];
    const axis = normalizeAxis(attributes.axis, shape.length);
    for (const input of inputs) {
      const rest = input!.shape.toSpliced(axis, 1);
      if (
        input!.dtype !== dtype ||
        input!.shape.length !== shape.length ||
        !sameShape(rest, shape.toSpliced(axis, 1))
      ) {
        const list = inputs.map((part) => `${part!.dtype} ${formatShape(part!.shape)}`).join(', ');
        throw new QuadlaneError(
          'SHAPE',
          `parts joined along axis ${axis} must agree in type and all other axes: ${list}`,
        );
      }
    }
    const extent = inputs.reduce((sum, input) => sum + input!.shape[axis], 0);
    return [{ dtype, shape: shape.with(axis, extent) }];
  },

  permute: (attributes, permutation) => ({
    axis: permutation.indexOf(normalizeAxis(attributes.axis, permutation.length)),
  }),

  keepsRows: ({ axis }, [input], counted) =>
    normalizeAxis(axis, input!.shape.length) !== 0 && counted.every((one) => one),

  inside: (whole, inputs, attributes) => partsOf(whole, inputs, attributes),

  ...movement<ConcatAttributes>((mover, inputs, output, attributes) => {
    const parts = partsOf(output(0)!, inputs, attributes);
    inputs.forEach((input, index) => {
      mover.copy(input, parts[index]);
    });
  }),
  takesBits: () => true,
};

/** Where in the result each input belongs. */
function partsOf(whole: View, inputs: readonly (TensorType | undefined)[], attributes: ConcatAttributes): View[] {
  const axis = normalizeAxis(attributes.axis, whole.shape.length);
  let end = 0;
  return inputs.map((input) => {
    const extent = input!.shape[axis];
    end += extent;
    return narrow(whole, axis, end - extent, extent);
  });
}
