// Views of tensors in linear memory: without gaps, and as spatial kernels see them.

import { QuadlaneError } from '../../errors.js';
import { product, sameShape, stridesOf } from '../../shape.js';
import { bytesPerElement, type TensorType } from '../../tensor.js';
import type { View } from '../operator.js';
import type { Pointer } from '../pointer.js';

/** A tensor in row-major order at `pointer`, nothing around it. */
export function denseView(pointer: Pointer, { dtype, shape }: TensorType): View {
  const halo = new Array<number>(2 * Math.max(0, shape.length - 2)).fill(0);
  return { pointer, dtype, shape, strides: stridesOf(shape, bytesPerElement(dtype)), halo };
}

/** Whether `view` is row-major without gaps. */
export function isDense(view: View): boolean {
  const dense = stridesOf(view.shape, bytesPerElement(view.dtype));
  const long = (_: number, axis: number) => view.shape[axis] !== 1;
  return sameShape(view.strides.filter(long), dense.filter(long));
}

/** Bytes of a tensor without gaps. */
export function bytesOf({ dtype, shape }: TensorType): number {
  return product(shape) * bytesPerElement(dtype);
}

/** Extents, and bytes between neighbours on each axis; missing axes have extent 1. */
export interface Spatial {
  readonly images: number;
  readonly planes: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly image: number;
  readonly plane: number;
  readonly row: number;
  readonly column: number;
}

/** `view` ([N, W, C], [N, H, W, C] or [N, D, H, W, C]) in five axes; channels must be next to each other. */
export function spatial(view: View): Spatial {
  const rank = view.shape.length - 2;
  if (rank < 0 || rank > 3) {
    throw new QuadlaneError('SHAPE', `spatial operators take 1 to 3 spatial axes, not ${rank}`);
  }
  if (view.strides[rank + 1] !== bytesPerElement(view.dtype) && view.shape[rank + 1] > 1) {
    throw new Error('channels of a spatial tensor must be next to each other');
  }
  const [planes, rows, columns] = spatialAxes(view.shape.slice(1, -1), 1);
  const [plane, row, column] = spatialAxes(view.strides.slice(1, -1), 0);
  const [images, image, channels] = [view.shape[0], view.strides[0], view.shape[rank + 1]];
  return { images, planes, rows, columns, channels, image, plane, row, column };
}

const axes = ['image', 'plane', 'row', 'column'] as const;

/** What spatial kernels take of one of their operands. */
export type MapArguments<Name extends string> = Record<Name, Pointer> &
  Record<`${Name}${'Image' | 'Plane' | 'Row' | 'Column'}Stride`, number>;

/** `view` as the operand `name` of a spatial kernel: its place, and its strides `name`ImageStride and so on; 0 without a view. */
export function mapArguments<Name extends string>(name: Name, view: View | undefined): MapArguments<Name> {
  const strides = view && spatial(view);
  const entries = axes.map((axis) => [`${name}${axis[0].toUpperCase()}${axis.slice(1)}Stride`, strides?.[axis] ?? 0]);
  return Object.fromEntries([[name, view?.pointer ?? 0], ...entries]);
}

/** How many pixels there are on each axis of `view`. */
export function extentArguments(view: View) {
  const { images, planes, rows, columns } = spatial(view);
  return { images, planes, rows, columns };
}

/** A list with one entry a spatial axis as [planes, rows, columns], `missing` where there is no such axis. */
export function spatialAxes(values: readonly number[], missing: number): [number, number, number] {
  return [values.at(-3) ?? missing, values.at(-2) ?? missing, values.at(-1) ?? missing];
}
