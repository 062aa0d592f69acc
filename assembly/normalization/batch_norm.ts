// Batch normalisation with the statistics of the batch, pixel by pixel, and the gradient of its input.
import { activateRow } from "../primitives/activate_row";
import { Activation, clip } from "../primitives/activation";
import { madd, nmadd } from "../primitives/fused";
import { storeLanes } from "../primitives/lanes";
import { firstUnit } from "../runtime/share";
import { entry, rowCount, rowOffset } from "../primitives/strides";
import { batchNormScratch } from "./normalization_layout";


@unmanaged
class ChannelwiseArgs {
  /** Dimensions of the pixels; the channels, contiguous, are none of them. */
  rank: i32;
  extents: usize;
  /** [pixels, channels] without gaps. */
  input: usize;
  output: usize;
  outputStrides: usize;
  channels: i32;
  /** f32[channels], as the next two. */
  scale: usize;
  mean: usize;
  variance: usize;
  epsilon: f32;
  scratch: usize;
  scratchStride: i32;
}


@unmanaged
class BatchNormArgs extends ChannelwiseArgs {
  /** f32[channels] */
  bias: usize;
  activation: i32;
  alpha: f32;
  beta: f32;
}


@unmanaged
class BatchNormGradientArgs extends ChannelwiseArgs {
  /** Of the output: [pixels, channels] without gaps. */
  gradient: usize;
  /** f32[channels], as the next. */
  scaleGradient: usize;
  biasGradient: usize;
}

/** Some pixels that lie one after the other in all tensors. */
type Run = (
  args: ChannelwiseArgs,
  input: usize,
  gradient: usize,
  output: usize,
  step: isize,
  pixels: i32,
  table: usize,
) => void;

/**
 * output = activation((input - mean) * scale / sqrt(variance + epsilon) + bias). `scratchStride` is at least
 * `batchNormScratch`; reads up to 12 bytes behind channels.
 */
export function f32_batch_norm(args: BatchNormArgs, thread: i32, threads: i32): void {
  const table = args.scratch + <usize>thread * args.scratchStride;
  for (let at: usize = 0; at < (<usize>args.channels) << 2; at += 16) v128.store(table + at, factor(args, at));
  walk(args, 0, table, thread, threads, normalizeRun);
}

/**
 * output = scale / d * (gradient - biasGradient / n - (input - mean) / d * scaleGradient / n) with n pixels and
 * d = sqrt(variance + epsilon): Ioffe and Szegedy, "Batch normalization" (2015), section 3. `scratchStride` is at least
 * `batchNormGradientScratch`; reads up to 12 bytes behind channels.
 */
export function f32_batch_norm_gradient(args: BatchNormGradientArgs, thread: i32, threads: i32): void {
  const table = args.scratch + <usize>thread * args.scratchStride;
  const pixels = f32x4.splat(<f32>(rowCount(args.rank, args.extents) * entry(args.extents, args.rank - 1, 1)));
  // [factor, mean of gradient, slope against the input] of four channels after the other.
  for (let at: usize = 0, to = table; at < (<usize>args.channels) << 2; at += 16, to += 48) {
    const variance = f32x4.add(v128.load(args.variance + at), f32x4.splat(args.epsilon));
    v128.store(to, factor(args, at));
    v128.store(to, f32x4.div(v128.load(args.biasGradient + at), pixels), 16);
    const slope = f32x4.div(v128.load(args.scaleGradient + at), f32x4.mul(f32x4.sqrt(variance), pixels));
    v128.store(to, slope, 32);
  }
  walk(args, args.gradient, table, thread, threads, gradientRun);
}

/** scale / sqrt(variance + epsilon) of four channels. */
// @ts-ignore: decorator
@inline
function factor(args: ChannelwiseArgs, at: usize): v128 {
  const deviation = f32x4.sqrt(f32x4.add(v128.load(args.variance + at), f32x4.splat(args.epsilon)));
  return f32x4.div(v128.load(args.scale + at), deviation);
}

function walk(args: ChannelwiseArgs, gradient: usize, table: usize, thread: i32, threads: i32, run: Run): void {
  assert(args.rank >= 0 && args.channels >= 0 && args.scratchStride >= batchNormScratch(args.channels));
  const rank = args.rank;
  const columns = entry(args.extents, rank - 1, 1);
  const pixels = rowCount(rank, args.extents) * columns;
  const pixelBytes = (<usize>args.channels) << 2;
  const step: isize = entry(args.outputStrides, rank - 1, 0);
  const last = firstUnit(pixels, thread + 1, threads);
  for (let pixel = firstUnit(pixels, thread, threads); pixel < last;) {
    const row = pixel / columns;
    const column = pixel - row * columns;
    const count = min(last - pixel, columns - column);
    const offset = <usize>pixel * pixelBytes;
    const output = args.output + rowOffset(row, rank, args.extents, args.outputStrides) + <isize>column * step;
    run(args, args.input + offset, gradient + offset, output, step, count, table);
    pixel += count;
  }
}

function normalizeRun(
  args: ChannelwiseArgs,
  input: usize,
  gradient: usize,
  output: usize,
  step: isize,
  pixels: i32,
  table: usize,
): void {
  const own = changetype<BatchNormArgs>(args);
  const isClip = own.activation == Activation.clip;
  const low = f32x4.splat(isClip ? own.alpha : -Infinity);
  const high = f32x4.splat(isClip ? own.beta : Infinity);
  const mean = args.mean;
  const bias = own.bias;
  const channels = args.channels;
  for (; pixels > 0; pixels--, output += step) {
    for (let at: usize = 0, left = channels; left > 0; at += 16, left -= 4) {
      const centred = f32x4.sub(v128.load(input + at), v128.load(mean + at));
      const y = clip(madd(centred, v128.load(table + at), v128.load(bias + at)), low, high);
      if (left > 3) v128.store(output + at, y);
      else storeLanes(output + at, y, left);
    }
    input += (<usize>channels) << 2;
    if (own.activation > Activation.clip) {
      activateRow(own.activation, output, 4, output, 4, channels, own.alpha, own.beta);
    }
  }
}

function gradientRun(
  args: ChannelwiseArgs,
  input: usize,
  gradient: usize,
  output: usize,
  step: isize,
  pixels: i32,
  table: usize,
): void {
  const mean = args.mean;
  const channels = args.channels;
  for (; pixels > 0; pixels--, output += step) {
    let row = table;
    for (let at: usize = 0, left = channels; left > 0; at += 16, left -= 4, row += 48) {
      const centred = f32x4.sub(v128.load(input + at), v128.load(mean + at));
      const rest = nmadd(centred, v128.load(row, 32), f32x4.sub(v128.load(gradient + at), v128.load(row, 16)));
      const x = f32x4.mul(rest, v128.load(row));
      if (left > 3) v128.store(output + at, x);
      else storeLanes(output + at, x, left);
    }
    input += (<usize>channels) << 2;
    gradient += (<usize>channels) << 2;
  }
}
