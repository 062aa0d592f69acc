// Where a convolution's kernels read and write: windows over the haloed input, and results among their neighbours.

import { QuadlaneError } from '../../errors.js';
import { product, type Windows } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import type { Activated } from '../lowering/epilogue.js';
import { extentArguments, mapArguments, type Spatial, spatial, spatialAxes } from '../lowering/views.js';
import type { View } from '../operator.js';
import type { Pointer } from '../pointer.js';

export interface ConvAttributes extends Activated {
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Before each spatial axis, then after each. */
  readonly padding?: readonly number[];
  readonly groups?: number;
  /** 'same-upper' or 'same-lower': padding that keeps ceil(extent / stride) outputs. */
  readonly autoPad?: string;
}

/** A convolution as the ways of computing it take it. */
export interface Convolution {
  readonly attributes: ConvAttributes;
  readonly windows: Windows;
  /** With the zeros around it that the windows read. */
  readonly input: View;
  /** [O, C / groups, ...kernel] */
  readonly filters: TensorType;
  readonly output: View;
}

/** Kernel, strides, dilations and padding before, each as [planes, rows, columns]. */
export function windowAxes(windows: Windows) {
  return {
    kernel: spatialAxes(windows.kernelShape, 1),
    strides: spatialAxes(windows.strides, 1),
    dilations: spatialAxes(windows.dilations, 1),
    before: spatialAxes(windows.padding.slice(0, windows.kernelShape.length), 0),
  };
}

/** Taps of a window whose places are listed: more would take long to plan. */
const MOST_TAPS = 2 ** 20;

/**
 * Byte offsets of a window's taps, from the first one, in row-major order.
 * @throws QuadlaneError `UNSUPPORTED` for too many taps
 */
export function tapOffsets(input: Spatial, kernel: readonly number[], dilations: readonly number[]): number[] {
  if (product(kernel) > MOST_TAPS) {
    throw new QuadlaneError(
      'UNSUPPORTED',
      `filters of ${product(kernel)} taps, more than ${MOST_TAPS}: make them smaller`,
    );
  }
  const offsets: number[] = [];
  for (let plane = 0; plane < kernel[0]; plane++)
    for (let row = 0; row < kernel[1]; row++)
      for (let column = 0; column < kernel[2]; column++)
        offsets.push(
          plane * dilations[0] * input.plane + row * dilations[1] * input.row + column * dilations[2] * input.column,
        );
  return offsets;
}

/** Where the first window starts, and the strides from window to window. */
export function windowArguments(input: View, windows: Windows) {
  const from = spatial(input);
  const { strides, before } = windowAxes(windows);
  const start = before[0] * from.plane + before[1] * from.row + before[2] * from.column;
  return {
    ...mapArguments('input', { ...input, pointer: moved(input.pointer, -start) }),
    inputPlaneStride: from.plane * strides[0],
    inputRowStride: from.row * strides[1],
    inputColumnStride: from.column * strides[2],
  };
}

export function moved(pointer: Pointer, bytes: number): Pointer {
  return pointer === 0 ? 0 : { region: pointer.region, offset: pointer.offset + bytes };
}

/** What is computed, where it is written, and what is added before. */
export function resultArguments(output: View, residual: View | undefined) {
  return { ...extentArguments(output), ...mapArguments('output', output), ...mapArguments('residual', residual) };
}
