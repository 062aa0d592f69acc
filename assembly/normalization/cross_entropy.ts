// Softmax and cross-entropy in one: the loss of each row of logits, and its gradient.
import { maxLanes, sumLanes } from "../primitives/horizontal";
import { storeLanes } from "../primitives/lanes";
import { exp, log } from "../primitives/math";
import { firstUnit } from "../runtime/share";


@unmanaged
class CrossEntropyArgs {
  /** [rows, classes] */
  logits: usize;
  /** i32[rows] where `isLabels`, else f32[rows, classes]. */
  targets: usize;
  /** f32[rows] */
  loss: usize;
  rows: i32;
  classes: i32;
  /** 1: targets name a class each; 0: they weigh all classes. */
  isLabels: i32;
  /** Share of the weight that goes to all classes alike. */
  smoothing: f32;
}


@unmanaged
class CrossEntropyGradientArgs extends CrossEntropyArgs {
  /** [rows, classes]; `loss` is the gradient of the loss here. */
  output: usize;
}

/** Lanes of a vector that hold any of the `left` last classes. */
// @ts-ignore: decorator
@inline
function laneMask(left: i32): v128 {
  return i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3));
}

/** Four logits, minus infinity past the last. */
// @ts-ignore: decorator
@inline
function logitsAt(address: usize, left: i32): v128 {
  const x = v128.load(address);
  return left > 3 ? x : v128.bitselect(x, f32x4.splat(-Infinity), laneMask(left));
}

function maximum(row: usize, classes: i32): v128 {
  let result = f32x4.splat(-Infinity);
  for (; classes > 0; classes -= 4, row += 16) result = f32x4.max(result, logitsAt(row, classes));
  return f32x4.splat(maxLanes(result));
}

/** Sum of e^(x - shift), in all lanes. */
function sumExp(row: usize, classes: i32, shift: v128): v128 {
  let sum = f32x4.splat(0);
  for (; classes > 0; classes -= 4, row += 16) sum = f32x4.add(sum, exp(f32x4.sub(logitsAt(row, classes), shift)));
  return f32x4.splat(sumLanes(sum));
}

/** Weights of the four classes from `first` on: 1 for a label's, smoothed; 0 past the last class. */
// @ts-ignore: decorator
@inline
function weightsAt(args: CrossEntropyArgs, row: i32, first: i32): v128 {
  const kept = f32x4.splat(1 - args.smoothing);
  let target: v128;
  if (args.isLabels) {
    const label = load<i32>(args.targets + ((<usize>row) << 2));
    const isLabel = i32x4.eq(i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3)), i32x4.splat(label));
    target = v128.and(kept, isLabel);
  } else {
    const at = (<usize>(row * args.classes + first)) << 2;
    target = f32x4.mul(kept, v128.load(args.targets + at));
  }
  const smoothed = f32x4.add(target, f32x4.splat(args.smoothing / <f32>args.classes));
  return v128.and(smoothed, laneMask(args.classes - first));
}

/** Whether a row's label names no class. */
// @ts-ignore: decorator
@inline
function isOutside(args: CrossEntropyArgs, row: i32): bool {
  return args.isLabels != 0 && load<u32>(args.targets + ((<usize>row) << 2)) >= <u32>args.classes;
}

/**
 * loss = sum over classes of weight * (log(sum of e^x) - x), weight being (1 - smoothing) * target + smoothing /
 * classes; NaN for a label that names no class. Reads up to 12 bytes behind a row.
 */
export function f32_cross_entropy(args: CrossEntropyArgs, thread: i32, threads: i32): void {
  assert(args.rows >= 0 && args.classes > 0);
  const classes = args.classes;
  const last = firstUnit(args.rows, thread + 1, threads);
  for (let row = firstUnit(args.rows, thread, threads); row < last; row++) {
    const x = args.logits + ((<usize>(row * classes)) << 2);
    const shift = maximum(x, classes);
    const logSum = log(sumExp(x, classes, shift));
    let sum = f32x4.splat(0);
    for (let first = 0; first < classes; first += 4) {
      const surprise = f32x4.sub(logSum, f32x4.sub(v128.load(x + ((<usize>first) << 2)), shift));
      const weights = weightsAt(args, row, first);
      // No weight, no surprise: what is impossible may be expected never to happen.
      const term = v128.andnot(f32x4.mul(weights, surprise), f32x4.eq(weights, f32x4.splat(0)));
      sum = f32x4.add(sum, term);
    }
    store<f32>(args.loss + ((<usize>row) << 2), isOutside(args, row) ? NaN : sumLanes(sum));
  }
}

/** output = loss gradient * (softmax(logits) * sum of weights - weights); NaN for a label that names no class. */
export function f32_cross_entropy_gradient(args: CrossEntropyGradientArgs, thread: i32, threads: i32): void {
  assert(args.rows >= 0 && args.classes > 0);
  const classes = args.classes;
  const last = firstUnit(args.rows, thread + 1, threads);
  for (let row = firstUnit(args.rows, thread, threads); row < last; row++) {
    const offset = (<usize>(row * classes)) << 2;
    const x = args.logits + offset;
    const shift = maximum(x, classes);
    let total = f32x4.splat(0);
    for (let first = 0; first < classes; first += 4) total = f32x4.add(total, weightsAt(args, row, first));
    const scale = f32x4.div(f32x4.splat(sumLanes(total)), sumExp(x, classes, shift));
    const by = f32x4.splat(isOutside(args, row) ? NaN : load<f32>(args.loss + ((<usize>row) << 2)));
    for (let first = 0; first < classes; first += 4) {
      const at = (<usize>first) << 2;
      const power = exp(f32x4.sub(v128.load(x + at), shift));
      const slope = f32x4.sub(f32x4.mul(power, scale), weightsAt(args, row, first));
      storeLanes(args.output + offset + at, f32x4.mul(by, slope), classes - first);
    }
  }
}
