// Pure arithmetic on shapes: sizes, strides, broadcasting, windows and padding.

import { QuadlaneError } from './errors.js';
import { shown } from './printable.js';

/** Most elements a tensor, an axis or the reach of a window may have: bytes must fit a 32-bit address space. */
const MAX_ELEMENTS = 2 ** 30;

/** `[2, 3]` as people write it. */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.map((extent) => (typeof extent === 'string' ? extent : shown(extent))).join(', ')}]`;
}

/**
 * Number of elements of `shape`; 1 for the scalar shape `[]`.
 * @throws QuadlaneError `SHAPE` for sizes that aren't whole numbers from 0 on, or too many elements
 */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) {
    if (!Number.isInteger(extent) || extent < 0) {
      throw new QuadlaneError('SHAPE', `${formatShape(shape)} is not a shape: sizes are whole numbers from 0 on`);
    }
    size *= extent;
    if (Math.max(size, extent) > MAX_ELEMENTS) {
      throw new QuadlaneError(
        'SHAPE',
        `${formatShape(shape)} has more than ${MAX_ELEMENTS} elements; split the tensor`,
      );
    }
  }
  return size;
}

/** The product of all `values`; 1 for none. Unlike `sizeOf` it checks nothing. */
export function product(values: readonly number[]): number {
  return values.reduce((a, b) => a * b, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** Row-major strides of `shape`, in units of `unit` (1: elements). */
export function stridesOf(shape: readonly number[], unit = 1): number[] {
  const strides = new Array<number>(shape.length);
  let stride = unit;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/**
 * `axis` counted from the front, where negative ones count from the back.
 * @throws QuadlaneError `SHAPE` outside [-rank, rank)
 */
export function normalizeAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new QuadlaneError('SHAPE', `axis ${shown(axis)} is outside a tensor of rank ${rank}`);
  }
  return axis < 0 ? axis + rank : axis;
}

/**
 * The shape that all of `shapes` broadcast to (NumPy's rule: align at the end, 1 stretches).
 * @throws QuadlaneError `SHAPE` when they don't go together
 */
export function broadcastShapes(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let extent = 1;
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own !== 1 && extent !== 1 && own !== extent) {
        throw new QuadlaneError(
          'SHAPE',
          `${shapes.map(formatShape).join(' and ')} don't broadcast: ${extent} against ${own}`,
        );
      }
      if (own !== 1) extent = own;
    }
    return extent;
  });
}

/** `shape` with its axes in the order of `permutation`. */
export function permuteShape<T>(shape: readonly T[], permutation: readonly number[]): T[] {
  return permutation.map((axis) => shape[axis]);
}

/** The permutation that undoes `permutation`. */
export function invertPermutation(permutation: readonly number[]): number[] {
  const inverse = new Array<number>(permutation.length);
  permutation.forEach((axis, position) => {
    inverse[axis] = position;
  });
  return inverse;
}

/** How windows (kernels, pools) lie over the spatial axes of a tensor; one entry an axis in each list. */
export interface Windows {
  readonly kernelShape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before each axis, then after each axis: `[top, left, bottom, right]` in 2-D. */
  readonly padding: readonly number[];
}

/** `windows` filled up with the defaults for `kernelShape`: stride 1, dilation 1, no padding. */
export function windowsOf(
  kernelShape: readonly number[],
  strides?: readonly number[],
  padding?: readonly number[],
  dilations?: readonly number[],
): Windows {
  const rank = kernelShape.length;
  const windows = {
    kernelShape,
    strides: strides ?? new Array<number>(rank).fill(1),
    dilations: dilations ?? new Array<number>(rank).fill(1),
    padding: padding ?? new Array<number>(2 * rank).fill(0),
  };
  const whole = (value: number) => Number.isInteger(value) && Math.abs(value) < MAX_ELEMENTS;
  const positive = (values: readonly number[]) => values.every((value) => whole(value) && value > 0);
  if (
    windows.strides.length !== rank ||
    windows.dilations.length !== rank ||
    windows.padding.length !== 2 * rank ||
    !positive(kernelShape) ||
    !positive(windows.strides) ||
    !positive(windows.dilations) ||
    !windows.padding.every(whole) ||
    !kernelShape.every((extent, axis) => whole(extent * windows.dilations[axis]))
  ) {
    throw new QuadlaneError(
      'SHAPE',
      `windows over ${rank} axes need ${rank} positive kernel sizes, strides and dilations and ${2 * rank} paddings, all of a possible size; got ${[kernelShape, windows.strides, windows.dilations, windows.padding].map(formatShape).join(', ')}`,
    );
  }
  return windows;
}

/** How far a kernel of `extent` elements, `dilation` apart, reaches over an axis. */
export function dilatedExtent(extent: number, dilation: number): number {
  return (extent - 1) * dilation + 1;
}

/**
 * Number of windows on each spatial axis.
 * @param ceil rounds up where the last window hangs over the end, as long as it starts inside the input or the padding before it
 * @throws QuadlaneError `SHAPE` when the kernel is larger than the padded input
 */
export function windowCounts(spatial: readonly number[], windows: Windows, ceil = false): number[] {
  return spatial.map((extent, axis) => {
    const before = windows.padding[axis];
    const after = windows.padding[axis + spatial.length];
    const reach = dilatedExtent(windows.kernelShape[axis], windows.dilations[axis]);
    const stride = windows.strides[axis];
    const room = extent + before + after - reach;
    let count = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    if (ceil && (count - 1) * stride >= extent + before) count--;
    if (room < 0 && !(ceil && count > 0)) {
      throw new QuadlaneError(
        'SHAPE',
        `a kernel that reaches over ${reach} doesn't fit axis ${axis} of ${extent} padded by ${before} + ${after}`,
      );
    }
    return count;
  });
}

/**
 * Padding that makes the number of windows ceil(extent / stride), as TensorFlow's SAME and ONNX's SAME_UPPER
 * (the odd one after) or SAME_LOWER (the odd one before).
 */
export function samePadding(
  spatial: readonly number[],
  windows: Omit<Windows, 'padding'>,
  odd: 'upper' | 'lower' = 'upper',
): number[] {
  const rank = spatial.length;
  const padding = new Array<number>(2 * rank);
  spatial.forEach((extent, axis) => {
    const stride = windows.strides[axis];
    const reach = dilatedExtent(windows.kernelShape[axis], windows.dilations[axis]);
    const total = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + reach - extent);
    const small = Math.floor(total / 2);
    padding[axis] = odd === 'upper' ? small : total - small;
    padding[axis + rank] = total - padding[axis];
  });
  return padding;
}
