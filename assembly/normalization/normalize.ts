// Normalisation of short runs of floats that stay in the first cache: layer norm over rows, local response
// normalisation over the channels of a pixel.
import { Fold, foldAlong } from "../primitives/accumulate";
import { madd } from "../primitives/fused";
import { storeLanes } from "../primitives/lanes";
import { exp, log } from "../primitives/math";
import { firstUnit } from "../runtime/share";
import { entry, rowCount, rowOffset } from "../primitives/strides";
import { responseNormScratch } from "./normalization_layout";


@unmanaged
class LayerNormArgs {
  /** [rows, columns] */
  input: usize;
  output: usize;
  /** f32[rows], 0 where nobody wants them. */
  means: usize;
  /** 1 / standard deviation, as means. */
  inverses: usize;
  /** f32[columns] */
  scale: usize;
  /** f32[columns], 0 for none. */
  shift: usize;
  rows: i32;
  // The next two are the tables of a fold: each stands alone.
  columns: i32;
  columnStride: i32;
  epsilon: f32;
}

/**
 * output = (input - mean) / sqrt(variance + epsilon) * scale + shift, mean and variance of each row of >= 1 columns.
 */
export function f32_layer_norm(args: LayerNormArgs, thread: i32, threads: i32): void {
  assert(args.columns > 0 && args.columnStride == 4);
  const columns = args.columns;
  const extents = changetype<usize>(args) + offsetof<LayerNormArgs>("columns");
  const strides = changetype<usize>(args) + offsetof<LayerNormArgs>("columnStride");
  const count = f32x4.splat(<f32>columns);
  const last = firstUnit(args.rows, thread + 1, threads);
  for (let row = firstUnit(args.rows, thread, threads); row < last; row++) {
    const offset = <usize>row * ((<usize>columns) << 2);
    const input = args.input + offset;
    const mean = f32x4.div(foldAlong(Fold.sum, input, 1, extents, strides, f32x4.splat(0)), count);
    const variance = f32x4.div(foldAlong(Fold.sumSquare, input, 1, extents, strides, mean), count);
    const deviation = f32x4.sqrt(f32x4.add(variance, f32x4.splat(args.epsilon)));
    const inverse = f32x4.div(f32x4.splat(1), deviation);
    if (args.means) v128.store32_lane(args.means + ((<usize>row) << 2), mean, 0);
    if (args.inverses) v128.store32_lane(args.inverses + ((<usize>row) << 2), inverse, 0);
    scaleRow(args, args.output + offset, input, mean, inverse);
  }
}

function scaleRow(args: LayerNormArgs, output: usize, input: usize, mean: v128, inverse: v128): void {
  const columns = args.columns;
  const shift = args.shift;
  for (let column: usize = 0, left = columns; left > 0; column += 16, left -= 4) {
    const normal = f32x4.mul(f32x4.sub(v128.load(input + column), mean), inverse);
    const added = shift ? v128.load(shift + column) : f32x4.splat(0);
    storeLanes(output + column, madd(normal, v128.load(args.scale + column), added), left);
  }
}


@unmanaged
class ResponseNormArgs {
  /** Any number of dimensions, the last one contiguous channels. */
  rank: i32;
  extents: usize;
  input: usize;
  inputStrides: usize;
  output: usize;
  outputStrides: usize;
  /** Channels of a window, and how many of them stand before its own. */
  size: i32;
  before: i32;
  /** alpha / size */
  factor: f32;
  beta: f32;
  bias: f32;
  /** For each thread `responseNormScratch` bytes, `scratchStride` apart. */
  scratch: usize;
  scratchStride: i32;
}

/** output = input / (bias + factor * sum of the squares in its window of channels)^beta; bias + .. must be above 0. */
export function f32_response_norm(args: ResponseNormArgs, thread: i32, threads: i32): void {
  const rank = args.rank;
  const channels = entry(args.extents, rank - 1, 1);
  assert(rank > 0 && args.size > 0 && args.scratchStride >= responseNormScratch(channels, args.size));
  const squares = args.scratch + <usize>thread * args.scratchStride;
  memory.fill(squares, 0, args.scratchStride);
  const pixels = rowCount(rank, args.extents);
  const last = firstUnit(pixels, thread + 1, threads);
  for (let pixel = firstUnit(pixels, thread, threads); pixel < last; pixel++) {
    const input = args.input + rowOffset(pixel, rank, args.extents, args.inputStrides);
    const output = args.output + rowOffset(pixel, rank, args.extents, args.outputStrides);
    const own = squares + ((<usize>args.before) << 2);
    for (let channel: usize = 0, left = channels; left > 0; channel += 16, left -= 4) {
      const x = v128.load(input + channel);
      storeLanes(own + channel, f32x4.mul(x, x), left);
    }
    for (let channel: usize = 0, left = channels; left > 0; channel += 16, left -= 4) {
      let sum = v128.load(squares + channel);
      for (let i: usize = 4; i < (<usize>args.size) << 2; i += 4)
        sum = f32x4.add(sum, v128.load(squares + channel + i));
      const base = madd(sum, f32x4.splat(args.factor), f32x4.splat(args.bias));
      storeLanes(output + channel, f32x4.div(v128.load(input + channel), power(base, args.beta)), left);
    }
  }
}

/** base^beta for base > 0. */
// @ts-ignore: decorator
@inline
export function power(base: v128, beta: f32): v128 {
  // The usual exponent needs no logarithm.
  if (beta == 0.75) return f32x4.sqrt(f32x4.mul(base, f32x4.sqrt(base)));
  return exp(f32x4.mul(log(base), f32x4.splat(beta)));
}
