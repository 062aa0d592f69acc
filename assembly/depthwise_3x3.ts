// Depthwise 3x3 with strides 1 and 2: the nine weights of four channels stay in registers while the window
// slides along a row, and every input value of the row is loaded once.
import { DepthwiseArgs, highOf, lowOf, storeSums, walkRows } from "./depthwise_rows";
import { madd } from "./fused";

/** f32_depthwise for nine taps and output columns one input column apart, so inputColumn is taps[1]. */
export function f32_depthwise_3x3(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 9);
  assert(load<i32>(args.taps, 4) == args.inputColumn);
  walkRows(args, thread, threads, rowOfStride1);
}

/** f32_depthwise for nine taps and output columns two input columns apart, so inputColumn is taps[2]. */
export function f32_depthwise_3x3_s2(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 9);
  assert(load<i32>(args.taps, 8) == args.inputColumn);
  walkRows(args, thread, threads, rowOfStride2);
}

/** `sum` plus one input column, three rows high, times one column of weights. */
// @ts-ignore: decorator
@inline
function addColumn(x0: v128, x1: v128, x2: v128, w0: v128, w1: v128, w2: v128, sum: v128): v128 {
  return madd(x2, w2, madd(x1, w1, madd(x0, w0, sum)));
}

function rowOfStride1(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32,
): void {
  if (lanes >= 4 && !residual) slideBy1(args, input, weights, 0, output, 4, true);
  else slideBy1(args, input, weights, residual, output, lanes, false);
}

// @ts-ignore: decorator
@inline
function slideBy1(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32, plain: bool,
): void {
  const low = f32x4.splat(lowOf(args));
  const high = f32x4.splat(highOf(args));
  const w00 = v128.load(weights, 16), w01 = v128.load(weights, 32), w02 = v128.load(weights, 48);
  const w10 = v128.load(weights, 64), w11 = v128.load(weights, 80), w12 = v128.load(weights, 96);
  const w20 = v128.load(weights, 112), w21 = v128.load(weights, 128), w22 = v128.load(weights, 144);
  const inputColumn = args.inputColumn;
  const outputColumn = args.outputColumn;
  const residualColumn = residual ? args.residualColumn : 0;
  let a0 = input;
  let a1 = input + load<i32>(args.taps, 12);
  let a2 = input + load<i32>(args.taps, 24);
  let x0 = v128.load(a0), x1 = v128.load(a1), x2 = v128.load(a2);
  // Sums of the next output pixel (two columns in) and of the one behind it (one column in).
  let next = addColumn(x0, x1, x2, w00, w10, w20, v128.load(weights));
  a0 += inputColumn;
  a1 += inputColumn;
  a2 += inputColumn;
  x0 = v128.load(a0);
  x1 = v128.load(a1);
  x2 = v128.load(a2);
  next = addColumn(x0, x1, x2, w01, w11, w21, next);
  let behind = addColumn(x0, x1, x2, w00, w10, w20, v128.load(weights));
  for (let left = args.columns; left > 0; left--) {
    a0 += inputColumn;
    a1 += inputColumn;
    a2 += inputColumn;
    x0 = v128.load(a0);
    x1 = v128.load(a1);
    x2 = v128.load(a2);
    const sum = addColumn(x0, x1, x2, w02, w12, w22, next);
    next = addColumn(x0, x1, x2, w01, w11, w21, behind);
    behind = addColumn(x0, x1, x2, w00, w10, w20, v128.load(weights));
    storeSums(sum, low, high, residual, output, lanes, plain);
    output += outputColumn;
    if (!plain) residual += residualColumn;
  }
}

function rowOfStride2(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32,
): void {
  if (lanes >= 4 && !residual) slideBy2(args, input, weights, 0, output, 4, true);
  else slideBy2(args, input, weights, residual, output, lanes, false);
}

// @ts-ignore: decorator
@inline
function slideBy2(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32, plain: bool,
): void {
  const low = f32x4.splat(lowOf(args));
  const high = f32x4.splat(highOf(args));
  const w00 = v128.load(weights, 16), w01 = v128.load(weights, 32), w02 = v128.load(weights, 48);
  const w10 = v128.load(weights, 64), w11 = v128.load(weights, 80), w12 = v128.load(weights, 96);
  const w20 = v128.load(weights, 112), w21 = v128.load(weights, 128), w22 = v128.load(weights, 144);
  const pixel = load<i32>(args.taps, 4);
  const outputColumn = args.outputColumn;
  const residualColumn = residual ? args.residualColumn : 0;
  let a0 = input;
  let a1 = input + load<i32>(args.taps, 12);
  let a2 = input + load<i32>(args.taps, 24);
  let x0 = v128.load(a0), x1 = v128.load(a1), x2 = v128.load(a2);
  // Sum of the next output pixel, one column in.
  let next = addColumn(x0, x1, x2, w00, w10, w20, v128.load(weights));
  for (let left = args.columns; left > 0; left--) {
    a0 += pixel;
    a1 += pixel;
    a2 += pixel;
    const sum = addColumn(v128.load(a0), v128.load(a1), v128.load(a2), w01, w11, w21, next);
    a0 += pixel;
    a1 += pixel;
    a2 += pixel;
    x0 = v128.load(a0);
    x1 = v128.load(a1);
    x2 = v128.load(a2);
    next = addColumn(x0, x1, x2, w00, w10, w20, v128.load(weights));
    storeSums(addColumn(x0, x1, x2, w02, w12, w22, sum), low, high, residual, output, lanes, plain);
    output += outputColumn;
    if (!plain) residual += residualColumn;
  }
}
