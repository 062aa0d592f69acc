// exp, log, tanh, erf and their kin in four lanes at once. Same bits on every engine in the strict
// binary; error bounds are in units in the last place (ulp) of the exact result and are measured by
// test/kernels/activation.test.ts over the whole range. NaN gives NaN.
//
// Coefficients are static data, of which one instruction fills a vector where it is used: V8 makes three of every
// vector constant, and otherwise keeps more of them across a loop than there are registers.
// Clamps are written pmin(x, bound) and pmax(x, bound): one instruction each, and NaN in x stays NaN.
import { madd, nmadd } from "./fused";

/** Number `index` of a table, in all lanes. */
// @ts-ignore: decorator
@inline
export function constant(table: usize, index: usize): v128 {
  return v128.load32_splat(table + (index << 2));
}

// Adding 1.5 * 2^23 rounds to an integer, which is then found in the low bits of the sum.
const ROUNDER: f32 = 12582912.0;
const ROUNDER_BITS: i32 = 0x4b400000;
// Another 127 + 24 in the sum make 2^(n + 24) of it when shifted left by 23 bits: normal for all n from -150.
const SCALER: f32 = 12583063.0;

const EXP = memory.data<f32>([
  // [0..3] 1 / ln 2; what rounds; ln 2 in two parts: the first has so few bits that n times it is exact.
  1.44269504,
  ROUNDER,
  0.693359375,
  -2.1219444e-4,
  // [4..8] q of `fraction`, highest power first.
  1.388248871e-3,
  8.36669188e-3,
  4.166720435e-2,
  1.666654199e-1,
  4.999999702e-1,
  // [9..11] The least x, what rounds and scales, 2^-24. [12] Sigmoid's greatest x. [13] expm1's least. [14] 1. [15]
  // 2^24.
  -104,
  SCALER,
  5.9604644775390625e-8,
  40,
  -30,
  1,
  16777216,
  // [16..19] q of `roughFraction`, highest power first.
  8.312525198e-3,
  4.18901144e-2,
  1.666711447e-1,
  4.999923178e-1,
]);

/** What of x is left beside n ln 2. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, n: v128): v128 {
  return nmadd(n, constant(EXP, 3), nmadd(n, constant(EXP, 2), x));
}

/**
 * e^x / 2^n - 1 where `n` is x / ln 2 rounded, within 1.7e-8 of its own size before rounding: r + r^2 q(r) on
 * |r| <= ln(2) / 2, q minimax of degree 4 (fitted by Lawson's iteration).
 */
// @ts-ignore: decorator
@inline
function fraction(x: v128, n: v128): v128 {
  const r = remainder(x, n);
  const square = f32x4.mul(r, r);
  // Evaluated in pairs: shorter chains of operations that wait for each other.
  const high = madd(constant(EXP, 4), r, constant(EXP, 5));
  const middle = madd(constant(EXP, 6), r, constant(EXP, 7));
  const low = madd(constant(EXP, 8), square, r);
  return madd(madd(high, square, middle), f32x4.mul(square, r), low);
}

/** The same within 1.1e-7, by q of degree 3. */
// @ts-ignore: decorator
@inline
function roughFraction(x: v128, n: v128): v128 {
  const r = remainder(x, n);
  const square = f32x4.mul(r, r);
  const high = madd(constant(EXP, 16), r, constant(EXP, 17));
  const low = madd(constant(EXP, 18), r, constant(EXP, 19));
  return madd(madd(high, square, low), square, r);
}

/** 2^24 e^x for x <= 71, never denormal; `rough` is constant. */
// @ts-ignore: decorator
@inline
function scaledExp(x: v128, rough: bool): v128 {
  x = f32x4.pmax(x, constant(EXP, 9));
  const rounded = madd(x, constant(EXP, 0), constant(EXP, 10));
  const power = i32x4.shl(rounded, 23);
  const n = f32x4.sub(rounded, constant(EXP, 10));
  return madd(rough ? roughFraction(x, n) : fraction(x, n), power, power);
}

/** e^x for x <= 71, within 1.25 ulp, denormal results included; 0 at -infinity. Cheaper than exp. */
// @ts-ignore: decorator
@inline
export function expLow(x: v128): v128 {
  return f32x4.mul(scaledExp(x, false), constant(EXP, 11));
}

/** e^x, within 1.25 ulp, denormal results included; 0 at -infinity, infinity above 88.7228. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, constant(EXP, 9)), f32x4.splat(89));
  const rounded = madd(x, constant(EXP, 0), constant(EXP, 1));
  const mantissa = f32x4.add(constant(EXP, 14), fraction(x, f32x4.sub(rounded, constant(EXP, 1))));
  // 2^n in two factors: n spans more than a float's exponent does.
  const n = i32x4.sub(rounded, i32x4.splat(ROUNDER_BITS));
  const half = i32x4.shr_s(n, 1);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(n, half), i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.mul(mantissa, first), second);
}

/** e^x - 1 for x <= 0, within 2 ulp, also next to 0. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  x = f32x4.pmax(x, constant(EXP, 13));
  const rounded = madd(x, constant(EXP, 0), constant(EXP, 10));
  const power = f32x4.mul(i32x4.shl(rounded, 23), constant(EXP, 11));
  const part = fraction(x, f32x4.sub(rounded, constant(EXP, 10)));
  return madd(power, part, f32x4.sub(power, constant(EXP, 14)));
}

/** 1 / (1 + e^-x) as e^x / (1 + e^x): within 4 ulp, in the far negative tail too; in [0, 1]. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const power = scaledExp(f32x4.pmin(x, constant(EXP, 12)), true);
  return f32x4.div(power, f32x4.add(power, constant(EXP, 15)));
}

const TANH = memory.data<f32>([
  // [0..1] From here on tanh rounds to 1.
  9.02, -9.02,
  // [2..6] P, highest power first; [7..11] Q; [12] -1.
  1.33184463e-8, 2.05830198e-5, 3.49400646e-3, 1.33796944e-1, 9.99999979e-1, 7.7617599e-7, 3.28304685e-4, 2.58709666e-2,
  4.67130097e-1, 1, -1,
]);

/**
 * tanh(x), within 5 ulp, odd, in [-1, 1]: x P(x^2) / Q(x^2) up to 9.02, where tanh rounds to 1; P and Q minimax
 * of degree 4 (2.1e-8 relative, fitted by Lawson's iteration on the linearised quotient).
 */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, constant(TANH, 0)), constant(TANH, 1));
  const t = f32x4.mul(x, x);
  let p = madd(constant(TANH, 2), t, constant(TANH, 3));
  let q = madd(constant(TANH, 7), t, constant(TANH, 8));
  p = madd(p, t, constant(TANH, 4));
  q = madd(q, t, constant(TANH, 9));
  p = madd(p, t, constant(TANH, 5));
  q = madd(q, t, constant(TANH, 10));
  p = madd(p, t, constant(TANH, 6));
  q = madd(q, t, constant(TANH, 11));
  const quotient = f32x4.div(f32x4.mul(x, p), q);
  return f32x4.pmax(f32x4.pmin(quotient, constant(TANH, 11)), constant(TANH, 12));
}

const LOG = memory.data<f32>([
  // [0..7] p, highest power first.
  -7.635655999e-2, 1.276332736e-1, -1.316058189e-1, 1.420155317e-1, -1.662329882e-1, 2.000123411e-1, -2.500082254e-1,
  3.333333135e-1,
  // [8..11] ln 2 in two parts, 1/2, 1.
  -2.1219444e-4, 0.693359375, 0.5, 1,
]);

/**
 * Natural logarithm of a positive normal number, within 1 ulp: x = 2^k (1 + f) with
 * sqrt(1/2) <= 1 + f < sqrt(2), log(1 + f) = f - f^2 / 2 + f^3 p(f), p minimax of degree 7 (6e-9 relative).
 */
// @ts-ignore: decorator
@inline
function logNormal(x: v128, exponentShift: v128): v128 {
  const k = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(x, i32x4.shl(k, 23)), constant(LOG, 11));
  const exponent = f32x4.sub(f32x4.convert_i32x4_s(k), exponentShift);
  let p = madd(constant(LOG, 0), f, constant(LOG, 1));
  p = madd(p, f, constant(LOG, 2));
  p = madd(p, f, constant(LOG, 3));
  p = madd(p, f, constant(LOG, 4));
  p = madd(p, f, constant(LOG, 5));
  p = madd(p, f, constant(LOG, 6));
  p = madd(p, f, constant(LOG, 7));
  const square = f32x4.mul(f, f);
  let low = f32x4.mul(f32x4.mul(square, f), p);
  low = madd(exponent, constant(LOG, 8), low);
  low = nmadd(square, constant(LOG, 10), low);
  return madd(exponent, constant(LOG, 9), f32x4.add(f, low));
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
  const power = expLow(f32x4.neg(f32x4.abs(x)));
  const sum = f32x4.add(power, constant(EXP, 14));
  const lost = f32x4.sub(power, f32x4.sub(sum, constant(EXP, 14)));
  const log1p = f32x4.add(logNormal(sum, f32x4.splat(0)), f32x4.div(lost, sum));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log1p);
}

const ERF = memory.data<f32>([
  // [0..1] From here on erf rounds to 1.
  3.95, -3.95,
  // [2..7] P, highest power first; [8..13] Q; [14] -1.
  2.025905587e-6, 2.846885181e-4, 3.808189183e-3, 5.28755337e-2, 1.915509403e-1, 1.128379107, 3.783181819e-5,
  1.170732779e-3, 1.505514514e-2, 1.145598888e-1, 5.030902624e-1, 1, -1,
]);

/**
 * Error function, within 6 ulp, in [-1, 1]: x P(x^2) / Q(x^2) up to 3.95, where erf rounds to 1; P and Q minimax
 * of degree 5 (2e-8 relative, fitted by Lawson's iteration on the linearised quotient).
 */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, constant(ERF, 0)), constant(ERF, 1));
  const t = f32x4.mul(x, x);
  let p = madd(constant(ERF, 2), t, constant(ERF, 3));
  let q = madd(constant(ERF, 8), t, constant(ERF, 9));
  p = madd(p, t, constant(ERF, 4));
  q = madd(q, t, constant(ERF, 10));
  p = madd(p, t, constant(ERF, 5));
  q = madd(q, t, constant(ERF, 11));
  p = madd(p, t, constant(ERF, 6));
  q = madd(q, t, constant(ERF, 12));
  p = madd(p, t, constant(ERF, 7));
  q = madd(q, t, constant(ERF, 13));
  const quotient = f32x4.div(f32x4.mul(x, p), q);
  return f32x4.pmax(f32x4.pmin(quotient, constant(ERF, 13)), constant(ERF, 14));
}
