// quadlane/ops: operators called on tensors, one at a time. Channels last: [images, ...spatial axes, channels].

import { ready } from '../model/load.js';
import { type ActivationOptions, activationOf } from '../ops/elementwise/activationOptions.js';
import type { Attributes } from '../ops/operator.js';
import type { Tensor } from '../tensor.js';
import { apply, applyAll, countSpatialAxes, type PerAxis, perAxis } from './apply.js';

export * from './arithmetic.js';
export * from './choosing.js';
export * from './movement.js';
export * from './normalization.js';
export * from './quantized.js';
export * from './sampling.js';
export { type ActivationOptions, type PerAxis, ready };

/** The same on all sides, `[before..., after...]` of the spatial axes, or what keeps ceil(extent / stride) outputs. */
export type Padding = number | 'valid' | 'same' | readonly number[];

export interface ConvOptions extends ActivationOptions {
  strides?: PerAxis;
  padding?: Padding;
  dilations?: PerAxis;
  groups?: number;
  /** Added to the result before the activation; of the result's shape. */
  residual?: Tensor;
}

export interface PoolOptions {
  /** Default: the kernel's shape. */
  strides?: PerAxis;
  padding?: Padding;
  dilations?: PerAxis;
  /** Rounds the number of windows up. */
  ceil?: boolean;
}

function paddingOf(padding: Padding | undefined, rank: number): Attributes {
  if (padding === 'same') return { autoPad: 'same-upper' };
  if (padding === 'valid' || padding === undefined) return {};
  return { padding: typeof padding === 'number' ? new Array<number>(2 * rank).fill(padding) : padding };
}

/**
 * Convolution (cross-correlation, as in all deep-learning libraries) over 1 to 3 spatial axes.
 * @param x `[N, ...spatial, C]`
 * @param filters `[F, C / groups, ...kernel]`, as PyTorch and ONNX store them
 * @param bias `[F]`
 * @returns `[N, ...windows, F]`
 * @throws QuadlaneError `SHAPE` when they don't go together
 */
export function conv(x: Tensor, filters: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor {
  const rank = countSpatialAxes('conv', x);
  return apply('conv', [x, filters, bias, options.residual], {
    strides: perAxis(options.strides, rank),
    dilations: perAxis(options.dilations, rank),
    groups: options.groups ?? 1,
    ...paddingOf(options.padding, rank),
    ...activationOf(options),
  });
}

/** `conv` of `[N, H, W, C]`. */
export const conv2d = conv;
/** `conv` of `[N, W, C]`. */
export const conv1d = conv;

/**
 * `conv2d` that filters each channel by itself.
 * @param filters `[C, 1, ...kernel]`
 */
export function depthwiseConv2d(x: Tensor, filters: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor {
  countSpatialAxes('depthwiseConv2d', x);
  return conv(x, filters, bias, { ...options, groups: x.shape.at(-1) ?? 1 });
}

export interface ConvTransposeOptions extends ActivationOptions {
  strides?: PerAxis;
  /** Taken from the sides of the full result. */
  padding?: number | readonly number[];
  /** Added behind each axis of the result. */
  outputPadding?: PerAxis;
  dilations?: PerAxis;
  groups?: number;
}

/**
 * Transposed convolution: each input pixel adds its multiple of the filters to the result.
 * @param x `[N, ...spatial, C]`
 * @param filters `[C, F / groups, ...kernel]`, as PyTorch and ONNX store them
 * @param bias `[F]`
 * @returns `[N, ...(extent - 1) * stride - padding + reach of the kernel + outputPadding, F]`
 * @throws QuadlaneError `SHAPE` when they don't go together
 */
export function convTranspose(x: Tensor, filters: Tensor, bias?: Tensor, options: ConvTransposeOptions = {}): Tensor {
  const rank = countSpatialAxes('convTranspose', x);
  return apply('convTranspose', [x, filters, bias], {
    strides: perAxis(options.strides, rank),
    dilations: perAxis(options.dilations, rank),
    outputPadding: perAxis(options.outputPadding, rank),
    groups: options.groups ?? 1,
    ...paddingOf(options.padding, rank),
    ...activationOf(options),
  });
}

function poolOf(kernelShape: PerAxis, x: Tensor, options: PoolOptions): Attributes {
  const rank = countSpatialAxes('pool', x);
  const kernel = perAxis(kernelShape, rank)!;
  return {
    kernelShape: kernel,
    strides: perAxis(options.strides, rank) ?? kernel,
    dilations: perAxis(options.dilations, rank),
    ceil: options.ceil ?? false,
    ...paddingOf(options.padding, rank),
  };
}

/** Greatest value of each window and channel of `[N, ...spatial, C]`. */
export function maxPool(x: Tensor, kernelShape: PerAxis, options: PoolOptions = {}): Tensor {
  return apply('maxPool', [x], poolOf(kernelShape, x, options));
}

/**
 * `maxPool`, and where each greatest value is (int64): counted through the tensor as ONNX lays it out, channels first.
 */
export function maxPoolWithIndices(
  x: Tensor,
  kernelShape: PerAxis,
  options: PoolOptions = {},
): { values: Tensor; indices: Tensor<'int64'> } {
  const [values, indices] = applyAll('maxPool', [x], poolOf(kernelShape, x, options), 2);
  return { values, indices: indices as Tensor<'int64'> };
}

/** Mean of each window and channel of `[N, ...spatial, C]`; `includePadding` counts cells of the padding as zeros. */
export function averagePool(
  x: Tensor,
  kernelShape: PerAxis,
  options: PoolOptions & { includePadding?: boolean } = {},
): Tensor {
  return apply('averagePool', [x], {
    ...poolOf(kernelShape, x, options),
    includePadding: options.includePadding ?? false,
  });
}

/** Mean of each channel of `[N, ...spatial, C]`: `[N, 1, ..., C]`. */
export function globalAveragePool(x: Tensor): Tensor {
  return apply('globalAveragePool', [x], {});
}

/** Greatest value of each channel of `[N, ...spatial, C]`: `[N, 1, ..., C]`. */
export function globalMaxPool(x: Tensor): Tensor {
  return apply('globalMaxPool', [x], {});
}

/** Norm with exponent `p` (default: 2) of each window and channel of `[N, ...spatial, C]`. */
export function lpPool(x: Tensor, kernelShape: PerAxis, options: PoolOptions & { p?: number } = {}): Tensor {
  return apply('lpPool', [x], { ...poolOf(kernelShape, x, options), p: options.p ?? 2 });
}

export interface MatmulOptions extends ActivationOptions {
  /** `a` is `[..., K, M]`. */
  transposeA?: boolean;
  /** `b` is `[..., N, K]`. */
  transposeB?: boolean;
}

/** Matrix product `[..., M, K] x [..., K, N]`; batch axes broadcast. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  return apply('matmul', [a, b], { transposeA, transposeB, ...activationOf(options) });
}

/**
 * Fully connected layer.
 * @param x `[N, C]`
 * @param weights `[units, C]`, as PyTorch stores them
 * @param bias `[units]`
 * @returns `[N, units]`
 */
export function dense(x: Tensor, weights: Tensor, bias?: Tensor, options: ActivationOptions = {}): Tensor {
  return apply('matmul', [x, weights, bias], { transposeB: true, ...activationOf(options) });
}

/** Softmax along `axis` (default: the last one). */
export function softmax(x: Tensor, axis = -1): Tensor {
  return apply('softmax', [x], { axis });
}

/** Logarithm of the softmax along `axis` (default: the last one). */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return apply('softmax', [x], { axis, log: true });
}

/** Any activation by name. */
export function activation(x: Tensor, options: ActivationOptions): Tensor {
  return apply('activation', [x], activationOf(options));
}

/** `max(0, x)`. */
export function relu(x: Tensor): Tensor {
  return activation(x, { activation: 'relu' });
}

/** `min(6, max(0, x))`. */
export function relu6(x: Tensor): Tensor {
  return activation(x, { activation: 'relu6' });
}

/** `min(high, max(low, x))`. */
export function clip(x: Tensor, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY): Tensor {
  return activation(x, { activation: 'clip', alpha: low, beta: high });
}

/** `x` where positive, `alpha * x` elsewhere. */
export function leakyRelu(x: Tensor, alpha = 0.01): Tensor {
  return activation(x, { activation: 'leakyRelu', alpha });
}

/** `x` where positive, `alpha * (e^x - 1)` elsewhere. */
export function elu(x: Tensor, alpha = 1): Tensor {
  return activation(x, { activation: 'elu', alpha });
}

/** `1 / (1 + e^-x)`. */
export function sigmoid(x: Tensor): Tensor {
  return activation(x, { activation: 'sigmoid' });
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return activation(x, { activation: 'tanh' });
}
