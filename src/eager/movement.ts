// Operators called on tensors that take, repeat and rearrange elements, or make them.

import type { DType, Tensor } from '../tensor.js';
import { apply, applyAll } from './apply.js';

/** Tensors one behind the other along `axis`. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  return apply('concat', tensors, { axis });
}

/**
 * Cuts `x` into parts along `axis`.
 * @param parts how many parts of equal size (the last smaller where that doesn't divide), or the size of each
 * @throws QuadlaneError `SHAPE` for sizes that don't add up
 */
export function split(x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
  const sizes = typeof parts === 'number' ? { parts } : { sizes: parts };
  return applyAll('split', [x], { axis, ...sizes }, typeof parts === 'number' ? parts : parts.length);
}

/**
 * A part of `x`, by NumPy's rules: from `starts` to before `ends`, negative ones counted from the end.
 * @param options the axes that `starts` and `ends` are about (default: the first ones) and the steps (default: 1)
 */
export function slice(
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[],
  { axes, steps }: { axes?: readonly number[]; steps?: readonly number[] } = {},
): Tensor {
  return apply('slice', [x], { starts, ends, axes, steps });
}

/** The entries of `axis` that `indices` (int32 or int64, negative ones from the end) name: the axis becomes theirs. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return apply('gather', [x, indices], { axis });
}

/**
 * Widens a tensor by a constant.
 * @param padding before each axis, then after each axis
 */
export function pad(x: Tensor, padding: readonly number[], value = 0): Tensor {
  return apply('pad', [x], { mode: 'constant', padding, value });
}

/** Crops or pads axes (default: all) with zeros, the same on both sides, to `extents`. */
export function centerCropPad(x: Tensor, extents: readonly number[], axes?: readonly number[]): Tensor {
  return apply('centerCropPad', [x], { extents, axes });
}

/** `x` stretched to a shape that it broadcasts to. */
export function expand(x: Tensor, shape: readonly number[]): Tensor {
  return apply('expand', [x], { shape });
}

/** `x` repeated so many times along each axis. */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  return apply('tile', [x], { repeats });
}

/** The axes of `x` in the order of `permutation`. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  return apply('transpose', [x], { permutation });
}

/** The elements of `x` in another shape; one size may be -1. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  return apply('reshape', [x], { shape });
}

/** `x` as a matrix: the axes before `axis` in one, the others in the second. */
export function flatten(x: Tensor, axis = 1): Tensor {
  return apply('flatten', [x], { axis });
}

/** `x` without the axes listed, or without all of one element. */
export function squeeze(x: Tensor, axes?: readonly number[]): Tensor {
  return apply('squeeze', [x], { axes });
}

/** `x` with axes of one element at the places, counted in the result, that are listed. */
export function unsqueeze(x: Tensor, axes: readonly number[]): Tensor {
  return apply('unsqueeze', [x], { axes });
}

/** The sizes of `x` (int64). */
export function shapeOf(x: Tensor): Tensor<'int64'> {
  return apply('shape', [x], {}) as Tensor<'int64'>;
}

/** The number of elements of `x` (int64, of shape `[]`). */
export function sizeOf(x: Tensor): Tensor<'int64'> {
  return apply('size', [x], {}) as Tensor<'int64'>;
}

/** A tensor of one value throughout. */
export function fill<D extends DType = 'float32'>(shape: readonly number[], value: number, dtype?: D): Tensor<D> {
  return apply('constantOfShape', [], { shape, value, dtype: dtype ?? 'float32' }) as Tensor<D>;
}

/** `start`, `start + delta`, .. up to but without `limit`. */
export function range<D extends DType = 'float32'>(start: number, limit: number, delta = 1, dtype?: D): Tensor<D> {
  return apply('range', [], { start, limit, delta, dtype: dtype ?? 'float32' }) as Tensor<D>;
}
