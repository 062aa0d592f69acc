// exp, log, tanh, erf and their kin in four lanes at once. Same bits on every engine in the strict
// binary; error bounds are in units in the last place (ulp) of the exact result and are measured by
// test/kernels/activation.test.ts over the whole range. NaN gives NaN.
//
// Clamps are written pmin(x, bound) and pmax(x, bound): one instruction each, and NaN in x stays NaN.
import { madd, nmadd } from "./fused";

const LOG2_E: f32 = 1.44269504;
// ln 2 in two parts; the first has so few bits that its product with an exponent is exact.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;
// Adding 1.5 * 2^23 rounds to an integer, which is then found in the low bits of the sum.
const ROUNDER: f32 = 12582912.0;
const ROUNDER_BITS: i32 = 0x4b400000;

/** x / ln 2 rounded to an integer, plus ROUNDER; |x| < 2^21. */
// @ts-ignore: decorator
@inline
function roundedExponent(x: v128): v128 {
  return madd(x, f32x4.splat(LOG2_E), f32x4.splat(ROUNDER));
}

/**
 * exp(x) / 2^n - 1 where `rounded` is n + ROUNDER, within 1.7e-8 of its own size before rounding:
 * r + r^2 q(r) on |r| <= ln(2) / 2, q minimax of degree 4 (fitted by Lawson's iteration).
 */
// @ts-ignore: decorator
@inline
function expm1Fraction(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, f32x4.splat(ROUNDER));
  const r = nmadd(n, f32x4.splat(LN2_LOW), nmadd(n, f32x4.splat(LN2_HIGH), x));
  let q = madd(f32x4.splat(1.388248871e-3), r, f32x4.splat(8.366691880e-3));
  q = madd(q, r, f32x4.splat(4.166720435e-2));
  q = madd(q, r, f32x4.splat(1.666654199e-1));
  q = madd(q, r, f32x4.splat(4.999999702e-1));
  return madd(f32x4.mul(r, r), q, r);
}

/** 2^n from n + ROUNDER; -127 < n < 128. */
// @ts-ignore: decorator
@inline
function powerOfTwo(rounded: v128): v128 {
  return i32x4.shl(i32x4.add(rounded, i32x4.splat(127)), 23);
}

/** e^x, within 1.1 ulp, denormal results included; 0 at -infinity, infinity above 88.7228. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89));
  const rounded = roundedExponent(x);
  const mantissa = f32x4.add(f32x4.splat(1), expm1Fraction(x, rounded));
  // 2^n in two factors: n spans more than a float's exponent does.
  const n = i32x4.sub(rounded, i32x4.splat(ROUNDER_BITS));
  const half = i32x4.shr_s(n, 1);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(n, half), i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(mantissa, first), second);
}

/** e^x - 1 for x <= 88, within 2 ulp, also next to 0. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  x = f32x4.pmax(x, f32x4.splat(-30));
  const rounded = roundedExponent(x);
  const scale = powerOfTwo(rounded);
  return madd(scale, expm1Fraction(x, rounded), f32x4.sub(scale, f32x4.splat(1)));
}

/** tanh(x), within 3 ulp, odd, in [-1, 1]: expm1(2|x|) / (expm1(2|x|) + 2) with the sign of x. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const magnitude = f32x4.pmin(f32x4.abs(x), f32x4.splat(9.5));
  const doubled = f32x4.add(magnitude, magnitude);
  const rounded = roundedExponent(doubled);
  const scale = powerOfTwo(rounded);
  const part = f32x4.mul(scale, expm1Fraction(doubled, rounded));
  const numerator = f32x4.add(f32x4.sub(scale, f32x4.splat(1)), part);
  const denominator = f32x4.add(f32x4.add(scale, f32x4.splat(1)), part);
  return v128.or(f32x4.div(numerator, denominator), v128.and(x, i32x4.splat(0x80000000)));
}

/** 1 / (1 + e^-x) as e^x / (1 + e^x): within 3 ulp, in the far negative tail too; in [0, 1]. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const power = exp(f32x4.pmin(x, f32x4.splat(88)));
  return f32x4.div(power, f32x4.add(power, f32x4.splat(1)));
}

/**
 * Natural logarithm of a positive normal number, within 1 ulp: x = 2^k (1 + f) with
 * sqrt(1/2) <= 1 + f < sqrt(2), log(1 + f) = f - f^2 / 2 + f^3 p(f), p minimax of degree 7 (6e-9 relative).
 */
// @ts-ignore: decorator
@inline
function logNormal(x: v128, exponentShift: v128): v128 {
  const k = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(x, i32x4.shl(k, 23)), f32x4.splat(1));
  const exponent = f32x4.sub(f32x4.convert_i32x4_s(k), exponentShift);
  let p = madd(f32x4.splat(-7.635655999e-2), f, f32x4.splat(1.276332736e-1));
  p = madd(p, f, f32x4.splat(-1.316058189e-1));
  p = madd(p, f, f32x4.splat(1.420155317e-1));
  p = madd(p, f, f32x4.splat(-1.662329882e-1));
  p = madd(p, f, f32x4.splat(2.000123411e-1));
  p = madd(p, f, f32x4.splat(-2.500082254e-1));
  p = madd(p, f, f32x4.splat(3.333333135e-1));
  const square = f32x4.mul(f, f);
  let low = f32x4.mul(f32x4.mul(square, f), p);
  low = madd(exponent, f32x4.splat(LN2_LOW), low);
  low = nmadd(square, f32x4.splat(0.5), low);
  return madd(exponent, f32x4.splat(LN2_HIGH), f32x4.add(f, low));
}

/** Natural logarithm, within 1 ulp, denormals included; -infinity at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  const denormal = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const normal = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, denormal);
  let result = logNormal(normal, v128.and(denormal, f32x4.splat(23)));
  result = v128.bitselect(result, x, f32x4.lt(x, f32x4.splat(Infinity)));
  result = v128.bitselect(f32x4.splat(NaN), result, f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.splat(-Infinity), result, f32x4.eq(x, f32x4.splat(0)));
}

/** log(1 + e^x), within 2 ulp: max(x, 0) + log1p(e^-|x|), the rounding of 1 + e^-|x| made good. */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  const power = exp(f32x4.neg(f32x4.abs(x)));
  const sum = f32x4.add(power, f32x4.splat(1));
  const lost = f32x4.sub(power, f32x4.sub(sum, f32x4.splat(1)));
  const log1p = f32x4.add(logNormal(sum, f32x4.splat(0)), f32x4.div(lost, sum));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log1p);
}

/**
 * Error function, within 6 ulp, in [-1, 1]: x P(x^2) / Q(x^2) up to 3.95, where erf rounds to 1; P and Q minimax
 * of degree 5 (2e-8 relative, fitted by Lawson's iteration on the linearised quotient).
 */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-3.95)), f32x4.splat(3.95));
  const t = f32x4.mul(x, x);
  let p = madd(f32x4.splat(2.025905587e-6), t, f32x4.splat(2.846885181e-4));
  p = madd(p, t, f32x4.splat(3.808189183e-3));
  p = madd(p, t, f32x4.splat(5.287553370e-2));
  p = madd(p, t, f32x4.splat(1.915509403e-1));
  p = madd(p, t, f32x4.splat(1.128379107));
  let q = madd(f32x4.splat(3.783181819e-5), t, f32x4.splat(1.170732779e-3));
  q = madd(q, t, f32x4.splat(1.505514514e-2));
  q = madd(q, t, f32x4.splat(1.145598888e-1));
  q = madd(q, t, f32x4.splat(5.030902624e-1));
  q = madd(q, t, f32x4.splat(1));
  const quotient = f32x4.div(f32x4.mul(x, p), q);
  return f32x4.pmin(f32x4.pmax(quotient, f32x4.splat(-1)), f32x4.splat(1));
}
