// Softmax and log-softmax along one axis.
import { exp, log } from "./math";
import { firstUnit } from "./share";
import { storeBytes } from "./tail";
import { maxLanes, sumLanes } from "./horizontal";

@unmanaged
class SoftmaxArgs {
  input: usize;
  output: usize;
  /** The tensor is [outer, axis, inner]; inner elements are contiguous. */
  outer: i32;
  axis: i32;
  inner: i32;
  inputOuterStride: i32;
  inputAxisStride: i32;
  outputOuterStride: i32;
  outputAxisStride: i32;
  /** 1: the logarithm of the softmax. */
  isLog: i32;
}

/**
 * e^(x - m) / sum(e^(x - m)), or x - m - log(sum(e^(x - m))), over the axis, m being its maximum. A NaN, or nothing but
 * -infinity, makes the whole row NaN. In place where the strides agree.
 */
export function f32_softmax(args: SoftmaxArgs, thread: i32, threads: i32): void {
  assert(args.outer >= 0 && args.axis >= 0 && args.inner >= 0);
  if (args.axis == 0 || args.inner <= 0) return;
  if (args.inner == 1 && args.inputAxisStride == 4 && args.outputAxisStride == 4) {
    const last = firstUnit(args.outer, thread + 1, threads);
    for (let row = firstUnit(args.outer, thread, threads); row < last; row++) {
      const input = args.input + <isize>row * args.inputOuterStride;
      const output = args.output + <isize>row * args.outputOuterStride;
      if (args.isLog) alongAxis(true, output, input, args.axis);
      else alongAxis(false, output, input, args.axis);
    }
    return;
  }
  const blocks = (args.inner + 3) >> 2;
  const last = firstUnit(args.outer * blocks, thread + 1, threads);
  for (let unit = firstUnit(args.outer * blocks, thread, threads); unit < last; unit++) {
    const row = unit / blocks;
    const block = unit - row * blocks;
    const input = args.input + <isize>row * args.inputOuterStride + (<usize>block << 4);
    const output = args.output + <isize>row * args.outputOuterStride + (<usize>block << 4);
    acrossAxis(args, output, input, min(4, args.inner - block * 4) << 2);
  }
}

/** One contiguous row. */
// @ts-ignore: decorator
@inline
function alongAxis(isLog: bool, output: usize, input: usize, axis: i32): void {
  const end = input + (<usize>(axis & ~3) << 2);
  const tailBytes = (axis & 3) << 2;
  const tailMask = i32x4.gt_s(i32x4.splat(axis & 3), i32x4(0, 1, 2, 3));
  // Behind the end is what doesn't matter: -infinity in the maximum, 0 in the sum.
  let maximum = f32x4.splat(-Infinity);
  for (let at = input; at < end; at += 16) maximum = f32x4.max(maximum, v128.load(at));
  if (tailBytes) {
    maximum = f32x4.max(maximum, v128.bitselect(v128.load(end), f32x4.splat(-Infinity), tailMask));
  }
  const m = f32x4.splat(maxLanes(maximum));
  // Two sums, so that neither waits for the other; blocks keep the rounding error of long rows small.
  let total = f32x4.splat(0);
  let to = output;
  for (let at = input; at < end; ) {
    const blockEnd = min(end, at + 1024);
    let even = f32x4.splat(0);
    let odd = f32x4.splat(0);
    for (; at + 16 < blockEnd; at += 32) {
      const a = f32x4.sub(v128.load(at), m);
      const b = f32x4.sub(v128.load(at, 16), m);
      const expA = exp(a);
      const expB = exp(b);
      even = f32x4.add(even, expA);
      odd = f32x4.add(odd, expB);
      v128.store(to, isLog ? a : expA);
      v128.store(to, isLog ? b : expB, 16);
      to += 32;
    }
    if (at < blockEnd) {
      const a = f32x4.sub(v128.load(at), m);
      const expA = exp(a);
      even = f32x4.add(even, expA);
      v128.store(to, isLog ? a : expA);
      at += 16;
      to += 16;
    }
    total = f32x4.add(total, f32x4.add(even, odd));
  }
  if (tailBytes) {
    const a = f32x4.sub(v128.load(end), m);
    const expA = exp(a);
    total = f32x4.add(total, v128.and(expA, tailMask));
    storeBytes(to, isLog ? a : expA, tailBytes);
  }
  const sum = f32x4.splat(sumLanes(total));
  finish(isLog, output, 16, axis >> 2, 16, isLog ? log(sum) : f32x4.div(f32x4.splat(1), sum));
  if (tailBytes) finish(isLog, to, 0, 1, tailBytes, isLog ? log(sum) : f32x4.div(f32x4.splat(1), sum));
}

/** Up to four neighbours of the inner dimension, `bytes` bytes, through the whole axis. */
function acrossAxis(args: SoftmaxArgs, output: usize, input: usize, bytes: i32): void {
  const axis = args.axis;
  const isLog = args.isLog != 0;
  let maximum = f32x4.splat(-Infinity);
  let at = input;
  for (let i = 0; i < axis; i++, at += args.inputAxisStride) maximum = f32x4.max(maximum, v128.load(at));
  let total = f32x4.splat(0);
  at = input;
  let to = output;
  for (let first = 0; first < axis; first += 64) {
    let sum = f32x4.splat(0);
    const last = min(axis, first + 64);
    for (let i = first; i < last; i++) {
      const a = f32x4.sub(v128.load(at), maximum);
      const expA = exp(a);
      sum = f32x4.add(sum, expA);
      if (bytes == 16) v128.store(to, isLog ? a : expA);
      else storeBytes(to, isLog ? a : expA, bytes);
      at += args.inputAxisStride;
      to += args.outputAxisStride;
    }
    total = f32x4.add(total, sum);
  }
  finish(isLog, output, args.outputAxisStride, axis, bytes, isLog ? log(total) : f32x4.div(f32x4.splat(1), total));
}

/** Subtracts the logarithm of the sum from `count` vectors, or scales them by its reciprocal. */
// @ts-ignore: decorator
@inline
function finish(isLog: bool, output: usize, stride: isize, count: i32, bytes: i32, factor: v128): void {
  for (; count > 0; count--, output += stride) {
    const v = v128.load(output);
    const result = isLog ? f32x4.sub(v, factor) : f32x4.mul(v, factor);
    if (bytes == 16) v128.store(output, result);
    else storeBytes(output, result, bytes);
  }
}
