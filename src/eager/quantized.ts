// Between floats and 8-bit integers, called on tensors.

import { Tensor } from '../tensor.js';
import { apply, countSpatialAxes, type PerAxis, perAxis } from './apply.js';

export interface QuantizeOptions {
  /** The axis that a scale and a zero of shape `[C]` belong to. Default: -1, channels. */
  axis?: number;
  /** Scale and zero have an entry for every `blockSize` elements of `axis`, and are otherwise of the tensor's shape. */
  blockSize?: number;
}

/** `[C]` as `[C, 1, ...]` where it belongs to `axis` of a tensor of this rank. */
function alongAxis<T extends Tensor | undefined>(x: T, rank: number, axis: number): T {
  if (x?.shape.length !== 1 || x.size === 1) return x;
  const behind = axis < 0 ? -1 - axis : rank - 1 - axis;
  return new Tensor(x.dtype, [x.size, ...new Array<number>(Math.max(0, behind)).fill(1)], x.data) as T;
}

function affine(op: string, x: Tensor, scale: Tensor, zero: Tensor | undefined, options: QuantizeOptions): Tensor {
  const { axis = -1, blockSize = 0 } = options;
  const [factor, origin] = [scale, zero].map((one) => (blockSize ? one : alongAxis(one, x.shape.length, axis)));
  return apply(op, [x, factor, origin], blockSize ? { axis, blockSize } : {});
}

/**
 * `x / scale + zero` as the nearest integers, halves to even, cut to the type's range.
 * @param scale one element, one for each entry of an axis, or anything that broadcasts to `x`
 * @param zero of the scale's shape; its type, int8 or uint8, is the result's. Default: 0, uint8
 */
export function quantize(x: Tensor, scale: Tensor, zero?: Tensor, options: QuantizeOptions = {}): Tensor {
  return affine('quantize', x, scale, zero, options);
}

/** `(x - zero) * scale` of int8, uint8 or int32; see `quantize`. */
export function dequantize(x: Tensor, scale: Tensor, zero?: Tensor, options: QuantizeOptions = {}): Tensor<'float32'> {
  return affine('dequantize', x, scale, zero, options) as Tensor<'float32'>;
}

/** What brings the sums of integer products back to 8 bits, and what counts as 0 in the operands. */
export interface IntegerProductOptions {
  /** Zero of the first operand: one element of its type. */
  zero?: Tensor;
  /** Zero of the second: one element of its type, or one for each column or filter. */
  weightZero?: Tensor;
  /** Factors of the sums: one, or one for each column or filter. Without them the result is the sums, int32. */
  multiplier?: Tensor;
  /** Zero of the result, whose type, int8 or uint8, is the result's. Default: 0, uint8. */
  resultZero?: Tensor;
}

/** Exact matrix product of 8-bit integers `[..., M, K] x [..., K, N]`. */
export function matmulInteger(a: Tensor, b: Tensor, options: IntegerProductOptions = {}): Tensor {
  const { zero, weightZero, multiplier, resultZero } = options;
  return apply('matmulInteger', [a, b, zero, weightZero, undefined, multiplier, resultZero], {});
}

/**
 * Exact convolution of 8-bit integers; operands as `conv` takes them.
 * @param options `bias` is int32; the padding holds `zero`
 */
export function convInteger(
  x: Tensor,
  filters: Tensor,
  options: IntegerProductOptions & {
    bias?: Tensor;
    strides?: PerAxis;
    padding?: readonly number[];
    dilations?: PerAxis;
    groups?: number;
  } = {},
): Tensor {
  const { zero, weightZero, bias, multiplier, resultZero, padding, groups = 1 } = options;
  const rank = countSpatialAxes('convInteger', x);
  return apply('convInteger', [x, filters, zero, weightZero, bias, multiplier, resultZero], {
    strides: perAxis(options.strides, rank),
    dilations: perAxis(options.dilations, rank),
    padding,
    groups,
  });
}
