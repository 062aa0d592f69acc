// IEEE 754 half precision: 1 sign bit, 5 of exponent, 10 of fraction. Rounded to nearest, ties to even; what rounds beyond 65504
// is infinite, and NaN is 0x7e00 whatever its payload was.

/** 2^112: what a half's bits, read as those of a float32, are too small by. */
const SCALE: f32 = 5192296858534827628530496329220096.0;

/** Bits of infinity. */
const INFINITE: i32 = 0x7c00;
const NOT_A_NUMBER: i32 = 0x7e00;
const LARGEST_FINITE: i32 = 0x7bff;

/** Exact. */
export function floatOfHalf(bits: i32): f32 {
  const size = bits & 0x7fff;
  const scaled = reinterpret<i32>(reinterpret<f32>(size << 13) * SCALE);
  const special = size > LARGEST_FINITE ? 0x7f800000 : 0;
  return reinterpret<f32>(scaled | special | ((bits & 0x8000) << 16));
}

/** The bits of the half nearest to `value`. */
export function halfOf(value: f64): i32 {
  if (isNaN(value)) return NOT_A_NUMBER;
  const bits = reinterpret<u64>(value);
  const sign = (<i32>(bits >> 48)) & 0x8000;
  const size = abs(value);
  if (size >= 65520) return sign | INFINITE;
  // From the least exponent of normal halves on. Beside 2^(exponent + 42) a double's last bit is worth what a half's is here.
  const exponent = max(((<i32>(bits >> 52)) & 2047) - 1023, -14);
  const grid = (<u64>(exponent + 1023 + 42)) << 52;
  const fraction = <i32>(reinterpret<u64>(size + reinterpret<f64>(grid)) - grid);
  return sign | (((exponent + 14) << 10) + fraction);
}

/** `floatOfHalf` of the four lanes of 32 bits. */
// @ts-ignore: decorator
@inline
export function floatsOfHalves(bits: v128): v128 {
  const size = v128.and(bits, i32x4.splat(0x7fff));
  const scaled = f32x4.mul(i32x4.shl(size, 13), f32x4.splat(SCALE));
  const special = v128.and(i32x4.gt_s(size, i32x4.splat(LARGEST_FINITE)), i32x4.splat(0x7f800000));
  const sign = i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16);
  return v128.or(v128.or(scaled, special), sign);
}

/** `halfOf` of four floats, in lanes of 32 bits. */
// @ts-ignore: decorator
@inline
export function halvesOf(values: v128): v128 {
  const size = v128.and(values, i32x4.splat(0x7fffffff));
  const sign = i32x4.shr_u(v128.xor(values, size), 16);
  // Adding just less than half of the last bit kept, and that bit, carries where the nearest even half is above.
  const odd = v128.and(i32x4.shr_u(size, 13), i32x4.splat(1));
  const rebased = i32x4.add(i32x4.add(size, odd), i32x4.splat(0xfff - (112 << 23)));
  const normal = i32x4.shr_u(rebased, 13);
  // Beside 0.5 a float's last bit is worth what a subnormal half's is.
  const grid = f32x4.splat(0.5);
  const subnormal = i32x4.sub(f32x4.add(size, grid), grid);
  const special = v128.bitselect(
    i32x4.splat(NOT_A_NUMBER),
    i32x4.splat(INFINITE),
    i32x4.gt_s(size, i32x4.splat(0x7f800000)),
  );
  const finite = v128.bitselect(subnormal, normal, i32x4.lt_s(size, i32x4.splat(113 << 23)));
  const isFinite = i32x4.lt_s(size, i32x4.splat(143 << 23));
  // NaN has no sign, so that its bits are the same everywhere.
  const isNumber = i32x4.le_s(size, i32x4.splat(0x7f800000));
  return v128.or(v128.bitselect(finite, special, isFinite), v128.and(sign, isNumber));
}
