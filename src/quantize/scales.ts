// Scales of activations and of weights, float32 as networks hold them.

import type { Tensor } from '../tensor.js';
import type { Range } from './range.js';

/** How integers stand for a tensor: value = (integer - zero) * scale. */
export interface Affine {
  readonly scale: number;
  readonly zero: number;
  readonly dtype: 'int8' | 'uint8';
}

/** Below it products of two scales would leave the normal float32. */
const LEAST_SCALE = 2 ** -40;

/** Integers for a range, unsigned with the zero where it lies, or symmetric around it and signed. */
export function affineOf({ low, high }: Range, symmetric: boolean): Affine {
  const reach = symmetric ? Math.max(-low, high) / 127 : (high - low) / 255;
  // A tensor of zeros has any scale.
  const scale = reach === 0 ? 1 : Math.max(Math.fround(reach), LEAST_SCALE);
  if (symmetric) return { scale, zero: 0, dtype: 'int8' };
  return { scale, zero: Math.max(0, Math.min(255, Math.round(-low / scale))), dtype: 'uint8' };
}

/** Elements of weights by the filter or column that they belong to. */
export function filterOf({ shape }: Pick<Tensor, 'shape'>, axis: number): (index: number) => number {
  const inner = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  const count = shape[axis];
  return (index) => Math.floor(index / inner) % count;
}

/** Largest part of the integers' range that a bias takes, so that there is room for the sums. */
const BIAS_BOUND = 2 ** 30;

/**
 * Scales of weights, one for each filter or one for all, such that -127 to 127 cover them and that the bias fits 32-bit
 * integers at the scale of the sums.
 * @param inputScale scale of what the weights are multiplied with
 */
export function weightScales(
  weights: Tensor,
  axis: number,
  perChannel: boolean,
  bias: Tensor | undefined,
  inputScale: number,
): Float32Array {
  const filter = filterOf(weights, axis);
  const most = new Float64Array(weights.shape[axis]);
  (weights.data as Float32Array).forEach((value, index) => {
    most[filter(index)] = Math.max(most[filter(index)], Math.abs(value));
  });
  const scales = most.map((size, index) => {
    const least = Math.abs(Number(bias?.data[index] ?? 0)) / inputScale / BIAS_BOUND;
    const scale = Math.max(size / 127, least);
    return scale === 0 ? 1 : Math.max(scale, LEAST_SCALE);
  });
  return Float32Array.from(perChannel ? scales : [scales.reduce((a, b) => Math.max(a, b), 0)]);
}

/** The integer nearest to `value / scale`, halves to even, as kernels round it. */
export function nearest(value: number, scale: number): number {
  const quotient = Math.fround(value / scale);
  const floor = Math.floor(quotient);
  return quotient - floor === 0.5 ? floor + (Math.abs(floor) % 2) : Math.round(quotient);
}
