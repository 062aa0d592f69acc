// Activations called on tensors.

import { type ActivationOptions, activationOf, activationOptions } from '../ops/elementwise/activationOptions.js';
import { checkOptions, numberIn } from '../options.js';
import type { Tensor } from '../tensor.js';
import { apply } from './apply.js';

/** Any activation by name. */
export function activation(x: Tensor, options: ActivationOptions): Tensor<'float32'> {
  checkOptions('activation', options, activationOptions);
  return activate(x, options);
}

function activate(x: Tensor, options: ActivationOptions): Tensor<'float32'> {
  return apply('activation', [x], activationOf(options)) as Tensor<'float32'>;
}

const named =
  (activation: NonNullable<ActivationOptions['activation']>) =>
  (x: Tensor): Tensor<'float32'> =>
    activate(x, { activation });

/** `max(0, x)`. */
export const relu = named('relu');
/** `min(6, max(0, x))`. */
export const relu6 = named('relu6');
/** `1 / (1 + e^-x)`. */
export const sigmoid = named('sigmoid');
/** Hyperbolic tangent. */
export const tanh = named('tanh');

export interface ClipOptions {
  /** Default: none. */
  min?: number;
  /** Default: none. */
  max?: number;
}

/** `min(options.max, max(options.min, x))`. */
export function clip(x: Tensor, options: ClipOptions = {}): Tensor<'float32'> {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = checkOptions('clip', options, [
    'min',
    'max',
  ]);
  const any = { infinite: true };
  return activate(x, { activation: 'clip', alpha: numberIn('min', min, any), beta: numberIn('max', max, any) });
}

export interface AlphaOptions {
  alpha?: number;
}

/** `x` where positive, `alpha * x` elsewhere. Default: 0.01. */
export function leakyRelu(x: Tensor, options: AlphaOptions = {}): Tensor<'float32'> {
  return withAlpha('leakyRelu', x, options);
}

/** `x` where positive, `alpha * (e^x - 1)` elsewhere. Default: 1. */
export function elu(x: Tensor, options: AlphaOptions = {}): Tensor<'float32'> {
  return withAlpha('elu', x, options);
}

function withAlpha(activation: 'leakyRelu' | 'elu', x: Tensor, options: AlphaOptions): Tensor<'float32'> {
  const { alpha } = checkOptions(activation, options, ['alpha']);
  return activate(x, {
    activation,
    ...(alpha !== undefined && { alpha: numberIn('alpha', alpha, { infinite: true }) }),
  });
}
