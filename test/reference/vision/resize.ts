// Resizing as ONNX defines it, one element of the result at a time: linear and cubic filters, or the nearest element,
// over every axis.

import { type Elements, elementAt, fromIndices } from '../elements.js';

export interface ResizeOptions {
  mode: 'nearest' | 'linear' | 'cubic';
  /** Where in the input place `x` of an axis is. */
  place(x: number, axis: number): number;
  /** For `nearest`. */
  round?(x: number): number;
  cubicCoefficient?: number;
  excludeOutside?: boolean;
  /** Factor below 1 by which an axis shrinks: widens the filter. */
  shrink?(axis: number): number;
}

/** Weight of an element at distance `d`. */
function weightAt(d: number, { mode, cubicCoefficient: a = -0.75 }: ResizeOptions): number {
  const x = Math.abs(d);
  if (mode === 'linear') return Math.max(0, 1 - x);
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}

/** `x` resized to `shape`. */
export function resize(x: Elements, shape: readonly number[], options: ResizeOptions): Elements {
  const clamp = (index: number, axis: number) => Math.min(x.shape[axis] - 1, Math.max(0, index));
  const sum = (index: readonly number[], taken: readonly number[]): number => {
    const axis = taken.length;
    if (axis === shape.length) return elementAt(x, taken);
    const at = options.place(index[axis], axis);
    if (options.mode === 'nearest') return sum(index, [...taken, clamp(options.round!(at), axis)]);
    const shrink = options.shrink?.(axis) ?? 1;
    let [total, weights] = [0, 0];
    const reach = Math.ceil(2 / shrink) + 1;
    for (let i = Math.floor(at) - reach; i <= Math.floor(at) + reach; i++) {
      const inside = i === clamp(i, axis);
      const weight = options.excludeOutside && !inside ? 0 : weightAt((i - at) * shrink, options);
      if (weight === 0) continue;
      weights += weight;
      total += weight * sum(index, [...taken, clamp(i, axis)]);
    }
    return total / weights;
  };
  return fromIndices(shape, (index) => sum(index, []));
}
