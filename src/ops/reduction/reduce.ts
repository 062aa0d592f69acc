// Reductions over any axes: sums, means, extremes and norms.

import { QuadlaneError } from '../../errors.js';
import { normalizeAxis } from '../../shape.js';
import { ElementType, Reduction } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { collapse } from '../lowering/strided.js';
import { numbersOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

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

export const reduce: Operator<ReduceAttributes> = {
  name: 'reduce',
  shapeInputs: [1],

  bake({ noopWithEmptyAxes, ...attributes }, [, given]) {
    const axes = given && (given.size > 0 || noopWithEmptyAxes) ? numbersOf(given) : undefined;
    return { ...attributes, axes };
  },

  infer([input], attributes) {
    entryOf(Reduction, attributes.reduction, 'reduction');
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
