// Activations, four lanes at a time, for kernels to apply to what they are about to store.
// Definitions are those of the ONNX operators of the same names. NaN gives NaN unless a line says otherwise.
import { madd, nmadd } from "./fused";
import { constant, expLow, expm1, sigmoid, softplus, tanh } from "./math";

/** What to apply; `alpha` and `beta` mean what each line says and are ignored elsewhere. */
export const enum Activation {
  none,
  /** max(alpha, min(beta, x)): ReLU is [0, infinity), ReLU6 is [0, 6]. */
  clip,
  /** x where x >= 0, alpha x below. */
  leakyRelu,
  /** x where x >= 0, alpha (e^x - 1) below. */
  elu,
  /** beta x where x >= 0, beta alpha (e^x - 1) below; beta is ONNX's gamma. */
  selu,
  /** x where x >= 0, alpha (e^(x / alpha) - 1) below. */
  celu,
  /** 1 / (1 + e^-x). */
  sigmoid,
  tanh,
  /** max(0, min(1, alpha x + beta)). */
  hardSigmoid,
  /** x max(0, min(1, x / 6 + 1/2)). */
  hardSwish,
  /** x sigmoid(x), also called swish. */
  silu,
  /** x (1 + erf(x / sqrt(2))) / 2. */
  gelu,
  /** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
  geluTanh,
  /** x tanh(softplus(x)). */
  mish,
  /** log(1 + e^x). */
  softplus,
  /** x / (1 + |x|). */
  softsign,
  /** x where x > alpha, 0 elsewhere, NaN included. */
  thresholdedRelu,
}

/** max(low, min(high, x)); NaN in x stays NaN. */
// @ts-ignore: decorator
@inline
export function clip(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, high), low);
}

// @ts-ignore: decorator
@inline
function whereNegative(x: v128, below: v128, above: v128): v128 {
  return v128.bitselect(below, above, f32x4.lt(x, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function elu(x: v128, alpha: f32, inner: v128): v128 {
  return whereNegative(x, f32x4.mul(f32x4.splat(alpha), expm1(inner)), x);
}

const COEFFICIENTS = memory.data<f32>([
  // [0..1] Of lines: 1, 1/2. [2] 1/6. [3..4] 2 sqrt(2 / pi) times 0.044715 and 1. [5..6] Of mish: 20, 2.
  1, 0.5, 0.166666667, 0.0713548163, 1.59576912, 20, 2,
]);

// @ts-ignore: decorator
@inline
function hardSigmoid(x: v128, slope: v128, offset: v128): v128 {
  const line = f32x4.add(f32x4.mul(x, slope), offset);
  return clip(line, f32x4.splat(0), constant(COEFFICIENTS, 0));
}

const GELU = memory.data<f32>([
  // [0..7] p, highest power first.
  3.537420928e-2, -1.559527814e-1, 2.042038735e-1, -5.171106756e-2, 1.275221258e-1, 1.00226894e-1, 1.207040623e-1,
  1.196325272e-1,
  // [8..11] The greatest a, 0.3, 1, -1/2.
  15, 0.3, 1, -0.5,
]);

/**
 * Phi(-a) / e^(-a^2 / 2) for 0 <= a <= 15, Phi being the normal distribution: t p(t) with t = 1 / (1 + 0.3 a), p
 * minimax of degree 7 (1.7e-7 relative up to 14.6, where Phi is 0).
 */
// @ts-ignore: decorator
@inline
export function normalTail(a: v128): v128 {
  const t = f32x4.div(constant(GELU, 10), madd(a, constant(GELU, 9), constant(GELU, 10)));
  const square = f32x4.mul(t, t);
  let p = madd(constant(GELU, 0), t, constant(GELU, 1));
  p = madd(p, square, madd(constant(GELU, 2), t, constant(GELU, 3)));
  p = madd(p, square, madd(constant(GELU, 4), t, constant(GELU, 5)));
  p = madd(p, square, madd(constant(GELU, 6), t, constant(GELU, 7)));
  return f32x4.mul(t, p);
}

/** max(x, 0) - a Phi(-a) with a = |x|: no digits cancel in the tail. */
// @ts-ignore: decorator
@inline
function gelu(x: v128): v128 {
  const a = f32x4.pmin(f32x4.abs(x), constant(GELU, 8));
  const density = expLow(f32x4.mul(f32x4.mul(a, a), constant(GELU, 11)));
  return nmadd(f32x4.mul(a, density), normalTail(a), f32x4.pmax(x, f32x4.splat(0)));
}

/** (1 + tanh(u)) / 2 is sigmoid(2 u), which keeps its digits where tanh(u) is close to -1. */
// @ts-ignore: decorator
@inline
function geluTanh(x: v128): v128 {
  const cubic = f32x4.mul(f32x4.mul(x, x), constant(COEFFICIENTS, 3));
  return f32x4.mul(x, sigmoid(f32x4.mul(x, f32x4.add(cubic, constant(COEFFICIENTS, 4)))));
}

/** tanh(log(1 + e)) is w / (w + 2) with w = e (e + 2); from 20 on that is 1. */
// @ts-ignore: decorator
@inline
function mish(x: v128): v128 {
  const power = expLow(f32x4.pmin(x, constant(COEFFICIENTS, 5)));
  const w = f32x4.mul(power, f32x4.add(power, constant(COEFFICIENTS, 6)));
  return f32x4.mul(x, f32x4.div(w, f32x4.add(w, constant(COEFFICIENTS, 6))));
}

/** `activation` of each of four lanes; to be instantiated with a constant `activation`. */
// @ts-ignore: decorator
@inline
export function activateInline(x: v128, activation: i32, alpha: f32, beta: f32): v128 {
  if (activation == Activation.clip) return clip(x, f32x4.splat(alpha), f32x4.splat(beta));
  if (activation == Activation.leakyRelu) return whereNegative(x, f32x4.mul(x, f32x4.splat(alpha)), x);
  if (activation == Activation.elu) return elu(x, alpha, x);
  if (activation == Activation.selu) return f32x4.mul(f32x4.splat(beta), elu(x, alpha, x));
  if (activation == Activation.celu) return elu(x, alpha, f32x4.div(x, f32x4.splat(alpha)));
  if (activation == Activation.sigmoid) return sigmoid(x);
  if (activation == Activation.tanh) return tanh(x);
  if (activation == Activation.hardSigmoid) return hardSigmoid(x, f32x4.splat(alpha), f32x4.splat(beta));
  if (activation == Activation.hardSwish) {
    return f32x4.mul(x, hardSigmoid(x, constant(COEFFICIENTS, 2), constant(COEFFICIENTS, 1)));
  }
  if (activation == Activation.silu) return f32x4.mul(x, sigmoid(x));
  if (activation == Activation.gelu) return gelu(x);
  if (activation == Activation.geluTanh) return geluTanh(x);
  if (activation == Activation.mish) return mish(x);
  if (activation == Activation.softplus) return softplus(x);
  if (activation == Activation.softsign) return f32x4.div(x, f32x4.add(constant(COEFFICIENTS, 0), f32x4.abs(x)));
  if (activation == Activation.thresholdedRelu) return v128.and(x, f32x4.gt(x, f32x4.splat(alpha)));
  return x;
}
