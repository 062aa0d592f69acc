// Between floats and 8-bit integers, called on tensors.

import type { Operator } from '../ops/operator.js';
import { convInteger as convIntegerOperator } from '../ops/quantized/convInteger.js';
import { matmulInteger as matmulIntegerOperator } from '../ops/quantized/matmulInteger.js';
import { dequantize as dequantizeOperator, quantize as quantizeOperator } from '../ops/quantized/quantize.js';
import {
  lookUp as lookUpOperator,
  quantizedBinary as quantizedBinaryOperator,
} from '../ops/quantized/quantizedElements.js';
import { checkOptions, numberIn } from '../options.js';
import { Tensor } from '../tensor.js';
import { positive, type WindowOptions, windowAttributes, windowOptions } from '../windowOptions.js';
import { apply, countSpatialAxes } from './apply.js';

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

function affine(
  operator: Operator,
  x: Tensor,
  scale: Tensor,
  zero: Tensor | undefined,
  options: QuantizeOptions,
): Tensor {
  const { axis = -1, blockSize = 0 } = checkOptions(operator.name, options, ['axis', 'blockSize']);
  numberIn('axis', axis, { whole: true });
  numberIn('blockSize', blockSize, { from: 0, whole: true });
  const [factor, origin] = [scale, zero].map((one) => (blockSize ? one : alongAxis(one, x.shape.length, axis)));
  return apply(operator, [x, factor, origin], blockSize ? { axis, blockSize } : {});
}

/**
 * `x / scale + zero` as the nearest integers, halves to even, cut to the type's range.
 * @param scale one element, one for each entry of an axis, or anything that broadcasts to `x`
 * @param zero of the scale's shape; its type, int8 or uint8, is the result's. Default: 0, uint8
 */
export function quantize(x: Tensor, scale: Tensor, zero?: Tensor, options: QuantizeOptions = {}): Tensor {
  return affine(quantizeOperator, x, scale, zero, options);
}

/** `(x - zero) * scale` of int8, uint8 or int32; see `quantize`. */
export function dequantize(x: Tensor, scale: Tensor, zero?: Tensor, options: QuantizeOptions = {}): Tensor<'float32'> {
  return affine(dequantizeOperator, x, scale, zero, options) as Tensor<'float32'>;
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

const productOptions = ['zero', 'weightZero', 'multiplier', 'resultZero'] as const;

/** Exact matrix product of 8-bit integers `[..., M, K] x [..., K, N]`. */
export function matmulInteger(a: Tensor, b: Tensor, options: IntegerProductOptions = {}): Tensor {
  const { zero, weightZero, multiplier, resultZero } = checkOptions('matmulInteger', options, productOptions);
  return apply(matmulIntegerOperator, [a, b, zero, weightZero, undefined, multiplier, resultZero], {});
}

/** What `convInteger` takes besides its operands; the padding holds `zero`. */
export interface ConvIntegerOptions extends IntegerProductOptions, WindowOptions {
  /** Added to the sums: int32 `[F]`. */
  bias?: Tensor;
  /** Channels are cut into so many groups, each filtered by itself. Default: 1. */
  groups?: number;
}

/** Exact convolution of 8-bit integers; operands as `conv` takes them. */
export function convInteger(x: Tensor, filters: Tensor, options: ConvIntegerOptions = {}): Tensor {
  const axes = countSpatialAxes('convInteger', x);
  const known = [...productOptions, ...windowOptions, 'bias', 'groups'] as const;
  const { zero, weightZero, bias, multiplier, resultZero, groups = 1 } = checkOptions('convInteger', options, known);
  return apply(convIntegerOperator, [x, filters, zero, weightZero, bias, multiplier, resultZero], {
    ...windowAttributes(options, axes),
    groups: positive('groups', groups),
  });
}

/** Any function of int8 or uint8: `table`, `[256]`, has what each byte of `x`, taken as unsigned, becomes. */
export function lookUp(x: Tensor, table: Tensor): Tensor {
  return apply(lookUpOperator, [x, table], {});
}

/** 8-bit integers that stand for floats, `(data - zero) * scale`. */
export interface Quantized {
  data: Tensor;
  /** float32, one element. */
  scale: Tensor;
  /** One element of the type of `data`. Default: 0. */
  zero?: Tensor;
}

/**
 * The sum, difference or product of two tensors of 8-bit integers as 8-bit integers: what `quantize` makes of that of what
 * `dequantize` makes of them.
 * @param zero one element; its type, int8 or uint8, is the result's
 */
export function quantizedBinary(
  operation: 'add' | 'sub' | 'mul',
  left: Quantized,
  right: Quantized,
  scale: Tensor,
  zero: Tensor,
): Tensor {
  const inputs = [left, right].flatMap((one) => [one.data, one.scale, one.zero]);
  return apply(quantizedBinaryOperator, [...inputs, scale, zero], { operation });
}
