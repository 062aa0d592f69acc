// Views of tensors in linear memory.

import { sameShape, stridesOf } from '../shape.js';
import { bytesPerElement, type TensorType } from '../tensor.js';
import type { View } from './operator.js';
import type { Pointer } from './pointer.js';

/** A tensor in row-major order at `pointer`, nothing around it. */
export function denseView(pointer: Pointer, { dtype, shape }: TensorType): View {
  const border = new Array<number>(2 * Math.max(0, shape.length - 2)).fill(0);
  return { pointer, dtype, shape, strides: stridesOf(shape, bytesPerElement(dtype)), border };
}

/** Whether `view` is row-major without gaps. */
export function isDense(view: View): boolean {
  const dense = stridesOf(view.shape, bytesPerElement(view.dtype));
  const long = (_: number, axis: number) => view.shape[axis] !== 1;
  return sameShape(view.strides.filter(long), dense.filter(long));
}

/** Bytes of a tensor without gaps. */
export function bytesOf({ dtype, shape }: TensorType): number {
  return shape.reduce((bytes, extent) => bytes * extent, bytesPerElement(dtype));
}
