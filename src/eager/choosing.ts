// Operators that choose by value or by index, called on tensors.

import { type Tensor, tensor } from '../tensor.js';
import { apply, applyAll } from './apply.js';

export interface ArgOptions {
  /** Default: -1. */
  axis?: number;
  /** The axis stays, with extent 1. Default: false. */
  keepDims?: boolean;
  /** Of equal elements the last one counts, not the first. */
  last?: boolean;
}

const arg =
  (op: string) =>
  (x: Tensor, { axis = -1, keepDims = false, last = false }: ArgOptions = {}): Tensor<'int64'> =>
    apply(op, [x], { axis, keepDims, last }) as Tensor<'int64'>;

/** Where along an axis the greatest element is (int64); NaN counts as greater than all numbers. */
export const argMax = arg('argMax');
/** Where along an axis the least element is (int64). */
export const argMin = arg('argMin');

/** 1 where the greatest element along `axis` (default: the last one) is first found, 0 elsewhere. */
export function hardmax(x: Tensor, axis = -1): Tensor<'float32'> {
  return apply('hardmax', [x], { axis }) as Tensor<'float32'>;
}

/**
 * The first `k` elements along `axis` (default: the last one) from the greatest down, or from the least up.
 * @returns the elements, and where along the axis they were (int64); of equal ones those in front come first
 */
export function topK(
  x: Tensor,
  k: number,
  { axis = -1, largest = true }: { axis?: number; largest?: boolean } = {},
): { values: Tensor; indices: Tensor<'int64'> } {
  const [values, indices] = applyAll('topK', [x], { k, axis, largest }, 2);
  return { values, indices: indices as Tensor<'int64'> };
}

/** Running sums along `axis`; `exclusive` ones leave their own element out, `reverse` ones start at the end. */
export function cumSum(
  x: Tensor,
  axis: number,
  { exclusive = false, reverse = false }: { exclusive?: boolean; reverse?: boolean } = {},
): Tensor {
  return apply('cumSum', [x], { axis, exclusive, reverse });
}

/**
 * Indices as vectors: a new axis of `depth` elements, `on` at the index and `off` elsewhere.
 * @param indices any numbers; negative ones count from the end, those outside switch nothing on
 */
export function oneHot(
  indices: Tensor,
  depth: number,
  { axis = -1, off = 0, on = 1 }: { axis?: number; off?: number; on?: number } = {},
): Tensor {
  return apply('oneHot', [indices, tensor([off, on])], { depth, axis });
}

/** The element along `axis` that each index names, at the index's own place on the other axes. */
export function gatherElements(x: Tensor, indices: Tensor, axis: number): Tensor {
  return apply('gatherElements', [x, indices], { axis });
}

/** The blocks of `x` that the tuples in the last axis of `indices` name, behind `batchDims` axes that both have. */
export function gatherNd(x: Tensor, indices: Tensor, batchDims = 0): Tensor {
  return apply('gatherNd', [x, indices], { batchDims });
}

/** How an update joins the element that is there. */
export type Reduction = 'none' | 'add' | 'mul' | 'max' | 'min';

/** `x` with `updates` at the elements along `axis` that `indices` name; see `gatherElements`. */
export function scatterElements(
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  axis: number,
  reduction: Reduction = 'none',
): Tensor {
  return apply('scatterElements', [x, indices, updates], { axis, reduction });
}

/** `x` with `updates` at the blocks that the tuples in the last axis of `indices` name; see `gatherNd`. */
export function scatterNd(x: Tensor, indices: Tensor, updates: Tensor, reduction: Reduction = 'none'): Tensor {
  return apply('scatterNd', [x, indices, updates], { reduction });
}

export interface NonMaxSuppressionOptions {
  /** Default: all. */
  mostPerClass?: number;
  /** Intersection over union beyond which the box with the lower score goes. Default: 0. */
  overlap?: number;
  /** Only boxes with greater scores are chosen. Default: all may be. */
  score?: number;
  /** A box is [x, y, width, height] of its centre, not two opposite corners [y, x, y, x]. */
  centred?: boolean;
}

/**
 * Of boxes that overlap, the one with the best score, class by class.
 * @param boxes `[batches, boxes, 4]`
 * @param scores `[batches, classes, boxes]`
 * @returns `[chosen, 3]`: batch, class and box (int64), of each class the best score first
 */
export function nonMaxSuppression(
  boxes: Tensor,
  scores: Tensor,
  { mostPerClass = Number.MAX_SAFE_INTEGER, overlap = 0, score, centred = false }: NonMaxSuppressionOptions = {},
): Tensor<'int64'> {
  const thresholds = [tensor(overlap, []), score === undefined ? undefined : tensor(score, [])];
  return apply('nonMaxSuppression', [boxes, scores, ...thresholds], { mostPerClass, centred }) as Tensor<'int64'>;
}
