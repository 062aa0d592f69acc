// Normalisations called on tensors.

import { compare } from '../ops/elementwise/compare.js';
import { expand } from '../ops/layout/expand.js';
import { batchNorm as batchNormOperator } from '../ops/normalization/batchNorm.js';
import { groupNorm as groupNormOperator } from '../ops/normalization/groupNorm.js';
import { hardmax as hardmaxOperator } from '../ops/normalization/hardmax.js';
import { layerNorm as layerNormOperator } from '../ops/normalization/layerNorm.js';
import { responseNorm } from '../ops/normalization/responseNorm.js';
import { softmax as softmaxOperator } from '../ops/normalization/softmax.js';
import { argMax } from '../ops/reduction/arg.js';
import { reduce } from '../ops/reduction/reduce.js';
import { checkOptions, numberIn } from '../options.js';
import type { Tensor } from '../tensor.js';
import { apply } from './apply.js';

/** Options of normalisations by mean and variance. */
export interface NormOptions {
  /** Added to the variance. Default: 1e-5. */
  epsilon?: number;
}

function epsilonOf({ epsilon = 1e-5 }: NormOptions): number {
  return numberIn('epsilon', epsilon, {});
}

/** Normalises `[..., C]` channel by channel: `(x - mean) / sqrt(variance + epsilon) * scale + shift`. */
export function batchNorm(
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  mean: Tensor,
  variance: Tensor,
  options: NormOptions = {},
): Tensor<'float32'> {
  const epsilon = epsilonOf(checkOptions('batchNorm', options, ['epsilon']));
  return apply(batchNormOperator, [x, scale, shift, mean, variance], { epsilon }) as Tensor<'float32'>;
}

export interface LayerNormOptions extends NormOptions {
  /** The first of the normalised axes. Default: -1. */
  axis?: number;
}

/**
 * Normalises the last axis (or all from `axis` on) by its own mean and variance.
 * @param scale broadcasts to the normalised axes, as `shift` does
 */
export function layerNorm(x: Tensor, scale: Tensor, shift?: Tensor, options: LayerNormOptions = {}): Tensor<'float32'> {
  const { axis = -1 } = checkOptions('layerNorm', options, ['axis', 'epsilon']);
  return apply(layerNormOperator, [x, scale, shift], { axis, epsilon: epsilonOf(options) }) as Tensor<'float32'>;
}

export interface GroupNormOptions extends NormOptions {
  /** Groups of channels that are normalised together. Default: 1. */
  groups?: number;
}

/** Normalises groups of channels of each image of `[N, ...spatial, C]`; `scale` and `shift` are `[C]`. */
export function groupNorm(x: Tensor, scale: Tensor, shift: Tensor, options: GroupNormOptions = {}): Tensor<'float32'> {
  const { groups = 1 } = checkOptions('groupNorm', options, ['groups', 'epsilon']);
  return apply(
    groupNormOperator,
    [x, scale, shift],
    { groups, epsilon: epsilonOf(options) },
    { reduce, expand },
  ) as Tensor<'float32'>;
}

/** Normalises each channel of each image of `[N, ...spatial, C]`; `scale` and `shift` are `[C]`. */
export function instanceNorm(x: Tensor, scale: Tensor, shift: Tensor, options: NormOptions = {}): Tensor<'float32'> {
  const epsilon = epsilonOf(checkOptions('instanceNorm', options, ['epsilon']));
  return apply(groupNormOperator, [x, scale, shift], { epsilon }, { reduce, expand }) as Tensor<'float32'>;
}

export interface ResponseNormOptions {
  /** Channels of a window. Default: 5. */
  size?: number;
  /** Default: 1e-4. */
  alpha?: number;
  /** Default: 0.75. */
  beta?: number;
  /** Default: 1. */
  bias?: number;
}

/** Local response normalisation of `[..., C]`: `x / (bias + alpha / size * squares of size channels)^beta`. */
export function localResponseNorm(x: Tensor, options: ResponseNormOptions = {}): Tensor<'float32'> {
  const known = ['size', 'alpha', 'beta', 'bias'] as const;
  const { size = 5, alpha = 1e-4, beta = 0.75, bias = 1 } = checkOptions('localResponseNorm', options, known);
  for (const [name, value] of Object.entries({ alpha, beta, bias })) numberIn(name, value, {});
  return apply(responseNorm, [x], { size, alpha, beta, bias }) as Tensor<'float32'>;
}

export interface SoftmaxOptions {
  /** Default: -1. */
  axis?: number;
}

/** Softmax along an axis. */
export function softmax(x: Tensor, options: SoftmaxOptions = {}): Tensor<'float32'> {
  const { axis = -1 } = checkOptions('softmax', options, ['axis']);
  return apply(softmaxOperator, [x], { axis }) as Tensor<'float32'>;
}

/** Logarithm of the softmax along an axis. */
export function logSoftmax(x: Tensor, options: SoftmaxOptions = {}): Tensor<'float32'> {
  const { axis = -1 } = checkOptions('logSoftmax', options, ['axis']);
  return apply(softmaxOperator, [x], { axis, log: true }) as Tensor<'float32'>;
}

/** 1 where the greatest element along an axis is first found, 0 elsewhere. */
export function hardmax(x: Tensor, options: SoftmaxOptions = {}): Tensor<'float32'> {
  const { axis = -1 } = checkOptions('hardmax', options, ['axis']);
  return apply(hardmaxOperator, [x], { axis }, { argMax, compare }) as Tensor<'float32'>;
}
