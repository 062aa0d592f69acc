// Gradients of activations: the output's gradient times a slope, which follows from the output where it can.
import { normalTail } from "../primitives/activation";
import { madd } from "../primitives/fused";
import { gather, scatter } from "../primitives/gather";
import { exp, expm1, sigmoid } from "../primitives/math";
import {
  entry,
  rowCount,
  rowOffset,
  shareColumnEnd,
  shareColumnStart,
  shareRowEnd,
  shareRowStart,
} from "../primitives/strides";

/** Slopes by a value that is the activation's output, or x where the line says so. */
export const enum Slope {
  /** c where a < value < b, 0 elsewhere; of outputs and of x. */
  between,
  /** a where value > 0, b value + c elsewhere. */
  bent,
  /** y (1 - y) */
  sigmoid,
  /** 1 - y^2 */
  tanh,
  /** 1 - e^-y */
  softplus,
  /** (1 - |y|)^2 */
  softsign,
  /** 0 below -3, 1 above 3, x / 3 + 1/2 between, of x. */
  hardSwish,
  /** s + x s (1 - s) with s = sigmoid(x), of x. */
  silu,
  /** Phi(x) + x phi(x), of x. */
  gelu,
  /** s + x s (1 - s) u', s = sigmoid(u) and u = sqrt(8 / pi) (x + 0.044715 x^3), of x. */
  geluTanh,
  /** t + x (1 - t^2) sigmoid(x) with t = tanh(softplus(x)), of x. */
  mish,
}


@unmanaged
class ActivationGradientArgs {
  rank: i32;
  extents: usize;
  value: usize;
  valueStrides: usize;
  gradient: usize;
  gradientStrides: usize;
  output: usize;
  outputStrides: usize;
  /** A Slope. */
  slope: i32;
  a: f32;
  b: f32;
  c: f32;
}

/** output = gradient * slope(value), element by element; in place where the strides agree. */
export function f32_activation_gradient(args: ActivationGradientArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0);
  const rank = args.rank;
  const columns = entry(args.extents, rank - 1, 1);
  const rows = rowCount(rank, args.extents);
  const last = shareRowEnd(rows, columns, thread, threads);
  const column: isize = shareColumnStart(rows, columns, thread, threads);
  const count = shareColumnEnd(rows, columns, thread, threads) - <i32>column;
  const valueStride = entry(args.valueStrides, rank - 1, 0);
  const gradientStride = entry(args.gradientStrides, rank - 1, 0);
  const outputStride = entry(args.outputStrides, rank - 1, 0);
  for (let row = shareRowStart(rows, columns, thread, threads); row < last; row++) {
    const value = args.value + rowOffset(row, rank, args.extents, args.valueStrides) + column * valueStride;
    const gradient = args.gradient + rowOffset(row, rank, args.extents, args.gradientStrides) + column * gradientStride;
    const output = args.output + rowOffset(row, rank, args.extents, args.outputStrides) + column * outputStride;
    slopeRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
  }
}

// @ts-ignore: decorator
@inline
function slopeOf(slope: i32, value: v128, a: f32, b: f32, c: f32): v128 {
  const one = f32x4.splat(1);
  if (slope == Slope.between) {
    const inside = v128.and(f32x4.gt(value, f32x4.splat(a)), f32x4.lt(value, f32x4.splat(b)));
    return v128.and(f32x4.splat(c), inside);
  }
  if (slope == Slope.bent) {
    const below = madd(value, f32x4.splat(b), f32x4.splat(c));
    return v128.bitselect(f32x4.splat(a), below, f32x4.gt(value, f32x4.splat(0)));
  }
  if (slope == Slope.sigmoid) return f32x4.mul(value, f32x4.sub(one, value));
  if (slope == Slope.tanh) return f32x4.mul(f32x4.sub(one, value), f32x4.add(one, value));
  if (slope == Slope.softplus) return f32x4.neg(expm1(f32x4.neg(value)));
  if (slope == Slope.softsign) {
    const rest = f32x4.sub(one, f32x4.abs(value));
    return f32x4.mul(rest, rest);
  }
  if (slope == Slope.hardSwish) {
    const middle = madd(value, f32x4.splat(0.333333333), f32x4.splat(0.5));
    const result = v128.bitselect(middle, one, f32x4.le(value, f32x4.splat(3)));
    return v128.andnot(result, f32x4.lt(value, f32x4.splat(-3)));
  }
  // Where x is cut off, slopes are 0 and 1 within 5e-8.
  const x = f32x4.pmin(f32x4.pmax(value, f32x4.splat(-20)), f32x4.splat(20));
  if (slope == Slope.silu) {
    const s = sigmoid(x);
    return madd(f32x4.mul(x, s), f32x4.sub(one, s), s);
  }
  if (slope == Slope.gelu) {
    const magnitude = f32x4.pmin(f32x4.abs(x), f32x4.splat(15));
    const density = exp(f32x4.mul(f32x4.mul(magnitude, magnitude), f32x4.splat(-0.5)));
    const tail = f32x4.mul(density, normalTail(magnitude));
    const phi = v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
    return madd(f32x4.mul(x, density), f32x4.splat(0.39894228), phi);
  }
  if (slope == Slope.geluTanh) {
    const square = f32x4.mul(x, x);
    const s = sigmoid(f32x4.mul(x, madd(square, f32x4.splat(0.0713548163), f32x4.splat(1.59576912))));
    const inner = madd(square, f32x4.splat(0.214064449), f32x4.splat(1.59576912));
    return madd(f32x4.mul(f32x4.mul(x, inner), s), f32x4.sub(one, s), s);
  }
  // t = w / (w + 2) with w = e (e + 2) and e = e^x; 1 - t^2 is 4 (1 + e)^2 / (w + 2)^2 and sigmoid(x) is e / (1 + e).
  const e = exp(x);
  const w = f32x4.mul(e, f32x4.add(e, f32x4.splat(2)));
  const inverse = f32x4.div(one, f32x4.add(w, f32x4.splat(2)));
  const bend = f32x4.mul(f32x4.mul(f32x4.mul(x, e), f32x4.add(one, e)), f32x4.mul(f32x4.splat(4), inverse));
  return f32x4.mul(f32x4.add(w, bend), inverse);
}

// @ts-ignore: decorator
@inline
function row(
  slope: i32,
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  const a = args.a;
  const b = args.b;
  const c = args.c;
  if (valueStride == 4 && gradientStride == 4 && outputStride == 4) {
    for (; count > 3; count -= 4) {
      v128.store(output, f32x4.mul(v128.load(gradient), slopeOf(slope, v128.load(value), a, b, c)));
      value += 16;
      gradient += 16;
      output += 16;
    }
  }
  for (; count > 0; count -= 4) {
    const by = slopeOf(slope, gather(value, valueStride, count), a, b, c);
    scatter(output, outputStride, f32x4.mul(gather(gradient, gradientStride, count), by), count);
    value += 4 * valueStride;
    gradient += 4 * gradientStride;
    output += 4 * outputStride;
  }
}

// A function for each: the optimiser would merge the loops of one switch before it knows their operations.

function betweenRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.between, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function bentRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.bent, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function sigmoidRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.sigmoid, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function tanhRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.tanh, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function softplusRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.softplus, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function softsignRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.softsign, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function hardSwishRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.hardSwish, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function siluRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.silu, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function geluRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.gelu, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function geluTanhRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.geluTanh, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function mishRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  row(Slope.mish, args, value, valueStride, gradient, gradientStride, output, outputStride, count);
}

function slopeRow(
  args: ActivationGradientArgs,
  value: usize,
  valueStride: isize,
  gradient: usize,
  gradientStride: isize,
  output: usize,
  outputStride: isize,
  count: i32,
): void {
  switch (args.slope) {
    case Slope.between:
      return betweenRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    case Slope.bent:
      return bentRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    case Slope.sigmoid:
      return sigmoidRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    case Slope.tanh:
      return tanhRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    case Slope.softplus:
      return softplusRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    case Slope.softsign:
      return softsignRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    case Slope.hardSwish:
      return hardSwishRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    case Slope.silu:
      return siluRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    case Slope.gelu:
      return geluRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    case Slope.geluTanh:
      return geluTanhRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
    default:
      return mishRow(args, value, valueStride, gradient, gradientStride, output, outputStride, count);
  }
}
