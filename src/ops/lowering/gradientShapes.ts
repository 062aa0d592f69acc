// The adjoint of broadcasting: what was repeated is summed.

import { sameShape } from '../../shape.js';
import type { Composition } from '../operator.js';

/** `gradient`, of a shape that `shape` broadcasts to, summed over the axes in which it was repeated. */
export function sumTo(build: Composition, gradient: string, shape: readonly number[]): string {
  const from = build.type(gradient).shape;
  if (sameShape(from, shape)) return gradient;
  const lead = from.length - shape.length;
  const axes = [...from.keys()].filter((axis) => axis < lead || (shape[axis - lead] === 1 && from[axis] !== 1));
  const sum = build.apply('reduce', [gradient], { reduction: 'sum', axes, keepDims: true });
  return reshaped(build, sum, shape);
}

/** [N, ...spatial, C] to [C]: the gradient of a bias. */
export function sumOverPixels(build: Composition, gradient: string): string {
  const axes = [...build.type(gradient).shape.keys()].slice(0, -1);
  return build.apply('reduce', [gradient], { reduction: 'sum', axes, keepDims: false });
}

/** `value` with the same elements in `shape`. */
export function reshaped(build: Composition, value: string, shape: readonly number[]): string {
  return sameShape(build.type(value).shape, shape)
    ? value
    : build.apply('reshape', [value], { shape, allowZero: true });
}

/** `value` repeated to `shape`, which it broadcasts to. */
export function expanded(build: Composition, value: string, shape: readonly number[]): string {
  return sameShape(build.type(value).shape, shape) ? value : build.apply('expand', [value], { shape });
}

/** Zeros. */
export function zeros(build: Composition, shape: readonly number[]): string {
  return build.apply('constantOfShape', [], { shape, value: 0, dtype: 'float32' });
}

/** 1 where a comparison of two values holds, 0 elsewhere. */
export function indicator(build: Composition, operation: string, left: string, right: string): string {
  return build.apply('cast', [build.apply('compare', [left, right], { operation })], { to: 'float32' });
}
