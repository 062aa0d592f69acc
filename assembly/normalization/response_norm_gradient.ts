// Gradient of local response normalisation over the channels of a pixel.
import { madd } from "../primitives/fused";
import { storeLanes } from "../primitives/lanes";
import { power } from "./normalize";
import { firstUnit } from "../runtime/share";
import { responseNormGradientScratch } from "./normalization_layout";


@unmanaged
class ResponseNormGradientArgs {
  /** [pixels, channels] as the next two. */
  input: usize;
  /** Of the output. */
  gradient: usize;
  output: usize;
  pixels: i32;
  channels: i32;
  /** Channels of a window, and how many of them stand before its own. */
  size: i32;
  before: i32;
  /** alpha / size */
  factor: f32;
  beta: f32;
  bias: f32;
  /** For each thread `responseNormGradientScratch` bytes, `scratchStride` apart. */
  scratch: usize;
  scratchStride: i32;
}

/**
 * With base = bias + factor * sum of the squares in a channel's window: output = gradient / base^beta
 * - 2 factor beta input * sum over the channels in whose windows it is of gradient * input / base^(beta + 1).
 * Reads up to 12 bytes behind its operands.
 */
export function f32_response_norm_gradient(args: ResponseNormGradientArgs, thread: i32, threads: i32): void {
  const channels = args.channels;
  const size = args.size;
  assert(size > 0 && args.before < size && args.scratchStride >= responseNormGradientScratch(channels, size));
  const squares = args.scratch + <usize>thread * args.scratchStride;
  const ratios = squares + ((<usize>(channels + size)) << 2) + 32;
  memory.fill(squares, 0, args.scratchStride);
  const ownSquares = squares + ((<usize>args.before) << 2);
  const ownRatios = ratios + ((<usize>(size - 1 - args.before)) << 2);
  const slope = f32x4.splat(2 * args.factor * args.beta);
  const last = firstUnit(args.pixels, thread + 1, threads);
  for (let pixel = firstUnit(args.pixels, thread, threads); pixel < last; pixel++) {
    const offset = (<usize>(pixel * channels)) << 2;
    const input = args.input + offset;
    const gradient = args.gradient + offset;
    const output = args.output + offset;
    for (let channel: usize = 0, left = channels; left > 0; channel += 16, left -= 4) {
      const x = v128.load(input + channel);
      storeLanes(ownSquares + channel, f32x4.mul(x, x), left);
    }
    for (let channel: usize = 0, left = channels; left > 0; channel += 16, left -= 4) {
      const sum = windowSum(squares + channel, size);
      const base = madd(sum, f32x4.splat(args.factor), f32x4.splat(args.bias));
      const direct = f32x4.div(v128.load(gradient + channel), power(base, args.beta));
      const ratio = f32x4.div(f32x4.mul(direct, v128.load(input + channel)), base);
      storeLanes(ownRatios + channel, ratio, left);
      storeLanes(output + channel, direct, left);
    }
    for (let channel: usize = 0, left = channels; left > 0; channel += 16, left -= 4) {
      const bent = f32x4.mul(f32x4.mul(slope, v128.load(input + channel)), windowSum(ratios + channel, size));
      storeLanes(output + channel, f32x4.sub(v128.load(output + channel), bent), left);
    }
  }
}

/** Sums of `size` neighbours from each of four floats on. */
// @ts-ignore: decorator
@inline
function windowSum(from: usize, size: i32): v128 {
  let sum = v128.load(from);
  for (let i: usize = 4; i < (<usize>size) << 2; i += 4) sum = f32x4.add(sum, v128.load(from + i));
  return sum;
}
