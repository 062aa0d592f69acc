// Tensors of [outers, axis, inners], for operators along the axis in the middle.

import { sizeOf } from '../../src/shape.js';
import { type DType, newArray, Tensor } from '../../src/tensor.js';
import { randomFloats } from '../kernels/numbers.js';

export const LINES: [number, number, number][] = [
  [3, 1, 1],
  [2, 3, 4],
  [1, 5, 3],
  [4, 9, 1],
  [2, 13, 7],
  [1, 100, 1],
];

export const TYPES = ['float32', 'int32', 'int64', 'int8', 'uint8'] as const;

/** Few different values, so that many are equal. */
export function ties(dtype: DType, shape: readonly number[]): Tensor {
  const size = sizeOf(shape);
  const data = newArray(dtype, size);
  randomFloats(size)(size).forEach((value, i) => {
    const whole = Math.round(value * 6) + (dtype === 'uint8' ? 6 : 0);
    data[i] = dtype === 'int64' ? BigInt(whole) << 40n : whole;
  });
  return new Tensor(dtype, shape, data);
}

export const elements = (x: Tensor) => Array.from<number | bigint>(x.data);
