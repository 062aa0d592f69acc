// Normalisations called on tensors.

import type { Tensor } from '../tensor.js';
import { apply } from './apply.js';

/** Normalises `[..., C]` channel by channel: `(x - mean) / sqrt(variance + epsilon) * scale + shift`. */
export function batchNorm(
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  mean: Tensor,
  variance: Tensor,
  options: { epsilon?: number } = {},
): Tensor {
  return apply('batchNorm', [x, scale, shift, mean, variance], { epsilon: options.epsilon ?? 1e-5 });
}

/** Options of normalisations by a tensor's own statistics. */
export interface NormOptions {
  /** Added to the variance. Default: 1e-5. */
  epsilon?: number;
}

/**
 * Normalises the last axis (or all from `axis` on) by its own mean and variance.
 * @param scale broadcasts to the normalised axes, as `shift` does
 */
export function layerNorm(
  x: Tensor,
  scale: Tensor,
  shift?: Tensor,
  { axis = -1, epsilon = 1e-5 }: NormOptions & { axis?: number } = {},
): Tensor {
  return apply('layerNorm', [x, scale, shift], { axis, epsilon });
}

/** Normalises `groups` groups of channels of each image of `[N, ...spatial, C]`; `scale` and `shift` are `[C]`. */
export function groupNorm(
  x: Tensor,
  groups: number,
  scale: Tensor,
  shift: Tensor,
  { epsilon = 1e-5 }: NormOptions = {},
): Tensor {
  return apply('groupNorm', [x, scale, shift], { groups, epsilon });
}

/** Normalises each channel of each image of `[N, ...spatial, C]`; `scale` and `shift` are `[C]`. */
export function instanceNorm(x: Tensor, scale: Tensor, shift: Tensor, { epsilon = 1e-5 }: NormOptions = {}): Tensor {
  return apply('groupNorm', [x, scale, shift], { epsilon });
}

/** Local response normalisation of `[..., C]`: `x / (bias + alpha / size * squares of size channels)^beta`. */
export function localResponseNorm(
  x: Tensor,
  size: number,
  { alpha = 1e-4, beta = 0.75, bias = 1 }: { alpha?: number; beta?: number; bias?: number } = {},
): Tensor {
  return apply('responseNorm', [x], { size, alpha, beta, bias });
}
