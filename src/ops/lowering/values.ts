// Tensors as plain numbers, for the shape arithmetic that is done at compile time.

import { QuadlaneError } from '../../errors.js';
import { shown } from '../../printable.js';
import { formatShape, sizeOf, stridesOf } from '../../shape.js';
import { type DType, elementOf, isFloat, newArray, readerOf, Tensor } from '../../tensor.js';

/** Larger tensors are left to the kernels. */
export const MAX_EVALUATED = 65_536;

/** Larger weights too: the kernels are faster than JavaScript that runs for the first time. */
export const MAX_FLOATS = 1024;

/** Most numbers that are listed at compile time. */
const MOST_LISTED = 2 ** 22;

const INT64_MAX = 2n ** 63n - 1n;

/** @throws QuadlaneError `SHAPE` unless tensors of `dtype` can have the element `value` */
export function requireElement(dtype: DType, value: number): void {
  if (isFloat(dtype) ? typeof value === 'number' : Number.isInteger(value)) return;
  throw new QuadlaneError('SHAPE', `a tensor of ${dtype} has no element ${shown(value)}`);
}

/** The elements of a tensor; int64 beyond 2^53 is rounded. */
export function numbersOf(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, readerOf(tensor.dtype));
}

/**
 * The only element of an input that says one number.
 * @param what what it says
 * @throws QuadlaneError `SHAPE` where it has none or several
 */
export function numberOf(tensor: Tensor, what: string): number {
  if (tensor.size === 1) return numbersOf(tensor)[0];
  throw new QuadlaneError('SHAPE', `${what} is one number, not a tensor of ${formatShape(tensor.shape)}`);
}

/** @throws QuadlaneError `UNSUPPORTED` for more elements than are listed one by one */
function requireListed(count: number): void {
  if (count <= MOST_LISTED) return;
  throw new QuadlaneError(
    'UNSUPPORTED',
    `an axis of ${count} elements can't be numbered: make it ${MOST_LISTED} or less`,
  );
}

/**
 * The numbers that `numberAt` gives for 0 to before `count`.
 * @throws QuadlaneError `UNSUPPORTED` for too many
 */
export function listOf(count: number, numberAt: (index: number) => number): number[] {
  requireListed(count);
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) numbers.push(numberAt(index));
  return numbers;
}

/**
 * The int64 tensor of `count` numbers that follow each other, from `start` on.
 * @throws QuadlaneError `UNSUPPORTED` for too many
 */
export function numberedTensor(count: number, shape: readonly number[], start: number): Tensor {
  requireListed(count);
  const data = new BigInt64Array(count);
  for (let index = 0; index < count; index++) data[index] = BigInt(start + index);
  return new Tensor('int64', shape, data);
}

/** A tensor of these numbers; int64 saturates, drops fractions, and has 0 for NaN. */
export function tensorOf(dtype: DType, shape: readonly number[], numbers: readonly number[]): Tensor {
  const data = newArray(dtype, numbers.length);
  numbers.forEach((value, index) => {
    if (data instanceof BigInt64Array)
      data[index] = value >= 2 ** 63 ? INT64_MAX : BigInt(Math.trunc(Math.max(value, -(2 ** 63))) || 0);
    else data[index] = elementOf(dtype, value) as number;
  });
  return new Tensor(dtype, shape, data);
}

/** The elements of a tensor stretched to `shape`. */
export function broadcastNumbers(tensor: Tensor, shape: readonly number[]): number[] {
  const numbers = numbersOf(tensor);
  const lead = shape.length - tensor.shape.length;
  const own = stridesOf(tensor.shape).map((stride, axis) => (tensor.shape[axis] === 1 ? 0 : stride));
  const strides = [...new Array<number>(lead).fill(0), ...own];
  const index = new Array<number>(shape.length).fill(0);
  return Array.from({ length: sizeOf(shape) }, () => {
    const value = numbers[index.reduce((at, i, axis) => at + i * strides[axis], 0)];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
    return value;
  });
}
