// The same elements in the same order under another shape: reshape, and flatten, squeeze and unsqueeze, which are
// reshapes whose shape follows from the input's.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, sizeOf } from '../../shape.js';
import { Tensor } from '../../tensor.js';
import { reshaped } from '../lowering/gradientShapes.js';
import { listLength, ofRank } from '../lowering/partialShapes.js';
import { numbersOf } from '../lowering/values.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';

export interface ReshapeAttributes extends Attributes {
  /**
   * Sizes; -1, at most once, is whatever is left, and 0 is the input's size unless `allowZero`. Beside an axis of no
   * elements any size would do, so that -1 is none.
   */
  readonly shape?: readonly number[];
  readonly allowZero?: boolean;
}

interface FlattenAttributes extends Attributes {
  /** First axis that goes to the second axis of the matrix; the rank itself is allowed. */
  readonly axis?: number;
}

interface AxesAttributes extends Attributes {
  readonly axes?: readonly number[];
}

const evaluate: Operator['evaluate'] = ([input], _, [output]) =>
  input && [new Tensor(output.dtype, output.shape, input.data)];

function reshapedShape(from: readonly number[], wanted: readonly number[], allowZero: boolean): number[] {
  const size = sizeOf(from);
  const shape = wanted.map((extent, axis) => (extent === 0 && !allowZero ? (from[axis] ?? -2) : extent));
  const open = shape.indexOf(-1);
  const known = sizeOf(shape.map((extent, axis) => (axis === open ? 1 : extent)));
  if (open >= 0) shape[open] = size / known;
  if (shape.some((extent) => !Number.isInteger(extent)) || sizeOf(shape) !== size) {
    throw new QuadlaneError(
      'SHAPE',
      `${formatShape(from)} has ${size} elements and can't be reshaped to ${formatShape(wanted)}`,
    );
  }
  return shape;
}

/** The same elements in another shape. */
const reshapeGradient: GradientRule = (build) => [reshaped(build, build.gradient(), build.type(build.inputs[0]).shape)];

export const reshape: Operator<ReshapeAttributes> = {
  name: 'reshape',
  needs: 2,
  keepsNonNegative: true,
  partialShapes: ([, shapeInput], { shape }) => [
    shape ? shape.map((extent) => (extent > 0 ? extent : undefined)) : ofRank(listLength(undefined, shapeInput)),
  ],
  gradient: reshapeGradient,
  reshapes: true,
  shapeInputs: [1],

  bake: ({ allowZero }, [, shape]) => ({ shape: numbersOf(shape!), allowZero }),

  infer([input], { shape = [], allowZero = false }) {
    return [{ dtype: input!.dtype, shape: reshapedShape(input!.shape, shape, allowZero) }];
  },

  evaluate,

  lower(lowering) {
    const [input, output] = [lowering.dense(0), lowering.denseOutput()];
    lowering.copy(output.shape, { ...input, shape: output.shape, strides: output.strides }, output);
  },
};

/** An operator that is a reshape to the shape that `shapeOf` makes of the input's. */
function reshaping<A extends Attributes>(
  name: string,
  shapeOf: (from: readonly number[], attributes: A) => number[],
  rest: Partial<Operator<A>> = {},
): Operator<A> {
  return {
    name,
    reshapes: true,
    infer: ([input], attributes) => [{ dtype: input!.dtype, shape: shapeOf(input!.shape, attributes) }],
    evaluate,
    compose(build, [input], attributes) {
      const shape = shapeOf(build.type(input).shape, attributes);
      return [build.apply('reshape', [input], { shape, allowZero: true })];
    },
    ...rest,
  };
}

/** Axes that an input lists instead of an attribute. */
const axesInput: Partial<Operator<AxesAttributes>> = {
  shapeInputs: [1],
  bake: (_, [, axes]) => ({ axes: axes && numbersOf(axes) }),
};

/** [d0, .., dn] -> [d0 * .. * d(axis - 1), d(axis) * .. * dn] */
export const flatten = reshaping<FlattenAttributes>(
  'flatten',
  (from, { axis = 1 }) => {
    const first = axis === from.length ? axis : normalizeAxis(axis, from.length);
    return [sizeOf(from.slice(0, first)), sizeOf(from.slice(first))];
  },
  { partialShapes: () => [ofRank(2)] },
);

/** Leaves out the axes listed, or all of one element. */
export const squeeze = reshaping<AxesAttributes>(
  'squeeze',
  (from, { axes }) => {
    const dropped = new Set(axes?.map((axis) => normalizeAxis(axis, from.length)));
    for (const axis of dropped) {
      if (from[axis] !== 1) {
        throw new QuadlaneError(
          'SHAPE',
          `axis ${axis} of ${formatShape(from)} has ${from[axis]} elements, so it can't be left out`,
        );
      }
    }
    return from.filter((extent, axis) => (axes ? !dropped.has(axis) : extent !== 1));
  },
  {
    ...axesInput,
    partialShapes([input, axesInput], { axes }, { has }) {
      if (!axes && !has(1)) return [input?.includes(undefined) ? undefined : input?.filter((size) => size !== 1)];
      const count = listLength(axes, axesInput);
      return [ofRank(input && count !== undefined ? input.length - count : undefined)];
    },
  },
);

/** Inserts axes of one element at the places, counted in the result, that are listed. */
export const unsqueeze = reshaping<AxesAttributes>(
  'unsqueeze',
  (from, { axes = [] }) => {
    const rank = from.length + axes.length;
    const inserted = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
    if (inserted.size < axes.length) throw new QuadlaneError('SHAPE', `axes ${formatShape(axes)} name one place twice`);
    const rest = [...from];
    return Array.from({ length: rank }, (_, axis) => (inserted.has(axis) ? 1 : rest.shift()!));
  },
  {
    ...axesInput,
    partialShapes([input, axesInput], { axes }) {
      const count = listLength(axes, axesInput);
      if (input?.length === 0 && count === 1) return [[1]];
      return [ofRank(input && count !== undefined ? input.length + count : undefined)];
    },
  },
);
