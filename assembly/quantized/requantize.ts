// From 32-bit sums back to 8 bits: times a float32 multiplier, rounded, the result's zero added, cut to the type's range
// and to the bounds of a fused activation.
import { ElementType } from "../primitives/element_type";

/** What becomes of results half-way between two integers. */
const enum Rounding {
  /** The even one, as ONNX has it. */
  even,
  /** The greater one. */
  up,
  /** The one farther from 0. */
  away,
}

/** 1.5 * 2^23: a float of less than half of it, added to it, is rounded to an integer, which its lowest bits are. */
export const MAGIC: f32 = 12582912;
/** Its bits. */
export const MAGIC_BITS: i32 = 0x4b400000;

/**
 * The integers next to sums * factors, plus an offset: `offset` is MAGIC_BITS less it. Where a product isn't of less than
 * MAGIC, the integer isn't the nearest one, or not even on the same side.
 */
// @ts-ignore: decorator
@inline
export function scaled(sums: v128, factors: v128, offset: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sums), factors), f32x4.splat(MAGIC)), offset);
}

/** The same for any products, in any rounding; 0 for NaN. */
export function scaledAny(sums: v128, factors: v128, zero: i32, rounding: i32): v128 {
  const value = f32x4.mul(f32x4.convert_i32x4_s(sums), factors);
  let whole = f32x4.nearest(value);
  if (rounding != Rounding.even) {
    const rest = f32x4.sub(value, whole);
    const half = f32x4.splat(0.5);
    const one = f32x4.splat(1);
    let up = f32x4.eq(rest, half);
    if (rounding == Rounding.away) {
      const none = f32x4.splat(0);
      up = v128.and(up, f32x4.gt(value, none));
      const down = v128.and(f32x4.eq(rest, f32x4.neg(half)), f32x4.lt(value, none));
      whole = f32x4.sub(whole, v128.and(down, one));
    }
    whole = f32x4.add(whole, v128.and(up, one));
  }
  return i32x4.trunc_sat_f32x4_s(f32x4.add(whole, f32x4.splat(<f32>zero)));
}

/** Sixteen bytes of `type` from 16-bit integers, cut to the type's range and to `low` and `high`. */
// @ts-ignore: decorator
@inline
export function cutBytes(type: i32, a: v128, b: v128, low: v128, high: v128): v128 {
  if (type == ElementType.int8) return i8x16.max_s(low, i8x16.min_s(high, i8x16.narrow_i16x8_s(a, b)));
  return i8x16.max_u(low, i8x16.min_u(high, i8x16.narrow_i16x8_u(a, b)));
}

/** One element of int8 or uint8. */
// @ts-ignore: decorator
@inline
export function byteAt(type: i32, address: usize): i32 {
  return type == ElementType.int8 ? <i32>load<i8>(address) : <i32>load<u8>(address);
}
