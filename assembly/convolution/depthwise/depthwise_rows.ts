// Depthwise 3x3 and 5x5 with strides 1 and 2: the weights of one row of the kernel stay in registers, and every input
// value that a tile needs of a row is loaded once and meets all its taps.
import { DepthwiseArgs, storeTile, walkTiles } from "./depthwise_tiles";
import { madd } from "../../primitives/fused";

/** f32_depthwise for nine taps and output columns one input column apart, so inputColumnStride is taps[1]. */
export function f32_depthwise_3x3(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 9);
  assert(load<i32>(args.taps, 4) == args.inputColumnStride);
  walkTiles(args, thread, threads, tile3By1);
}

/** f32_depthwise for nine taps and output columns two input columns apart, so inputColumnStride is taps[2]. */
export function f32_depthwise_3x3_s2(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 9);
  assert(load<i32>(args.taps, 8) == args.inputColumnStride);
  walkTiles(args, thread, threads, tile3By2);
}

/** f32_depthwise for 25 taps and output columns one input column apart, so inputColumnStride is taps[1]. */
export function f32_depthwise_5x5(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 25);
  assert(load<i32>(args.taps, 4) == args.inputColumnStride);
  walkTiles(args, thread, threads, tile5By1);
}

/** f32_depthwise for 25 taps and output columns two input columns apart, so inputColumnStride is taps[2]. */
export function f32_depthwise_5x5_s2(args: DepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.tapCount == 25);
  assert(load<i32>(args.taps, 8) == args.inputColumnStride);
  walkTiles(args, thread, threads, tile5By2);
}

function tile3By1(args: DepthwiseArgs, input: usize, residual: usize, output: usize): void {
  tile(args, input, residual, output, 3, 1);
}

function tile3By2(args: DepthwiseArgs, input: usize, residual: usize, output: usize): void {
  tile(args, input, residual, output, 3, 2);
}

function tile5By1(args: DepthwiseArgs, input: usize, residual: usize, output: usize): void {
  tile(args, input, residual, output, 5, 1);
}

function tile5By2(args: DepthwiseArgs, input: usize, residual: usize, output: usize): void {
  tile(args, input, residual, output, 5, 2);
}

/** A tap that only rows of five have. */
// @ts-ignore: decorator
@inline
function maddOf5(width: i32, x: v128, w: v128, sum: v128): v128 {
  return width == 5 ? madd(x, w, sum) : sum;
}

/** A tile for rows of `width` (3 or 5) taps and pixels `stride` (1 or 2) input columns apart, both constant. */
// @ts-ignore: decorator
@inline
function tile(args: DepthwiseArgs, input: usize, residual: usize, output: usize, width: i32, stride: i32): void {
  const pixel = load<i32>(args.taps, 4);
  let weights = args.weights;
  for (let left = args.channels; left >= 4; left -= 4) {
    let s0 = v128.load(weights);
    let s1 = s0,
      s2 = s0,
      s3 = s0,
      s4 = s0,
      s5 = s0,
      s6 = s0;
    weights += 16;
    let tap = args.taps;
    for (let rows = width; rows > 0; rows--, tap += width << 2, weights += width << 4) {
      const w0 = v128.load(weights),
        w1 = v128.load(weights, 16),
        w2 = v128.load(weights, 32);
      const w3 = width == 5 ? v128.load(weights, 48) : w2,
        w4 = width == 5 ? v128.load(weights, 64) : w2;
      let from = input + load<i32>(tap);
      let x: v128;
      // Column by column of the input: each meets its taps in all pixels that read it. No address is 0: with branches
      // between columns, V8 before 13 doesn't load a whole row before it multiplies, for which it lacks registers.
      if (stride == 1) {
        x = v128.load(from);
        s0 = madd(x, w0, s0);
        from += pixel;
        x = v128.load(from);
        s1 = madd(x, w0, s1);
        s0 = madd(x, w1, s0);
        from += pixel;
        x = v128.load(from);
        s2 = madd(x, w0, s2);
        s1 = madd(x, w1, s1);
        s0 = madd(x, w2, s0);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s3 = madd(x, w0, s3);
        s2 = madd(x, w1, s2);
        s1 = madd(x, w2, s1);
        s0 = maddOf5(width, x, w3, s0);
        from += pixel;
        x = v128.load(from);
        s4 = madd(x, w0, s4);
        s3 = madd(x, w1, s3);
        s2 = madd(x, w2, s2);
        s1 = maddOf5(width, x, w3, s1);
        s0 = maddOf5(width, x, w4, s0);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s5 = madd(x, w0, s5);
        s4 = madd(x, w1, s4);
        s3 = madd(x, w2, s3);
        s2 = maddOf5(width, x, w3, s2);
        s1 = maddOf5(width, x, w4, s1);
        from += pixel;
        x = v128.load(from);
        s6 = madd(x, w0, s6);
        s5 = madd(x, w1, s5);
        s4 = madd(x, w2, s4);
        s3 = maddOf5(width, x, w3, s3);
        s2 = maddOf5(width, x, w4, s2);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s6 = madd(x, w1, s6);
        s5 = madd(x, w2, s5);
        s4 = maddOf5(width, x, w3, s4);
        s3 = maddOf5(width, x, w4, s3);
        from += pixel;
        x = v128.load(from);
        s6 = madd(x, w2, s6);
        s5 = maddOf5(width, x, w3, s5);
        s4 = maddOf5(width, x, w4, s4);
        if (width == 5) {
          from += pixel;
          x = v128.load(from);
          s6 = madd(x, w3, s6);
          s5 = madd(x, w4, s5);
          from += pixel;
          x = v128.load(from);
          s6 = madd(x, w4, s6);
        }
      } else {
        x = v128.load(from);
        s0 = madd(x, w0, s0);
        from += pixel;
        x = v128.load(from);
        s0 = madd(x, w1, s0);
        from += pixel;
        x = v128.load(from);
        s1 = madd(x, w0, s1);
        s0 = madd(x, w2, s0);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s1 = madd(x, w1, s1);
        s0 = maddOf5(width, x, w3, s0);
        from += pixel;
        x = v128.load(from);
        s2 = madd(x, w0, s2);
        s1 = madd(x, w2, s1);
        s0 = maddOf5(width, x, w4, s0);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s2 = madd(x, w1, s2);
        s1 = maddOf5(width, x, w3, s1);
        from += pixel;
        x = v128.load(from);
        s3 = madd(x, w0, s3);
        s2 = madd(x, w2, s2);
        s1 = maddOf5(width, x, w4, s1);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s3 = madd(x, w1, s3);
        s2 = maddOf5(width, x, w3, s2);
        from += pixel;
        x = v128.load(from);
        s4 = madd(x, w0, s4);
        s3 = madd(x, w2, s3);
        s2 = maddOf5(width, x, w4, s2);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s4 = madd(x, w1, s4);
        s3 = maddOf5(width, x, w3, s3);
        from += pixel;
        x = v128.load(from);
        s5 = madd(x, w0, s5);
        s4 = madd(x, w2, s4);
        s3 = maddOf5(width, x, w4, s3);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s5 = madd(x, w1, s5);
        s4 = maddOf5(width, x, w3, s4);
        from += pixel;
        x = v128.load(from);
        s6 = madd(x, w0, s6);
        s5 = madd(x, w2, s5);
        s4 = maddOf5(width, x, w4, s4);
        if (!from) break;
        from += pixel;
        x = v128.load(from);
        s6 = madd(x, w1, s6);
        s5 = maddOf5(width, x, w3, s5);
        from += pixel;
        x = v128.load(from);
        s6 = madd(x, w2, s6);
        s5 = maddOf5(width, x, w4, s5);
        if (width == 5) {
          from += pixel;
          x = v128.load(from);
          s6 = madd(x, w3, s6);
          from += pixel;
          x = v128.load(from);
          s6 = madd(x, w4, s6);
        }
      }
    }
    storeTile(args, residual, output, s0, s1, s2, s3, s4, s5, s6);
    input += 16;
    output += 16;
    if (residual) residual += 16;
  }
}
