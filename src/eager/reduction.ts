// Operators called on tensors that reduce, rank or sum up along axes.

import type { Operator } from '../ops/operator.js';
import { argMax as argMaxOperator, argMin as argMinOperator } from '../ops/reduction/arg.js';
import { cumSum as cumSumOperator } from '../ops/reduction/cumSum.js';
import { reduce as reduceOperator } from '../ops/reduction/reduce.js';
import { topK as topKOperator } from '../ops/reduction/topK.js';
import { checkOptions, flag } from '../options.js';
import type { Tensor } from '../tensor.js';
import { apply, applyAll } from './apply.js';

export interface ReduceOptions {
  /** Default: all. */
  axes?: readonly number[];
  /** Reduced axes stay, with extent 1. Default: false. */
  keepDims?: boolean;
}

const reduce =
  (call: string, reduction: string) =>
  <T extends Tensor>(x: T, options: ReduceOptions = {}): T => {
    const { axes, keepDims = false } = checkOptions(call, options, ['axes', 'keepDims']);
    return apply(reduceOperator, [x], { reduction, axes, keepDims: flag('keepDims', keepDims) }) as T;
  };

/** Sum over axes; of bool, int8 and uint8 not, as they would wrap: cast them to int32 before. */
export const sum = /* @__PURE__ */ reduce('sum', 'sum');
/** Mean over axes; of bool, int8 and uint8 not, as they would wrap: cast them to int32 before. */
export const mean = /* @__PURE__ */ reduce('mean', 'mean');
/** Greatest element over axes. */
export const max = /* @__PURE__ */ reduce('max', 'max');
/** Least element over axes. */
export const min = /* @__PURE__ */ reduce('min', 'min');
/** Product over axes; of bool, int8 and uint8 not, as they would wrap: cast them to int32 before. */
export const prod = /* @__PURE__ */ reduce('prod', 'prod');
/** Sum of `|x|` over axes; of bool, int8 and uint8 not, as they would wrap: cast them to int32 before. */
export const l1Norm = /* @__PURE__ */ reduce('l1Norm', 'l1');
/** Root of the sum of squares over axes. */
export const l2Norm = /* @__PURE__ */ reduce('l2Norm', 'l2');
/** Sum of squares over axes; of bool, int8 and uint8 not, as they would wrap: cast them to int32 before. */
export const sumSquare = /* @__PURE__ */ reduce('sumSquare', 'sumSquare');
/** Logarithm of the sum over axes. */
export const logSum = /* @__PURE__ */ reduce('logSum', 'logSum');
/** Logarithm of the sum of `e^x` over axes. */
export const logSumExp = /* @__PURE__ */ reduce('logSumExp', 'logSumExp');

export interface ArgOptions {
  /** Default: -1. */
  axis?: number;
  /** The axis stays, with extent 1. Default: false. */
  keepDims?: boolean;
  /** Of equal elements the last one counts, not the first. Default: false. */
  last?: boolean;
}

const arg =
  (operator: Operator) =>
  (x: Tensor, options: ArgOptions = {}): Tensor<'int64'> => {
    const {
      axis = -1,
      keepDims = false,
      last = false,
    } = checkOptions(operator.name, options, ['axis', 'keepDims', 'last']);
    return apply(operator, [x], {
      axis,
      keepDims: flag('keepDims', keepDims),
      last: flag('last', last),
    }) as Tensor<'int64'>;
  };

/** Where along an axis the greatest element is (int64), or the first NaN. */
export const argMax = /* @__PURE__ */ arg(argMaxOperator);
/** Where along an axis the least element is (int64), or the first NaN. */
export const argMin = /* @__PURE__ */ arg(argMinOperator);

export interface TopKOptions {
  /** Default: -1. */
  axis?: number;
  /** From the greatest down, or else from the least up. Default: true. */
  largest?: boolean;
}

/**
 * The first `k` elements along an axis from the greatest down, or from the least up.
 * @returns the elements, and where along the axis they were (int64); of equal ones those in front come first
 */
export function topK<T extends Tensor>(
  x: T,
  k: number,
  options: TopKOptions = {},
): { values: T; indices: Tensor<'int64'> } {
  const { axis = -1, largest = true } = checkOptions('topK', options, ['axis', 'largest']);
  const [values, indices] = applyAll(topKOperator, [x], { k, axis, largest: flag('largest', largest) }, 2);
  return { values: values as T, indices: indices as Tensor<'int64'> };
}

export interface CumSumOptions {
  /** Default: -1. */
  axis?: number;
  /** Sums leave their own element out. Default: false. */
  exclusive?: boolean;
  /** Sums start at the end. Default: false. */
  reverse?: boolean;
}

/** Running sums along an axis; of bool, int8 and uint8 not, as they would wrap: cast them to int32 before. */
export function cumSum<T extends Tensor>(x: T, options: CumSumOptions = {}): T {
  const known = ['axis', 'exclusive', 'reverse'] as const;
  const { axis = -1, exclusive = false, reverse = false } = checkOptions('cumSum', options, known);
  const attributes = { axis, exclusive: flag('exclusive', exclusive), reverse: flag('reverse', reverse) };
  return apply(cumSumOperator, [x], attributes) as T;
}
