// A part of a tensor: from start to end in steps, on some axes.

import { QuadlaneError } from '../../errors.js';
import { normalizeAxis } from '../../shape.js';
import { sameRank } from '../lowering/partialShapes.js';
import { narrow } from '../lowering/subviews.js';
import { numbersOf } from '../lowering/values.js';
import type { Attributes, GradientRule, Operator, View } from '../operator.js';
import { movement } from './movement.js';

export interface SliceAttributes extends Attributes {
  /** Negative ones count from the end; what lies outside the tensor is cut to it. */
  readonly starts?: readonly number[];
  readonly ends?: readonly number[];
  /** Axes that the other lists are about; the first ones when absent. */
  readonly axes?: readonly number[];
  /** Negative ones walk backwards; 1 when absent. */
  readonly steps?: readonly number[];
}

interface Range {
  readonly axis: number;
  readonly start: number;
  readonly extent: number;
  readonly step: number;
}

/** What is taken of each sliced axis of `shape`, by NumPy's rules. */
function ranges(shape: readonly number[], { starts = [], ends = [], axes, steps }: SliceAttributes): Range[] {
  const lengths = [ends, axes ?? starts, steps ?? starts].map((list) => list.length);
  if (lengths.some((length) => length !== starts.length)) {
    throw new QuadlaneError(
      'SHAPE',
      `slice takes as many ends, axes and steps as its ${starts.length} starts, not ${lengths.join(', ')}`,
    );
  }
  const seen = new Set<number>();
  return starts.map((from, i) => {
    const axis = normalizeAxis(axes?.[i] ?? i, shape.length);
    const step = steps?.[i] ?? 1;
    const size = shape[axis];
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const cut = (place: number) => Math.min(high, Math.max(low, place < 0 ? place + size : place));
    const start = cut(from);
    const whole = Number.isInteger(start) && Number.isInteger(step) && step !== 0;
    if (!whole || seen.has(axis)) {
      const problem = whole ? 'given twice' : `from ${from} in steps of ${step}`;
      throw new QuadlaneError('SHAPE', `slice on axis ${axis}: ${problem}`);
    }
    seen.add(axis);
    const extent = Math.max(0, Math.ceil((cut(ends[i]) - start) / step));
    return { axis, start, extent, step };
  });
}

/** The part of `view` that a slice takes. */
export function slicedView(view: View, attributes: SliceAttributes): View {
  return ranges(view.shape, attributes).reduce(
    (part, { axis, start, extent, step }) => narrow(part, axis, start, extent, step),
    view,
  );
}

const sliceGradient: GradientRule = ({ type, apply, inputs: [input], attributes, gradient }) => [
  apply('sliceGradient', [gradient()], { ...attributes, shape: type(input).shape }),
];

export const slice: Operator<SliceAttributes> = {
  name: 'slice',
  needs: 3,
  keepsNonNegative: true,
  isIdentity: ({ steps = [] }) => steps.every((step) => step === 1),
  partialShapes: sameRank,
  gradient: sliceGradient,
  shapeInputs: [1, 2, 3, 4],

  bake(_, values) {
    const [, starts, ends, axes, steps] = values.map((value) => value && numbersOf(value));
    return { starts, ends, axes, steps };
  },

  infer([input], attributes) {
    const shape = [...input!.shape];
    for (const { axis, extent } of ranges(input!.shape, attributes)) shape[axis] = extent;
    return [{ dtype: input!.dtype, shape }];
  },

  permute(attributes, permutation) {
    const axes = attributes.axes ?? attributes.starts?.map((_, i) => i);
    return { ...attributes, axes: axes?.map((axis) => permutation.indexOf(normalizeAxis(axis, permutation.length))) };
  },

  keepsRows: (attributes, [input]) => ranges(input!.shape, attributes).every(({ axis }) => axis !== 0),

  parts: (input, attributes) => [slicedView(input, attributes)],

  ...movement<SliceAttributes>((mover, [input], output, attributes) => {
    mover.copy(slicedView(input, attributes), output(0)!);
  }),
};
