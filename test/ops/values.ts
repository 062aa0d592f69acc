// Tensors and types that many cases are made of.

import { sizeOf } from '../../src/shape.js';
import { type DType, newArray, Tensor, tensor } from '../../src/tensor.js';
import { randomFloats } from '../kernels/numbers.js';

/** The type of a float32 tensor of this shape. */
export const floatType = (...shape: number[]) => ({ dtype: 'float32' as const, shape });

/** Elements that no rounding may touch. */
export const exact = (shape: readonly number[], values: ArrayLike<number | bigint>) => ({
  shape,
  values,
  roundings: 0,
});

/** The ends of int64. */
export const MAX = 2n ** 63n - 1n;

export const MIN = -(2n ** 63n);

/** 0, 1, 2, .. in `shape`. */
export function counted(shape: number[], dtype: DType = 'float32'): Tensor {
  const size = sizeOf(shape);
  const data = newArray(dtype, size);
  for (let i = 0; i < size; i++) data[i] = dtype === 'int64' ? BigInt(i) : i;
  return new Tensor(dtype, shape, data);
}

/** A list of int64. */
export const int64 = (...values: (number | bigint)[]) => tensor(BigInt64Array.from(values, BigInt));

/** Truth values. */
export const bool = (values: number[], shape?: number[]) => tensor(Uint8Array.from(values), shape, 'bool');

/** Extents around those of vectors and tiles. */
export const EDGES = [0, 1, 3, 4, 5, 7, 8, 9, 13];

/** Shapes of every rank. */
export const SHAPES = [...EDGES.map((extent) => [extent]), [], [3, 5], [2, 3, 4], [1, 3, 4, 5], [2, 1, 3, 2, 7]];

/** Floats from `low` to `high`. */
export function random(shape: readonly number[], low = -1, high = 1): Tensor<'float32'> {
  const unit = randomFloats(sizeOf(shape) + shape.length)(sizeOf(shape));
  return tensor(
    unit.map((value) => low + ((value + 1) / 2) * (high - low)),
    shape,
  );
}

/** Results of size 1 and below are off by so many roundings of 1. */
export const atLeastOne = (values: ArrayLike<number>) => Array.from(values, (value) => Math.max(1, Math.abs(value)));
