// Operators called on tensors that take and put elements by index.

import { compare } from '../ops/elementwise/compare.js';
import { logical } from '../ops/elementwise/logical.js';
import { where } from '../ops/elementwise/where.js';
import { gather as gatherOperator } from '../ops/indexing/gather.js';
import { gatherElements as gatherElementsOperator } from '../ops/indexing/gatherElements.js';
import { gatherNd as gatherNdOperator } from '../ops/indexing/gatherNd.js';
import { oneHot as oneHotOperator } from '../ops/indexing/oneHot.js';
import { scatterElements as scatterElementsOperator } from '../ops/indexing/scatterElements.js';
import { scatterNd as scatterNdOperator } from '../ops/indexing/scatterNd.js';
import { slice } from '../ops/layout/slice.js';
import { checkOptions, oneOf } from '../options.js';
import { type Tensor, tensor } from '../tensor.js';
import { apply } from './apply.js';

export interface GatherOptions {
  /** Default: 0. */
  axis?: number;
}

/** The entries of an axis that `indices` (int32 or int64, negative ones from the end) name: the axis becomes theirs. */
export function gather<T extends Tensor>(x: T, indices: Tensor, options: GatherOptions = {}): T {
  const { axis = 0 } = checkOptions('gather', options, ['axis']);
  return apply(gatherOperator, [x, indices], { axis }) as T;
}

/** The element along an axis that each index names, at the index's own place on the other axes. */
export function gatherElements<T extends Tensor>(x: T, indices: Tensor, options: GatherOptions = {}): T {
  const { axis = 0 } = checkOptions('gatherElements', options, ['axis']);
  return apply(gatherElementsOperator, [x, indices], { axis }) as T;
}

export interface GatherNdOptions {
  /** Leading axes that `x` and the indices both have. Default: 0. */
  batchDims?: number;
}

/** The blocks of `x` that the tuples in the last axis of `indices` name, behind the axes that both have. */
export function gatherNd<T extends Tensor>(x: T, indices: Tensor, options: GatherNdOptions = {}): T {
  const { batchDims = 0 } = checkOptions('gatherNd', options, ['batchDims']);
  return apply(gatherNdOperator, [x, indices], { batchDims }) as T;
}

/** How an update joins the element that is there. */
export type Reduction = 'none' | 'add' | 'mul' | 'max' | 'min';

const reductions: readonly Reduction[] = ['none', 'add', 'mul', 'max', 'min'];

export interface ScatterNdOptions {
  /** Default: none, so that updates replace elements. */
  reduction?: Reduction;
}

export interface ScatterElementsOptions extends ScatterNdOptions {
  /** Default: 0. */
  axis?: number;
}

/** `x` with `updates` at the elements along an axis that `indices` name; see `gatherElements`. */
export function scatterElements<T extends Tensor>(
  x: T,
  indices: Tensor,
  updates: T,
  options: ScatterElementsOptions = {},
): T {
  const { axis = 0, reduction = 'none' } = checkOptions('scatterElements', options, ['axis', 'reduction']);
  const attributes = { axis, reduction: oneOf('reduction', reduction, reductions) };
  return apply(scatterElementsOperator, [x, indices, updates], attributes) as T;
}

/** `x` with `updates` at the blocks that the tuples in the last axis of `indices` name; see `gatherNd`. */
export function scatterNd<T extends Tensor>(x: T, indices: Tensor, updates: T, options: ScatterNdOptions = {}): T {
  const { reduction = 'none' } = checkOptions('scatterNd', options, ['reduction']);
  return apply(scatterNdOperator, [x, indices, updates], { reduction: oneOf('reduction', reduction, reductions) }) as T;
}

export interface OneHotOptions {
  /** Where the new axis goes. Default: -1. */
  axis?: number;
  /** Default: 0. */
  off?: number;
  /** Default: 1. */
  on?: number;
}

/**
 * Indices as vectors: a new axis of `depth` elements, `on` at the index and `off` elsewhere.
 * @param indices any numbers; negative ones count from the end, those outside switch nothing on
 */
export function oneHot(indices: Tensor, depth: number, options: OneHotOptions = {}): Tensor<'float32'> {
  const { axis = -1, off = 0, on = 1 } = checkOptions('oneHot', options, ['axis', 'off', 'on']);
  return apply(
    oneHotOperator,
    [indices, tensor([off, on])],
    { depth, axis },
    { compare, logical, slice, where },
  ) as Tensor<'float32'>;
}
