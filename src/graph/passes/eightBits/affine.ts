// What 8-bit integers stand for, (integer - zero) * scale, and integers for floats as kernels compute them.

import { type DType, Tensor } from '../../../tensor.js';
import type { GraphBuilder } from '../../builder.js';
import type { Node } from '../../graph.js';

/** Names of constants, the zero's may be empty, and what they hold. */
export interface Affine {
  readonly scale: string;
  readonly zero: string;
  readonly dtype: DType;
  /** Of one element. */
  readonly factor: number;
  readonly origin: number;
}

export interface Quantized extends Affine {
  /** The integers. */
  readonly value: string;
}

/** The scale and the zero, both constants of one element, of a node that quantizes or dequantizes. */
export function affineOf(
  builder: GraphBuilder,
  { inputs, attributes }: Node,
  dtype: DType | undefined,
): Affine | undefined {
  const [scale, zero = ''] = inputs.slice(1).map((name) => builder.resolve(name));
  const [factor, origin] = [scale, zero].map((name) => builder.constants.get(name));
  const isKnown = factor?.size === 1 && (zero === '' || origin?.size === 1) && !attributes.blockSize;
  if (!isKnown || (dtype !== 'int8' && dtype !== 'uint8')) return undefined;
  const [value, whole] = [Number(factor.data[0]), Number(origin?.data[0] ?? 0)];
  return value > 0 && Number.isFinite(value) ? { scale, zero, dtype, factor: value, origin: whole } : undefined;
}

/** The 8-bit integers that `name` is the floats of. */
export function integersOf(builder: GraphBuilder, name: string): Quantized | undefined {
  const node = builder.producer(builder.resolve(name));
  if (node?.op !== 'dequantize') return undefined;
  const affine = affineOf(builder, node, builder.typeOf(node.inputs[0]).dtype);
  return affine && { ...affine, value: node.inputs[0] };
}

export function isSame(a: Affine, b: Affine): boolean {
  return a.factor === b.factor && a.origin === b.origin && a.dtype === b.dtype;
}

/** The integer that stands for `value`, as kernels compute it. */
export function wholeOf(value: number, { factor, origin, dtype }: Affine): number {
  const low = dtype === 'int8' ? -128 : 0;
  const scaled = Math.fround(Math.fround(value) / factor);
  const floor = Math.floor(scaled);
  const whole = scaled - floor === 0.5 ? floor + (Math.abs(floor) % 2) : Math.round(scaled);
  return Number.isNaN(whole) ? Math.max(low, 0) : Math.max(low, Math.min(low + 255, whole + origin));
}

/** The float that an integer stands for. */
export function floatOf(whole: number, { factor, origin }: Affine): number {
  return Math.fround((whole - origin) * factor);
}

/** All integers of a type, in the order of their bytes taken as unsigned. */
export function everyInteger(dtype: DType): number[] {
  return Array.from({ length: 256 }, (_, byte) => (dtype === 'int8' ? (byte << 24) >> 24 : byte));
}

/** The integers of `values`. */
export function wholes(values: ArrayLike<number>, shape: readonly number[], to: Affine): Tensor {
  const bytes = Array.from(values, (value) => wholeOf(value, to));
  return new Tensor(to.dtype, shape, to.dtype === 'int8' ? Int8Array.from(bytes) : Uint8Array.from(bytes));
}

/** The zero of a result, which tells its type. */
export function zeroOf(builder: GraphBuilder, { zero, dtype }: Affine, name: string): string {
  if (zero) return zero;
  const none = new Tensor(dtype, [], dtype === 'int8' ? new Int8Array(1) : new Uint8Array(1));
  return builder.constant(none, `${name}/zero`);
}
