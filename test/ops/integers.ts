// Tensors of whole numbers.

import { type DType, newArray, Tensor } from '../../src/tensor.js';

/** The types of whole numbers. */
export const types = ['int32', 'int64', 'int8', 'uint8'] as const;

export type Whole = (typeof types)[number];

/** These values as elements of a type, cut to its bits. */
export function whole(dtype: DType, values: readonly bigint[], shape: readonly number[] = [values.length]): Tensor {
  const data = newArray(dtype, values.length);
  values.forEach((value, i) => {
    data[i] = dtype === 'int64' ? BigInt.asIntN(64, value) : Number(BigInt.asIntN(32, value));
  });
  return new Tensor(dtype, shape, data);
}

/** The elements, all exactly. */
export const big = (t: Tensor) => Array.from<number | bigint, bigint>(t.data, BigInt);
