// Depthwise 3x3 with strides 1 and 2: the nine weights of four channels stay in registers while the window
// slides along a row, and every input value of the row is loaded once.
import { boundsOf, DepthwiseArgs, storeSums, walkPatches } from "./depthwise_rows";
import { madd } from "./fused";

/** f32_depthwise for nine taps and output columns one input column apart, so inputColumn is taps[1]. */
export function f32_depthwise_3x3(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 9);
  assert(load<i32>(args.taps, 4) == args.inputColumn);
  walkPatches(args, thread, threads, patchOfStride1);
}

/** f32_depthwise for nine taps and output columns two input columns apart, so inputColumn is taps[2]. */
export function f32_depthwise_3x3_s2(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 9);
  assert(load<i32>(args.taps, 8) == args.inputColumn);
  walkPatches(args, thread, threads, patchOfStride2);
}

/** `sum` plus one input column, three rows high, times one column of weights. */
// @ts-ignore: decorator
@inline
function addColumn(x0: v128, x1: v128, x2: v128, w0: v128, w1: v128, w2: v128, sum: v128): v128 {
  return madd(x2, w2, madd(x1, w1, madd(x0, w0, sum)));
}

function patchOfStride1(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32, rows: i32, columns: i32,
): void {
  if (lanes >= 4 && !residual) slideBy1(args, input, weights, 0, output, 4, rows, columns, true);
  else slideBy1(args, input, weights, residual, output, lanes, rows, columns, false);
}

// @ts-ignore: decorator
@inline
function slideBy1(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32,
  rows: i32, columns: i32, plain: bool,
): void {
  const bounds = boundsOf(args);
  const w00 = v128.load(weights, 16), w01 = v128.load(weights, 32), w02 = v128.load(weights, 48);
  const w10 = v128.load(weights, 64), w11 = v128.load(weights, 80), w12 = v128.load(weights, 96);
  const w20 = v128.load(weights, 112), w21 = v128.load(weights, 128), w22 = v128.load(weights, 144);
  const inputColumn = args.inputColumn;
  const outputColumn = args.outputColumn;
  const residualColumn = residual ? args.residualColumn : 0;
  const below = load<i32>(args.taps, 12);
  const belowThat = load<i32>(args.taps, 24);
  for (; rows > 0; rows--) {
    let a0 = input;
    let a1 = input + below;
    let a2 = input + belowThat;
    let x = v128.load(a0);
    // Sums of the next output pixel (two columns in) and of the one behind it (one column in).
    let next = addColumn(x, v128.load(a1), v128.load(a2), w00, w10, w20, v128.load(weights));
    a0 += inputColumn;
    a1 += inputColumn;
    a2 += inputColumn;
    x = v128.load(a0);
    next = madd(x, w01, next);
    let behind = madd(x, w00, v128.load(weights));
    x = v128.load(a1);
    next = madd(x, w11, next);
    behind = madd(x, w10, behind);
    x = v128.load(a2);
    next = madd(x, w21, next);
    behind = madd(x, w20, behind);
    let to = output;
    let from = residual;
    for (let left = columns; left > 0; left--) {
      a0 += inputColumn;
      a1 += inputColumn;
      a2 += inputColumn;
      // One input vector at a time is live.
      x = v128.load(a0);
      let sum = madd(x, w02, next);
      next = madd(x, w01, behind);
      behind = madd(x, w00, v128.load(weights));
      x = v128.load(a1);
      sum = madd(x, w12, sum);
      next = madd(x, w11, next);
      behind = madd(x, w10, behind);
      x = v128.load(a2);
      sum = madd(x, w22, sum);
      next = madd(x, w21, next);
      behind = madd(x, w20, behind);
      storeSums(sum, bounds, from, to, lanes, plain);
      to += outputColumn;
      if (!plain) from += residualColumn;
    }
    input += args.inputRow;
    output += args.outputRow;
    if (!plain && residual) residual += args.residualRow;
  }
}

function patchOfStride2(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32, rows: i32, columns: i32,
): void {
  if (lanes >= 4 && !residual) slideBy2(args, input, weights, 0, output, 4, rows, columns, true);
  else slideBy2(args, input, weights, residual, output, lanes, rows, columns, false);
}

// @ts-ignore: decorator
@inline
function slideBy2(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32,
  rows: i32, columns: i32, plain: bool,
): void {
  const bounds = boundsOf(args);
  const w00 = v128.load(weights, 16), w01 = v128.load(weights, 32), w02 = v128.load(weights, 48);
  const w10 = v128.load(weights, 64), w11 = v128.load(weights, 80), w12 = v128.load(weights, 96);
  const w20 = v128.load(weights, 112), w21 = v128.load(weights, 128), w22 = v128.load(weights, 144);
  const pixel = load<i32>(args.taps, 4);
  const outputColumn = args.outputColumn;
  const residualColumn = residual ? args.residualColumn : 0;
  const below = load<i32>(args.taps, 12);
  const belowThat = load<i32>(args.taps, 24);
  for (; rows > 0; rows--) {
    let a0 = input;
    let a1 = input + below;
    let a2 = input + belowThat;
    // Sum of the next output pixel, one column in.
    let next = addColumn(v128.load(a0), v128.load(a1), v128.load(a2), w00, w10, w20, v128.load(weights));
    let to = output;
    let from = residual;
    for (let left = columns; left > 0; left--) {
      a0 += pixel;
      a1 += pixel;
      a2 += pixel;
      let sum = addColumn(v128.load(a0), v128.load(a1), v128.load(a2), w01, w11, w21, next);
      a0 += pixel;
      a1 += pixel;
      a2 += pixel;
      let x = v128.load(a0);
      sum = madd(x, w02, sum);
      next = madd(x, w00, v128.load(weights));
      x = v128.load(a1);
      sum = madd(x, w12, sum);
      next = madd(x, w10, next);
      x = v128.load(a2);
      sum = madd(x, w22, sum);
      next = madd(x, w20, next);
      storeSums(sum, bounds, from, to, lanes, plain);
      to += outputColumn;
      if (!plain) from += residualColumn;
    }
    input += args.inputRow;
    output += args.outputRow;
    if (!plain && residual) residual += args.residualRow;
  }
}
