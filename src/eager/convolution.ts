// Convolutions called on tensors.

import { QuadlaneError } from '../errors.js';
import { conv as convOperator } from '../ops/convolution/conv.js';
import { convTranspose as convTransposeOperator } from '../ops/convolution/convTranspose.js';
import { type ActivationOptions, activationOf, activationOptions } from '../ops/elementwise/activationOptions.js';
import { checkOptions } from '../options.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import {
  outputPaddingOf,
  type Padding,
  type PerAxis,
  positive,
  type WindowOptions,
  windowAttributes,
  windowOptions,
} from '../windowOptions.js';
import { apply, countSpatialAxes } from './apply.js';

export interface ConvOptions extends ActivationOptions, WindowOptions {
  /** Channels are cut into so many groups, each filtered by itself. Default: 1. */
  groups?: number;
  /** Added to the result before the activation; of the result's shape. */
  residual?: Tensor;
}

const convOptions = [...windowOptions, 'groups', 'residual', ...activationOptions] as const;

/**
 * Convolution (cross-correlation, as in all deep-learning libraries) over 1 to 3 spatial axes.
 * @param x `[N, ...spatial, C]`
 * @param filters `[F, C / groups, ...kernel]`, as PyTorch and ONNX store them
 * @param bias `[F]`
 * @returns `[N, ...windows, F]`
 * @throws QuadlaneError `SHAPE` when they don't go together, `ARGUMENT` for options that can't be
 */
export function conv(x: Tensor, filters: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor<'float32'> {
  return convolve('conv', x, filters, bias, options);
}

/** `conv` of `[N, W, C]`. */
export function conv1d(x: Tensor, filters: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor<'float32'> {
  requireRank('conv1d', x, ['N', 'W', 'C']);
  return convolve('conv1d', x, filters, bias, options);
}

/** `conv` of `[N, H, W, C]`. */
export function conv2d(x: Tensor, filters: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor<'float32'> {
  requireRank('conv2d', x, ['N', 'H', 'W', 'C']);
  return convolve('conv2d', x, filters, bias, options);
}

/** `conv` of `[N, D, H, W, C]`. */
export function conv3d(x: Tensor, filters: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor<'float32'> {
  requireRank('conv3d', x, ['N', 'D', 'H', 'W', 'C']);
  return convolve('conv3d', x, filters, bias, options);
}

/** Each channel filtered by itself. */
export type DepthwiseConvOptions = Omit<ConvOptions, 'groups'>;

/**
 * `conv2d` that filters each channel by itself.
 * @param x `[N, H, W, C]`
 * @param filters `[C, 1, ...kernel]`
 */
export function depthwiseConv2d(
  x: Tensor,
  filters: Tensor,
  bias?: Tensor,
  options: DepthwiseConvOptions = {},
): Tensor<'float32'> {
  requireRank('depthwiseConv2d', x, ['N', 'H', 'W', 'C']);
  checkOptions('depthwiseConv2d', options, [...windowOptions, 'residual', ...activationOptions]);
  return convolve('depthwiseConv2d', x, filters, bias, { ...options, groups: x.shape[3] });
}

function convolve(
  call: string,
  x: Tensor,
  filters: Tensor,
  bias: Tensor | undefined,
  options: ConvOptions,
): Tensor<'float32'> {
  const axes = countSpatialAxes(call, x);
  const { groups = 1, residual } = checkOptions(call, options, convOptions);
  const attributes = {
    ...windowAttributes(options, axes),
    groups: positive('groups', groups),
    ...activationOf(options),
  };
  return apply(convOperator, [x, filters, bias, residual], attributes) as Tensor<'float32'>;
}

export interface ConvTransposeOptions extends ActivationOptions, WindowOptions {
  /** Taken from the sides of the full result; `'same'` gives extents times strides. Default: `'valid'`, nothing. */
  padding?: Padding;
  /** Added behind each axis of the result. Default: 0. */
  outputPadding?: PerAxis;
  /** Default: 1. */
  groups?: number;
}

/**
 * Transposed convolution: each input pixel adds its multiple of the filters to the result.
 * @param x `[N, ...spatial, C]`
 * @param filters `[C, F / groups, ...kernel]`, as PyTorch and ONNX store them
 * @param bias `[F]`
 * @returns `[N, ...(extent - 1) * stride - padding + reach of the kernel + outputPadding, F]`
 * @throws QuadlaneError `SHAPE` when they don't go together, `ARGUMENT` for options that can't be
 */
export function convTranspose(
  x: Tensor,
  filters: Tensor,
  bias?: Tensor,
  options: ConvTransposeOptions = {},
): Tensor<'float32'> {
  const axes = countSpatialAxes('convTranspose', x);
  const known = [...windowOptions, 'outputPadding', 'groups', ...activationOptions] as const;
  const { groups = 1, outputPadding = 0 } = checkOptions('convTranspose', options, known);
  return apply(convTransposeOperator, [x, filters, bias], {
    ...windowAttributes(options, axes),
    outputPadding: outputPaddingOf(outputPadding, axes),
    groups: positive('groups', groups),
    ...activationOf(options),
  }) as Tensor<'float32'>;
}

/** @throws QuadlaneError `SHAPE` unless `x` has these axes */
function requireRank(call: string, x: Tensor, axes: readonly string[]): void {
  countSpatialAxes(call, x);
  if (x.shape.length === axes.length) return;
  throw new QuadlaneError('SHAPE', `${call} takes ${formatShape(axes)}, not ${formatShape(x.shape)}`, {
    operator: call,
    shapes: [x.shape],
  });
}
