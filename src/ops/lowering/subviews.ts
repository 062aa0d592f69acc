// Views of parts of views, and of the same elements in another order or more than once: what movements copy between.

import { permuteShape } from '../../shape.js';
import type { Halo, View } from '../operator.js';
import { broadcastStrides } from './strided.js';

function reshaped(
  view: View,
  shape: readonly number[],
  strides: readonly number[],
  bytes = 0,
  halo: Halo = new Array<number>(2 * Math.max(0, shape.length - 2)).fill(0),
): View {
  const { pointer } = view;
  return {
    dtype: view.dtype,
    shape,
    strides,
    pointer: pointer === 0 ? 0 : { region: pointer.region, offset: pointer.offset + bytes },
    halo,
  };
}

/**
 * `extent` elements of `axis`: the one at `start`, and each `step` further on; 0 repeats it, negative ones walk back.
 * What lies around some channels of a map lies around all of them.
 */
export function narrow(view: View, axis: number, start: number, extent: number, step = 1): View {
  return reshaped(
    view,
    view.shape.with(axis, extent),
    view.strides.with(axis, view.strides[axis] * step),
    start * view.strides[axis],
    axis === view.shape.length - 1 ? view.halo : undefined,
  );
}

/** The axes of `view` in the order of `permutation`. */
export function permuteView(view: View, permutation: readonly number[]): View {
  return reshaped(view, permuteShape(view.shape, permutation), permuteShape(view.strides, permutation));
}

/** `view` stretched to `shape`, which it broadcasts to. */
export function stretch(view: View, shape: readonly number[]): View {
  return reshaped(view, shape, broadcastStrides(view, shape));
}

/** `view` with a new `axis` in which it is repeated `extent` times. */
export function repeat(view: View, axis: number, extent: number): View {
  return reshaped(view, view.shape.toSpliced(axis, 0, extent), view.strides.toSpliced(axis, 0, 0));
}

/** `view` with `axis` cut into `parts` equal parts: two axes, the parts and the elements of each. */
export function cut(view: View, axis: number, parts: number): View {
  const extent = parts === 0 ? 0 : view.shape[axis] / parts;
  const stride = view.strides[axis];
  return reshaped(
    view,
    view.shape.toSpliced(axis, 1, parts, extent),
    view.strides.toSpliced(axis, 1, extent * stride, stride),
  );
}

/** Whether two views of one shape are of the same elements. */
export function samePlace(a: View, b: View): boolean {
  if (a.pointer === 0 || b.pointer === 0) return a.pointer === b.pointer;
  return (
    a.pointer.region === b.pointer.region &&
    a.pointer.offset === b.pointer.offset &&
    a.strides.every((stride, axis) => a.shape[axis] === 1 || stride === b.strides[axis])
  );
}
