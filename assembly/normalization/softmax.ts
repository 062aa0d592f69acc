// Softmax and log-softmax along one axis.
import { expLow, log } from "../primitives/math";
import { firstUnit } from "../runtime/share";
import { storeBytes } from "../primitives/tail";
import { sumLanes } from "../primitives/horizontal";
import { storeLanes } from "../primitives/lanes";


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
    const input = args.input + <isize>row * args.inputOuterStride + ((<usize>block) << 4);
    const output = args.output + <isize>row * args.outputOuterStride + ((<usize>block) << 4);
    acrossAxis(args, output, input, min(4, args.inner - block * 4) << 2);
  }
}

/** One contiguous row. */
// @ts-ignore: decorator
@inline
function alongAxis(isLog: bool, output: usize, input: usize, axis: i32): void {
  const vectors = axis >> 2;
  const rest = axis & 3;
  const end = input + ((<usize>vectors) << 4);
  // Behind the end is what doesn't matter: -infinity in the maximum, 0 in the sum.
  const inRest = i32x4.gt_s(i32x4.splat(rest), i32x4(0, 1, 2, 3));
  const last = v128.bitselect(v128.load(end), f32x4.splat(-Infinity), inRest);
  const m = rowMaximum(input, vectors, last);
  // Two sums, so that neither waits for the other; blocks keep the rounding error of long rows small.
  let total = f32x4.splat(0);
  let to = output;
  for (let at = input; at < end;) {
    const blockEnd = min(end, at + 1024);
    let even = f32x4.splat(0);
    let odd = f32x4.splat(0);
    for (; at + 16 < blockEnd; at += 32) {
      const a = f32x4.sub(v128.load(at), m);
      const b = f32x4.sub(v128.load(at, 16), m);
      const expA = expLow(a);
      const expB = expLow(b);
      even = f32x4.add(even, expA);
      odd = f32x4.add(odd, expB);
      v128.store(to, isLog ? a : expA);
      v128.store(to, isLog ? b : expB, 16);
      to += 32;
    }
    if (at < blockEnd) {
      const a = f32x4.sub(v128.load(at), m);
      const expA = expLow(a);
      even = f32x4.add(even, expA);
      v128.store(to, isLog ? a : expA);
      at += 16;
      to += 16;
    }
    total = f32x4.add(total, f32x4.add(even, odd));
  }
  // Zeros behind the end: a power that underflows is slow.
  const restA = v128.and(f32x4.sub(last, m), inRest);
  const restExp = expLow(restA);
  if (rest) total = f32x4.add(total, v128.and(restExp, inRest));
  const sum = f32x4.splat(sumLanes(total));
  const factor = isLog ? log(sum) : f32x4.div(f32x4.splat(1), sum);
  finish(isLog, output, 16, vectors, 16, factor);
  if (rest) storeLanes(to, isLog ? f32x4.sub(restA, factor) : f32x4.mul(restExp, factor), rest);
}

/** The greatest of `vectors` vectors and `last`, in all lanes; a NaN is no number and loses. */
function rowMaximum(input: usize, vectors: i32, last: v128): v128 {
  let a = f32x4.pmax(f32x4.splat(-Infinity), last);
  let b = a,
    c = a,
    d = a;
  for (; vectors > 3; vectors -= 4, input += 64) {
    a = f32x4.pmax(a, v128.load(input));
    b = f32x4.pmax(b, v128.load(input, 16));
    c = f32x4.pmax(c, v128.load(input, 32));
    d = f32x4.pmax(d, v128.load(input, 48));
  }
  for (; vectors > 0; vectors--, input += 16) a = f32x4.pmax(a, v128.load(input));
  a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  a = f32x4.pmax(a, i32x4.shuffle(a, a, 2, 3, 0, 1));
  return f32x4.pmax(a, i32x4.shuffle(a, a, 1, 0, 3, 2));
}

/** Up to four neighbours of the inner dimension, `bytes` bytes, through the whole axis. */
function acrossAxis(args: SoftmaxArgs, output: usize, input: usize, bytes: i32): void {
  const axis = args.axis;
  const isLog = args.isLog != 0;
  let maximum = f32x4.splat(-Infinity);
  let at = input;
  for (let i = 0; i < axis; i++, at += args.inputAxisStride) maximum = f32x4.pmax(maximum, v128.load(at));
  let total = f32x4.splat(0);
  at = input;
  let to = output;
  for (let first = 0; first < axis; first += 64) {
    let sum = f32x4.splat(0);
    const last = min(axis, first + 64);
    for (let i = first; i < last; i++) {
      const a = f32x4.sub(v128.load(at), maximum);
      const expA = expLow(a);
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
