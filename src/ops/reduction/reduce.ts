// Reductions over any axes: sums, means, extremes and norms.

import { QuadlaneError } from '../../errors.js';
import { normalizeAxis, product } from '../../shape.js';
import type { DType } from '../../tensor.js';
import { ElementType, Reduction } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { expanded, indicator, reshaped } from '../lowering/gradientShapes.js';
import { ofRank } from '../lowering/partialShapes.js';
import { collapse } from '../lowering/strided.js';
import { numbersOf } from '../lowering/values.js';
import type { Attributes, Differentiation, GradientRule, Operator } from '../operator.js';

export interface ReduceAttributes extends Attributes {
  /** An entry of `Reduction`. */
  readonly reduction: string;
  /** Axes to reduce; all when absent. */
  readonly axes?: readonly number[];
  /** Empty axes that come as an input mean none, not all. */
  readonly noopWithEmptyAxes?: boolean;
  /** Reduced axes stay, with extent 1. Default: true. */
  readonly keepDims?: boolean;
}

function reducedAxes(rank: number, { axes }: ReduceAttributes): boolean[] {
  const reduced = new Array<boolean>(rank).fill(axes === undefined);
  for (const axis of axes ?? []) reduced[normalizeAxis(axis, rank)] = true;
  return reduced;
}

/** Reductions whose results are integers where the cells are. */
const onIntegers = new Set(['sum', 'mean', 'max', 'min', 'prod', 'l1', 'sumSquare']);

/** Types that hold extremes of their elements, but hardly ever sums or products. */
const narrow: ReadonlySet<DType> = new Set<DType>(['bool', 'int8', 'uint8']);

/** The gradient is repeated along the reduced axes, weighted by what each cell contributed. */
const reduceGradient: GradientRule = (build) => {
  const [input] = build.inputs;
  const { shape } = build.type(input);
  const given = build.attributes.axes as readonly number[] | undefined;
  const reduced = given?.map((axis) => normalizeAxis(axis, shape.length)) ?? [...shape.keys()];
  const kept = shape.map((extent, axis) => (reduced.includes(axis) ? 1 : extent));
  const gy = reshaped(build, build.gradient(), kept);
  const y = () => reshaped(build, build.output(), kept);
  const total = (value: string) => build.apply('reduce', [value], { reduction: 'sum', axes: reduced, keepDims: true });
  const cells = product(reduced.map((axis) => shape[axis]));
  const { reduction } = build.attributes;
  const rule = rules[reduction as string];
  return [expanded(build, rule({ build, x: input, y, gy, total, cells, reduced }), shape)];
};

interface Reduced {
  readonly build: Differentiation;
  readonly x: string;
  /** The result, its reduced axes of extent 1. */
  readonly y: () => string;
  readonly gy: string;
  /** Sum over the reduced axes, which stay. */
  readonly total: (value: string) => string;
  /** Elements that one result is made of. */
  readonly cells: number;
  readonly reduced: readonly number[];
}

const rules: Record<string, (reduced: Reduced) => string> = {
  sum: ({ gy }) => gy,
  mean: ({ build, gy, cells }) => build.binary('mul', gy, build.scalar(1 / cells)),
  max: extreme,
  min: extreme,
  prod,
  l1: ({ build, x, gy }) => build.binary('mul', gy, build.unary('sign', x)),
  l2({ build, x, y, gy }) {
    const zero = build.scalar(0);
    const slope = build.binary('div', x, y());
    const flat = build.apply('compare', [y(), zero], { operation: 'equal' });
    return build.binary('mul', gy, build.apply('where', [flat, zero, slope], {}));
  },
  sumSquare: ({ build, x, gy }) => build.binary('mul', build.binary('mul', gy, build.scalar(2)), x),
  logSum: ({ build, y, gy }) => build.binary('div', gy, build.unary('exp', y())),
  logSumExp: ({ build, x, y, gy }) => build.binary('mul', gy, build.unary('exp', build.binary('sub', x, y()))),
};

/** Equal parts to all cells that are the extreme one. */
function extreme({ build, x, y, gy, total }: Reduced): string {
  const chosen = indicator(build, 'equal', x, y());
  return build.binary('mul', chosen, build.binary('div', gy, total(chosen)));
}

/** The product of the other cells: by division, or where there is one zero, by leaving it out. */
function prod({ build, x, gy, total, reduced }: Reduced): string {
  const [zero, one] = [build.scalar(0), build.scalar(1)];
  const isZero = build.apply('compare', [x, zero], { operation: 'equal' });
  const nonzero = build.apply('where', [isZero, one, x], {});
  const rest = build.apply('reduce', [nonzero], { reduction: 'prod', axes: reduced, keepDims: true });
  const count = total(build.apply('cast', [isZero], { to: 'float32' }));
  const [none, single] = [zero, one].map((wanted) => indicator(build, 'equal', count, wanted));
  const others = build.binary('mul', build.binary('div', rest, nonzero), none);
  return build.binary('mul', gy, build.apply('where', [isZero, build.binary('mul', rest, single), others], {}));
}

export const reduce: Operator<ReduceAttributes> = {
  name: 'reduce',
  partialShapes([input, axesInput], { axes, keepDims = true, noopWithEmptyAxes }) {
    if (!input || keepDims) return [ofRank(input?.length)];
    if (axes) return [ofRank(input.length - axes.length)];
    const count = axesInput ? axesInput[0] : input.length;
    if (count === undefined) return [undefined];
    return [ofRank(input.length - (count || noopWithEmptyAxes ? count : input.length))];
  },
  gradient: reduceGradient,
  shapeInputs: [1],

  bake({ noopWithEmptyAxes, ...attributes }, [, given]) {
    const axes = given && (given.size > 0 || noopWithEmptyAxes) ? numbersOf(given) : undefined;
    return { ...attributes, axes };
  },

  infer([input], attributes) {
    const { reduction } = attributes;
    entryOf(Reduction, reduction, 'reduction');
    if (narrow.has(input!.dtype) && reduction !== 'max' && reduction !== 'min') {
      throw new QuadlaneError('UNSUPPORTED', `${reduction} of ${input!.dtype} would wrap: cast it to int32 or float32`);
    }
    const reduced = reducedAxes(input!.shape.length, attributes);
    const kept = input!.shape.map((extent, axis) => (reduced[axis] ? 1 : extent));
    const shape = attributes.keepDims === false ? kept.filter((_, axis) => !reduced[axis]) : kept;
    return [{ dtype: input!.dtype, shape }];
  },

  permute(attributes, permutation) {
    if (attributes.keepDims === false) return undefined;
    const reduced = reducedAxes(permutation.length, attributes);
    return { ...attributes, axes: permutation.flatMap((old, axis) => (reduced[old] ? [axis] : [])) };
  },

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.output()];
    const reduced = reducedAxes(input.shape.length, attributes);
    const of = <T>(values: readonly T[], wanted: boolean) => values.filter((_, axis) => reduced[axis] === wanted);
    const keptStrides = attributes.keepDims === false ? output.strides : of(output.strides, false);
    const kept = collapse(of(input.shape, false), [of(input.strides, false), keptStrides]);
    const gone = collapse(of(input.shape, true), [of(input.strides, true)]);
    const args = {
      input: input.pointer,
      output: output.pointer,
      operation: Reduction[attributes.reduction as keyof typeof Reduction],
      keptRank: kept.extents.length,
      keptExtents: lowering.table(kept.extents),
      keptInputStrides: lowering.table(kept.strides[0]),
      outputStrides: lowering.table(kept.strides[1]),
      reducedRank: gone.extents.length,
      reducedExtents: lowering.table(gone.extents),
      reducedStrides: lowering.table(gone.strides[0]),
    };
    if (input.dtype === 'float32') {
      lowering.step('f32_reduce', args);
    } else if (onIntegers.has(attributes.reduction)) {
      lowering.step('integer_reduce', { ...args, type: ElementType[input.dtype] });
    } else {
      throw new QuadlaneError(
        'UNSUPPORTED',
        `${attributes.reduction} runs on float32, not ${input.dtype}: cast it first`,
      );
    }
  },
};
