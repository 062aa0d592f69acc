// Operators called on tensors that take, repeat and rearrange elements, or make them.

import { centerCropPad as centerCropPadOperator } from '../ops/layout/centerCropPad.js';
import { concat as concatOperator } from '../ops/layout/concat.js';
import { constantOfShape } from '../ops/layout/constantOfShape.js';
import {
  depthToSpace as depthToSpaceOperator,
  spaceToDepth as spaceToDepthOperator,
} from '../ops/layout/depthToSpace.js';
import { expand as expandOperator } from '../ops/layout/expand.js';
import { pad as padOperator } from '../ops/layout/pad.js';
import { range as rangeOperator } from '../ops/layout/range.js';
import {
  flatten as flattenOperator,
  reshape as reshapeOperator,
  squeeze as squeezeOperator,
  unsqueeze as unsqueezeOperator,
} from '../ops/layout/reshape.js';
import { shape, size } from '../ops/layout/shapeOf.js';
import { slice as sliceOperator } from '../ops/layout/slice.js';
import { split as splitOperator } from '../ops/layout/split.js';
import { tile as tileOperator } from '../ops/layout/tile.js';
import { transpose as transposeOperator } from '../ops/layout/transpose.js';
import { checkOptions, oneOf } from '../options.js';
import { type DType, dtypes, type Tensor } from '../tensor.js';
import { type SidePadding, sidesOf } from '../windowOptions.js';
import { apply, applyAll, countSpatialAxes } from './apply.js';

export interface AxisOptions {
  /** Negative ones count from the end. */
  axis?: number;
}

/** Tensors one behind the other along an axis. Default: the last one, the channels. */
export function concat<T extends Tensor>(tensors: readonly T[], options: AxisOptions = {}): T {
  const { axis = -1 } = checkOptions('concat', options, ['axis']);
  return apply(concatOperator, tensors, { axis }) as T;
}

/**
 * Cuts `x` into parts along an axis. Default: the first one.
 * @param parts how many parts of equal size (the last smaller where that doesn't divide), or the size of each
 * @throws QuadlaneError `SHAPE` for sizes that don't add up
 */
export function split<T extends Tensor>(x: T, parts: number | readonly number[], options: AxisOptions = {}): T[] {
  const { axis = 0 } = checkOptions('split', options, ['axis']);
  const sizes = typeof parts === 'number' ? { parts } : { sizes: parts };
  return applyAll(splitOperator, [x], { axis, ...sizes }, typeof parts === 'number' ? parts : parts.length) as T[];
}

export interface SliceOptions {
  /** The axes that `starts` and `ends` are about. Default: the first ones. */
  axes?: readonly number[];
  /** Default: 1. */
  steps?: readonly number[];
}

/** A part of `x`, by NumPy's rules: from `starts` to before `ends`, negative ones counted from the end. */
export function slice<T extends Tensor>(
  x: T,
  starts: readonly number[],
  ends: readonly number[],
  options: SliceOptions = {},
): T {
  const { axes, steps } = checkOptions('slice', options, ['axes', 'steps']);
  return apply(sliceOperator, [x], { starts, ends, axes, steps }) as T;
}

export interface PadOptions {
  /** What to pad with. Default: 0. */
  value?: number;
}

/**
 * Widens a tensor by a constant.
 * @param padding as convolutions take it, around the spatial axes of `[N, ...spatial, C]`; or a list for all axes, before
 * each, then after each, where negative ones take elements away
 */
export function pad<T extends Tensor>(x: T, padding: SidePadding, options: PadOptions = {}): T {
  const axes = countSpatialAxes('pad', x);
  const { value = 0 } = checkOptions('pad', options, ['value']);
  const rank = x.shape.length;
  const everywhere = Array.isArray(padding) && padding.length === 2 * rank;
  return apply(padOperator, [x], {
    mode: 'constant',
    padding: everywhere ? padding : aroundMaps(padding, axes),
    value,
  }) as T;
}

/** Padding of the spatial axes as that of all axes: none of images and channels. */
function aroundMaps(padding: SidePadding, axes: number): number[] {
  const sides = sidesOf(padding, axes);
  return [0, ...sides.slice(0, axes), 0, 0, ...sides.slice(axes), 0];
}

export interface AxesOptions {
  /** Default: all. */
  axes?: readonly number[];
}

/** Crops or pads axes with zeros, the same on both sides, to `extents`. */
export function centerCropPad<T extends Tensor>(x: T, extents: readonly number[], options: AxesOptions = {}): T {
  const { axes } = checkOptions('centerCropPad', options, ['axes']);
  return apply(centerCropPadOperator, [x], { extents, axes }, { pad: padOperator }) as T;
}

/** `x` stretched to a shape that it broadcasts to. */
export function expand<T extends Tensor>(x: T, shape: readonly number[]): T {
  return apply(expandOperator, [x], { shape }) as T;
}

/** `x` repeated so many times along each axis. */
export function tile<T extends Tensor>(x: T, repeats: readonly number[]): T {
  return apply(tileOperator, [x], { repeats }) as T;
}

/** The axes of `x` in the order of `permutation`. */
export function transpose<T extends Tensor>(x: T, permutation: readonly number[]): T {
  return apply(transposeOperator, [x], { permutation }) as T;
}

/** The elements of `x` in another shape; one size may be -1. */
export function reshape<T extends Tensor>(x: T, shape: readonly number[]): T {
  return apply(reshapeOperator, [x], { shape }) as T;
}

/** `x` as a matrix: the axes before `axis` (default: 1) in one, the others in the second. */
export function flatten<T extends Tensor>(x: T, options: AxisOptions = {}): T {
  const { axis = 1 } = checkOptions('flatten', options, ['axis']);
  return apply(flattenOperator, [x], { axis }) as T;
}

/** `x` without the axes listed, or without all of one element. */
export function squeeze<T extends Tensor>(x: T, options: AxesOptions = {}): T {
  const { axes } = checkOptions('squeeze', options, ['axes']);
  return apply(squeezeOperator, [x], { axes }) as T;
}

/** `x` with axes of one element at the places, counted in the result, that are listed. */
export function unsqueeze<T extends Tensor>(x: T, axes: readonly number[]): T {
  return apply(unsqueezeOperator, [x], { axes }) as T;
}

/** The sizes of `x` (int64). */
export function shapeOf(x: Tensor): Tensor<'int64'> {
  return apply(shape, [x], {}) as Tensor<'int64'>;
}

/** The number of elements of `x` (int64, of shape `[]`). */
export function sizeOf(x: Tensor): Tensor<'int64'> {
  return apply(size, [x], {}) as Tensor<'int64'>;
}

export interface MakeOptions<D extends DType> {
  /** Default: float32. */
  dtype?: D;
}

/** A tensor of one value throughout. */
export function fill<D extends DType = 'float32'>(
  shape: readonly number[],
  value: number,
  options: MakeOptions<D> = {},
): Tensor<D> {
  const { dtype = 'float32' } = checkOptions('fill', options, ['dtype']);
  return apply(constantOfShape, [], { shape, value, dtype: oneOf('dtype', dtype, dtypes) }) as Tensor<D>;
}

export interface RangeOptions<D extends DType> extends MakeOptions<D> {
  /** Default: 1. */
  delta?: number;
}

/** `start`, `start + delta`, .. up to but without `limit`. */
export function range<D extends DType = 'float32'>(
  start: number,
  limit: number,
  options: RangeOptions<D> = {},
): Tensor<D> {
  const { delta = 1, dtype = 'float32' } = checkOptions('range', options, ['delta', 'dtype']);
  return apply(rangeOperator, [], { start, limit, delta, dtype: oneOf('dtype', dtype, dtypes) }) as Tensor<D>;
}

/** Blocks of channels as blocks of pixels: `[N, H, W, b b C]` becomes `[N, b H, b W, C]`, the block's place counting slower than C. */
export function depthToSpace<T extends Tensor>(x: T, blockSize: number): T {
  return apply(depthToSpaceOperator, [x], { blockSize }) as T;
}

/** The opposite of `depthToSpace`. */
export function spaceToDepth<T extends Tensor>(x: T, blockSize: number): T {
  return apply(spaceToDepthOperator, [x], { blockSize }) as T;
}

/** `depthToSpace` with the block's place counting faster than C, as PyTorch's pixel shuffle does. */
export function pixelShuffle<T extends Tensor>(x: T, blockSize: number): T {
  return apply(depthToSpaceOperator, [x], { blockSize, blocksInside: true }) as T;
}
