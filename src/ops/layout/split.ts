// Cuts a tensor into parts along one axis.

import { QuadlaneError } from '../../errors.js';
import { normalizeAxis } from '../../shape.js';
import { ofRank } from '../lowering/partialShapes.js';
import { narrow } from '../lowering/subviews.js';
import { listOf, numbersOf } from '../lowering/values.js';
import type { Attributes, GradientRule, Operator, View } from '../operator.js';
import { movement } from './movement.js';

export interface SplitAttributes extends Attributes {
  readonly axis?: number;
  /** Size of each part. */
  readonly sizes?: readonly number[];
  /** Number of parts of equal size, the last smaller where that doesn't divide; used without `sizes`. */
  readonly parts?: number;
}

function sizesOf(extent: number, { sizes, parts = 1 }: SplitAttributes): readonly number[] {
  if (!sizes) {
    const size = Math.ceil(extent / parts);
    return listOf(parts, (part) => Math.max(0, Math.min(size, extent - part * size)));
  }
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (sum !== extent || !sizes.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new QuadlaneError('SHAPE', `an axis of ${extent} can't be split into parts of ${sizes.join(', ')}`);
  }
  return sizes;
}

const splitGradient: GradientRule = ({ apply, attributes, outputs, gradient }) => [
  apply(
    'concat',
    outputs.map((_, index) => gradient(index)),
    { axis: attributes.axis ?? 0 },
  ),
];

export const split: Operator<SplitAttributes> = {
  name: 'split',
  partialShapes: ([input], _attributes, { outputs }) => new Array(outputs).fill(ofRank(input?.length)),
  gradient: splitGradient,
  shapeInputs: [1],

  bake: (attributes, [, sizes]) => ({ ...attributes, sizes: sizes && numbersOf(sizes) }),

  infer([input], attributes) {
    const { dtype, shape } = input!;
    const axis = normalizeAxis(attributes.axis ?? 0, shape.length);
    return sizesOf(shape[axis], attributes).map((size) => ({ dtype, shape: shape.with(axis, size) }));
  },

  permute(attributes, permutation) {
    return { ...attributes, axis: permutation.indexOf(normalizeAxis(attributes.axis ?? 0, permutation.length)) };
  },

  parts: (input, attributes) => partsOf(input, attributes),

  ...movement<SplitAttributes>((mover, [input], output, attributes) => {
    partsOf(input, attributes).forEach((part, index) => {
      const to = output(index);
      if (to) mover.copy(part, to);
    });
  }),
};

function partsOf(input: View, attributes: SplitAttributes): View[] {
  const axis = normalizeAxis(attributes.axis ?? 0, input.shape.length);
  let end = 0;
  return sizesOf(input.shape[axis], attributes).map((size) => {
    end += size;
    return narrow(input, axis, end - size, size);
  });
}
