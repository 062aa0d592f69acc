// Joins tensors along one axis. A part whose producer wrote it in place already is not copied again.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, sameShape } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { narrow } from '../lowering/subviews.js';
import type { Attributes, Operator, View } from '../operator.js';
import { movement } from './movement.js';

export interface ConcatAttributes extends Attributes {
  readonly axis: number;
}

export const concat: Operator<ConcatAttributes> = {
  name: 'concat',

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
