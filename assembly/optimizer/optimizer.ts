// Optimiser steps: one pass over a parameter, its gradient and what the optimiser keeps of earlier steps. Every output
// may be the place of the input that it replaces. Formulas are those of PyTorch's optimisers of the same names.
import { madd, nmadd } from "../primitives/fused";
import { firstUnit } from "../runtime/share";
import { storeBytes } from "../primitives/tail";

/** Elements that threads share out: a line of the cache, so that no two write to one. */
const UNIT: i32 = 16;

// @ts-ignore: decorator
@inline
function firstElement(count: i32, thread: i32, threads: i32): i32 {
  return min(count, firstUnit((count + UNIT - 1) / UNIT, thread, threads) * UNIT);
}

// @ts-ignore: decorator
@inline
function put(address: usize, value: v128, left: i32): void {
  if (left > 3) v128.store(address, value);
  else storeBytes(address, value, left << 2);
}


@unmanaged
class SgdArgs {
  count: i32;
  parameter: usize;
  gradient: usize;
  /** 0 without momentum. */
  velocity: usize;
  output: usize;
  outputVelocity: usize;
  /** f32: the learning rate, the momentum, the share of the gradient that joins the velocity. */
  scalars: usize;
  weightDecay: f32;
  nesterov: i32;
}

/**
 * d = g + weightDecay p; v = momentum v + share d; p -= rate v, or rate (d + momentum v) with Nesterov's momentum. The
 * share is 1 - dampening, and 1 in the first step.
 */
export function f32_sgd(args: SgdArgs, thread: i32, threads: i32): void {
  const end = firstElement(args.count, thread + 1, threads);
  const rate = v128.load32_splat(args.scalars);
  const momentum = v128.load32_splat(args.scalars, 4);
  const share = v128.load32_splat(args.scalars, 8);
  const decay = f32x4.splat(args.weightDecay);
  for (let i = firstElement(args.count, thread, threads); i < end; i += 4) {
    const at = (<usize>i) << 2;
    const p = v128.load(args.parameter + at);
    let step = madd(decay, p, v128.load(args.gradient + at));
    if (args.velocity != 0) {
      const v = madd(momentum, v128.load(args.velocity + at), f32x4.mul(share, step));
      put(args.outputVelocity + at, v, end - i);
      step = args.nesterov != 0 ? madd(momentum, v, step) : v;
    }
    put(args.output + at, nmadd(rate, step, p), end - i);
  }
}


@unmanaged
class RmspropArgs {
  count: i32;
  parameter: usize;
  gradient: usize;
  square: usize;
  /** The mean gradient; 0 unless the mean square is centred. */
  mean: usize;
  /** 0 without momentum. */
  velocity: usize;
  output: usize;
  outputSquare: usize;
  outputMean: usize;
  outputVelocity: usize;
  /** f32: the learning rate, the momentum. */
  scalars: usize;
  alpha: f32;
  /** 1 - alpha. */
  rest: f32;
  epsilon: f32;
  weightDecay: f32;
}

/**
 * d = g + weightDecay p; s = alpha s + (1 - alpha) d^2; v = momentum v + d / (sqrt(s) + epsilon); p -= rate v. Centred:
 * m = alpha m + (1 - alpha) d, and s - m^2 in the place of s there, where rounding may not take it below 0.
 */
export function f32_rmsprop(args: RmspropArgs, thread: i32, threads: i32): void {
  const end = firstElement(args.count, thread + 1, threads);
  const rate = v128.load32_splat(args.scalars);
  const alpha = f32x4.splat(args.alpha);
  const rest = f32x4.splat(args.rest);
  const epsilon = f32x4.splat(args.epsilon);
  const momentum = v128.load32_splat(args.scalars, 4);
  const decay = f32x4.splat(args.weightDecay);
  for (let i = firstElement(args.count, thread, threads); i < end; i += 4) {
    const at = (<usize>i) << 2;
    const p = v128.load(args.parameter + at);
    const d = madd(decay, p, v128.load(args.gradient + at));
    const square = madd(alpha, v128.load(args.square + at), f32x4.mul(rest, f32x4.mul(d, d)));
    put(args.outputSquare + at, square, end - i);
    let spread = square;
    if (args.mean != 0) {
      const mean = madd(alpha, v128.load(args.mean + at), f32x4.mul(rest, d));
      put(args.outputMean + at, mean, end - i);
      spread = f32x4.max(nmadd(mean, mean, square), f32x4.splat(0));
    }
    let step = f32x4.div(d, f32x4.add(f32x4.sqrt(spread), epsilon));
    if (args.velocity != 0) {
      step = madd(momentum, v128.load(args.velocity + at), step);
      put(args.outputVelocity + at, step, end - i);
    }
    put(args.output + at, nmadd(rate, step, p), end - i);
  }
}


@unmanaged
class AdamArgs {
  count: i32;
  parameter: usize;
  gradient: usize;
  mean: usize;
  square: usize;
  /** The largest mean squares so far (AMSGrad); 0 without. */
  largest: usize;
  output: usize;
  outputMean: usize;
  outputSquare: usize;
  outputLargest: usize;
  /**
   * f32: the learning rate; it divided by 1 - beta1^t; 1 / sqrt(1 - beta2^t), for step t counted from 1; beta1; 1 -
   * beta1.
   */
  scalars: usize;
  beta2: f32;
  /** 1 - beta2. */
  rest2: f32;
  epsilon: f32;
  weightDecay: f32;
  /** The decay shrinks the parameter (AdamW) instead of joining the gradient. */
  decoupled: i32;
}

/**
 * m = beta1 m + (1 - beta1) d; s = beta2 s + (1 - beta2) d^2; p -= rate' m / (sqrt(s) scale + epsilon). AMSGrad: the
 * largest s so far in its place.
 */
export function f32_adam(args: AdamArgs, thread: i32, threads: i32): void {
  const end = firstElement(args.count, thread + 1, threads);
  const decay = f32x4.splat(args.weightDecay);
  const shrinking = f32x4.mul(v128.load32_splat(args.scalars), decay);
  const rate = v128.load32_splat(args.scalars, 4);
  const scale = v128.load32_splat(args.scalars, 8);
  const beta1 = v128.load32_splat(args.scalars, 12);
  const rest1 = v128.load32_splat(args.scalars, 16);
  const beta2 = f32x4.splat(args.beta2);
  const rest2 = f32x4.splat(args.rest2);
  const epsilon = f32x4.splat(args.epsilon);
  for (let i = firstElement(args.count, thread, threads); i < end; i += 4) {
    const at = (<usize>i) << 2;
    let p = v128.load(args.parameter + at);
    let d = v128.load(args.gradient + at);
    if (args.decoupled != 0) p = nmadd(shrinking, p, p);
    else d = madd(decay, p, d);
    const mean = madd(beta1, v128.load(args.mean + at), f32x4.mul(rest1, d));
    const square = madd(beta2, v128.load(args.square + at), f32x4.mul(rest2, f32x4.mul(d, d)));
    put(args.outputMean + at, mean, end - i);
    put(args.outputSquare + at, square, end - i);
    let largest = square;
    if (args.largest != 0) {
      largest = f32x4.max(v128.load(args.largest + at), square);
      put(args.outputLargest + at, largest, end - i);
    }
    const spread = madd(f32x4.sqrt(largest), scale, epsilon);
    put(args.output + at, nmadd(rate, f32x4.div(mean, spread), p), end - i);
  }
}
