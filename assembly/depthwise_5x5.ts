// Depthwise 5x5 with strides 1 and 2: one row of the kernel at a time slides along a row of the map, its five weights
// and all sums under way in registers; between the kernel's rows the sums wait where the output will be.
import { boundsOf, DepthwiseArgs, storeSums, walkPatches } from "./depthwise_rows";
import { tapPatch } from "./depthwise_taps";
import { madd } from "./fused";

// Kernel rows, and bytes of one row's weights and of its tap offsets.
const ROWS: i32 = 5;
const WEIGHTS_BYTES: usize = 80;
const TAPS_BYTES: usize = 20;

/** f32_depthwise for 25 taps and output columns one input column apart, so inputColumn is taps[1]. */
export function f32_depthwise_5x5(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 25);
  assert(load<i32>(args.taps, 4) == args.inputColumn);
  walkPatches(args, thread, threads, patchOfStride1);
}

/** f32_depthwise for 25 taps and output columns two input columns apart, so inputColumn is taps[2]. */
export function f32_depthwise_5x5_s2(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 25);
  assert(load<i32>(args.taps, 8) == args.inputColumn);
  walkPatches(args, thread, threads, patchOfStride2);
}

function patchOfStride1(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32, rows: i32, columns: i32,
): void {
  if (lanes < 4 || residual || columns < 4) {
    tapPatch(args, input, weights, residual, output, lanes, rows, columns);
    return;
  }
  for (; rows > 0; rows--, input += args.inputRow, output += args.outputRow) {
    let w = weights + 16;
    let tap = args.taps;
    for (let row = 0; row < ROWS; row++, w += WEIGHTS_BYTES, tap += TAPS_BYTES) {
      const from = input + load<i32>(tap);
      if (row == 0) firstRowBy1(args, from, w, weights, output, columns);
      else if (row < ROWS - 1) middleRowBy1(args, from, w, output, columns);
      else lastRowBy1(args, from, w, output, columns);
    }
  }
}

function firstRowBy1(args: DepthwiseArgs, input: usize, w: usize, bias: usize, output: usize, columns: i32): void {
  slideBy1(args, input, w, bias, 0, output, columns, false);
}

function middleRowBy1(args: DepthwiseArgs, input: usize, w: usize, output: usize, columns: i32): void {
  slideBy1(args, input, w, output, args.outputColumn, output, columns, false);
}

function lastRowBy1(args: DepthwiseArgs, input: usize, w: usize, output: usize, columns: i32): void {
  slideBy1(args, input, w, output, args.outputColumn, output, columns, true);
}

/**
 * `columns` >= 4 sums, `startStep` bytes apart from `start` on, plus one row of the kernel, to `output`; the `last`
 * (constant) row is clipped. Never reads a start behind the last column.
 */
// @ts-ignore: decorator
@inline
function slideBy1(
  args: DepthwiseArgs, input: usize, w: usize, start: usize, startStep: i32, output: usize, columns: i32, last: bool,
): void {
  const bounds = last ? boundsOf(args) : 0;
  const w0 = v128.load(w), w1 = v128.load(w, 16), w2 = v128.load(w, 32), w3 = v128.load(w, 48), w4 = v128.load(w, 64);
  const inputColumn = args.inputColumn;
  const outputColumn = args.outputColumn;
  // Sums of the next four output pixels, so far.
  let x = v128.load(input);
  let s0 = madd(x, w0, v128.load(start));
  input += inputColumn;
  start += startStep;
  x = v128.load(input);
  s0 = madd(x, w1, s0);
  let s1 = madd(x, w0, v128.load(start));
  input += inputColumn;
  start += startStep;
  x = v128.load(input);
  s0 = madd(x, w2, s0);
  s1 = madd(x, w1, s1);
  let s2 = madd(x, w0, v128.load(start));
  input += inputColumn;
  start += startStep;
  x = v128.load(input);
  s0 = madd(x, w3, s0);
  s1 = madd(x, w2, s1);
  s2 = madd(x, w1, s2);
  let s3 = madd(x, w0, v128.load(start));
  for (let left = columns - 4; left > 0; left--) {
    input += inputColumn;
    start += startStep;
    x = v128.load(input);
    const sum = madd(x, w4, s0);
    s0 = madd(x, w3, s1);
    s1 = madd(x, w2, s2);
    s2 = madd(x, w1, s3);
    s3 = madd(x, w0, v128.load(start));
    if (last) storeSums(sum, bounds, 0, output, 4, true);
    else v128.store(output, sum);
    output += outputColumn;
  }
  for (let left = 4; left > 0; left--) {
    input += inputColumn;
    x = v128.load(input);
    const sum = madd(x, w4, s0);
    s0 = madd(x, w3, s1);
    s1 = madd(x, w2, s2);
    s2 = madd(x, w1, s3);
    if (last) storeSums(sum, bounds, 0, output, 4, true);
    else v128.store(output, sum);
    output += outputColumn;
  }
}

function patchOfStride2(
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32, rows: i32, columns: i32,
): void {
  if (lanes < 4 || residual || columns < 2) {
    tapPatch(args, input, weights, residual, output, lanes, rows, columns);
    return;
  }
  for (; rows > 0; rows--, input += args.inputRow, output += args.outputRow) {
    let w = weights + 16;
    let tap = args.taps;
    for (let row = 0; row < ROWS; row++, w += WEIGHTS_BYTES, tap += TAPS_BYTES) {
      const from = input + load<i32>(tap);
      if (row == 0) firstRowBy2(args, from, w, weights, output, columns);
      else if (row < ROWS - 1) middleRowBy2(args, from, w, output, columns);
      else lastRowBy2(args, from, w, output, columns);
    }
  }
}

function firstRowBy2(args: DepthwiseArgs, input: usize, w: usize, bias: usize, output: usize, columns: i32): void {
  slideBy2(args, input, w, bias, 0, output, columns, false);
}

function middleRowBy2(args: DepthwiseArgs, input: usize, w: usize, output: usize, columns: i32): void {
  slideBy2(args, input, w, output, args.outputColumn, output, columns, false);
}

function lastRowBy2(args: DepthwiseArgs, input: usize, w: usize, output: usize, columns: i32): void {
  slideBy2(args, input, w, output, args.outputColumn, output, columns, true);
}

/** slideBy1 for output columns two input columns apart, `columns` >= 2. */
// @ts-ignore: decorator
@inline
function slideBy2(
  args: DepthwiseArgs, input: usize, w: usize, start: usize, startStep: i32, output: usize, columns: i32, last: bool,
): void {
  const bounds = last ? boundsOf(args) : 0;
  const w0 = v128.load(w), w1 = v128.load(w, 16), w2 = v128.load(w, 32), w3 = v128.load(w, 48), w4 = v128.load(w, 64);
  const pixel = load<i32>(args.taps, 4);
  const outputColumn = args.outputColumn;
  // Sums of the next two output pixels, so far.
  let s0 = madd(v128.load(input), w0, v128.load(start));
  input += pixel;
  s0 = madd(v128.load(input), w1, s0);
  input += pixel;
  start += startStep;
  let x = v128.load(input);
  s0 = madd(x, w2, s0);
  let s1 = madd(x, w0, v128.load(start));
  for (let left = columns - 2; left > 0; left--) {
    input += pixel;
    start += startStep;
    x = v128.load(input);
    let sum = madd(x, w3, s0);
    s0 = madd(x, w1, s1);
    input += pixel;
    x = v128.load(input);
    sum = madd(x, w4, sum);
    s0 = madd(x, w2, s0);
    s1 = madd(x, w0, v128.load(start));
    if (last) storeSums(sum, bounds, 0, output, 4, true);
    else v128.store(output, sum);
    output += outputColumn;
  }
  for (let left = 2; left > 0; left--) {
    input += pixel;
    x = v128.load(input);
    let sum = madd(x, w3, s0);
    s0 = madd(x, w1, s1);
    input += pixel;
    x = v128.load(input);
    sum = madd(x, w4, sum);
    s0 = madd(x, w2, s0);
    if (last) storeSums(sum, bounds, 0, output, 4, true);
    else v128.store(output, sum);
    output += outputColumn;
  }
}
