// Gradients of softmax and log-softmax along one axis.
import { madd, nmadd } from "../primitives/fused";
import { sumLanes } from "../primitives/horizontal";
import { storeLanes } from "../primitives/lanes";
import { exp } from "../primitives/math";
import { firstUnit } from "../runtime/share";


@unmanaged
class SoftmaxGradientArgs {
  /** What softmax gave, [outer, axis, inner] as all three. */
  value: usize;
  /** Of the value. */
  gradient: usize;
  output: usize;
  outer: i32;
  axis: i32;
  inner: i32;
  /** 1: of the logarithm of the softmax. */
  isLog: i32;
}

/**
 * output = value * (gradient - s), s being the sum of value * gradient along the axis; where `isLog`,
 * gradient - e^value * s, s being the sum of the gradients. Reads up to 12 bytes behind its operands.
 */
export function f32_softmax_gradient(args: SoftmaxGradientArgs, thread: i32, threads: i32): void {
  assert(args.outer >= 0 && args.axis >= 0 && args.inner >= 0);
  if (args.inner <= 0) return;
  if (args.inner == 1) {
    const last = firstUnit(args.outer, thread + 1, threads);
    for (let row = firstUnit(args.outer, thread, threads); row < last; row++) {
      alongAxis(args, (<usize>(row * args.axis)) << 2);
    }
    return;
  }
  const blocks = (args.inner + 3) >> 2;
  const last = firstUnit(args.outer * blocks, thread + 1, threads);
  for (let unit = firstUnit(args.outer * blocks, thread, threads); unit < last; unit++) {
    const row = unit / blocks;
    const first = (unit - row * blocks) << 2;
    acrossAxis(args, (<usize>(row * args.axis * args.inner + first)) << 2, args.inner - first);
  }
}

/** What four elements add to the sum. */
// @ts-ignore: decorator
@inline
function term(args: SoftmaxGradientArgs, at: usize, sum: v128): v128 {
  const gradient = v128.load(args.gradient + at);
  return args.isLog ? f32x4.add(sum, gradient) : madd(v128.load(args.value + at), gradient, sum);
}

// @ts-ignore: decorator
@inline
function result(args: SoftmaxGradientArgs, at: usize, sum: v128): v128 {
  const value = v128.load(args.value + at);
  const gradient = v128.load(args.gradient + at);
  return args.isLog ? nmadd(exp(value), sum, gradient) : f32x4.mul(value, f32x4.sub(gradient, sum));
}

/** One contiguous row from byte `start` on. */
function alongAxis(args: SoftmaxGradientArgs, start: usize): void {
  const end = start + ((<usize>(args.axis & ~3)) << 2);
  const rest = args.axis & 3;
  let sum = f32x4.splat(0);
  for (let at = start; at < end; at += 16) sum = term(args, at, sum);
  if (rest) {
    const mask = i32x4.gt_s(i32x4.splat(rest), i32x4(0, 1, 2, 3));
    sum = f32x4.add(sum, v128.and(term(args, end, f32x4.splat(0)), mask));
  }
  const total = f32x4.splat(sumLanes(sum));
  for (let at = start; at < end; at += 16) v128.store(args.output + at, result(args, at, total));
  if (rest) storeLanes(args.output + end, result(args, end, total), rest);
}

/** Up to four neighbours of the inner dimension from byte `start` on, through the whole axis. */
function acrossAxis(args: SoftmaxGradientArgs, start: usize, lanes: i32): void {
  const stride = (<usize>args.inner) << 2;
  const end = start + <usize>args.axis * stride;
  let sum = f32x4.splat(0);
  for (let at = start; at < end; at += stride) sum = term(args, at, sum);
  for (let at = start; at < end; at += stride) storeLanes(args.output + at, result(args, at, sum), lanes);
}
