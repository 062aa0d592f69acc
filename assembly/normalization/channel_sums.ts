// Statistics of each channel over all pixels, read once: moments for batch normalisation, and the sums of its gradient.
import { madd } from "../primitives/fused";
import { storeLanes } from "../primitives/lanes";
import { firstUnit } from "../runtime/share";


@unmanaged
class ChannelMomentsArgs {
  /** [pixels, channels], pixels >= 1. */
  input: usize;
  /** f32[channels] */
  mean: usize;
  /** f32[channels] */
  variance: usize;
  pixels: i32;
  channels: i32;
}


@unmanaged
class BatchNormSumsArgs {
  /** [pixels, channels] */
  input: usize;
  /** Of the output: [pixels, channels]. */
  gradient: usize;
  /** f32[channels], as the next three. */
  mean: usize;
  variance: usize;
  /** Gradients of the scale and of the bias. */
  scaleGradient: usize;
  biasGradient: usize;
  pixels: i32;
  channels: i32;
  epsilon: f32;
}

// Pixels that are summed before they join the others: rounding errors grow with this plus the blocks, and a block is
// still in the cache when it is read again.
const BLOCK: i32 = 128;
// Channels that are summed together: a line of the cache.
const LINE: i32 = 16;

/**
 * Means and biased variances, each block of pixels by its own mean first; blocks are joined as in Chan, Golub and
 * LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979). Reads up to 12 bytes
 * behind a pixel's channels.
 */
export function f32_channel_moments(args: ChannelMomentsArgs, thread: i32, threads: i32): void {
  assert(args.pixels > 0 && args.channels >= 0);
  const lines = (args.channels + LINE - 1) / LINE;
  const last = firstUnit(lines, thread + 1, threads);
  for (let line = firstUnit(lines, thread, threads); line < last; line++) {
    const end = min(args.channels, (line + 1) * LINE);
    let channel = line * LINE;
    if (end - channel == LINE) {
      for (let first = 0; first < args.pixels; first += BLOCK) lineMoments(args, channel, first);
      channel = end;
    }
    for (; channel < end; channel += 4) {
      for (let first = 0; first < args.pixels; first += BLOCK) vectorMoments(args, channel, first, end - channel);
    }
    const count = f32x4.splat(<f32>args.pixels);
    for (let at = line * LINE; at < end; at += 4) {
      const variance = args.variance + ((<usize>at) << 2);
      storeLanes(variance, f32x4.div(v128.load(variance), count), end - at);
    }
  }
}

/** Joins a block's sum and sum of squared deviations to what `mean` and `variance` hold of the pixels before. */
// @ts-ignore: decorator
@inline
function joinMoments(
  args: ChannelMomentsArgs,
  channel: i32,
  first: i32,
  average: v128,
  squares: v128,
  lanes: i32,
): void {
  const count = min(BLOCK, args.pixels - first);
  const mean = args.mean + ((<usize>channel) << 2);
  const variance = args.variance + ((<usize>channel) << 2);
  if (first > 0) {
    const before = v128.load(mean);
    const difference = f32x4.sub(average, before);
    const share = f32x4.splat(<f32>count / <f32>(first + count));
    const between = f32x4.mul(f32x4.mul(difference, difference), f32x4.mul(share, f32x4.splat(<f32>first)));
    average = madd(difference, share, before);
    squares = f32x4.add(v128.load(variance), f32x4.add(squares, between));
  }
  storeLanes(mean, average, lanes);
  storeLanes(variance, squares, lanes);
}

/** A block of 16 channels. */
function lineMoments(args: ChannelMomentsArgs, channel: i32, first: i32): void {
  const stride = (<usize>args.channels) << 2;
  const count = min(BLOCK, args.pixels - first);
  const input = args.input + <usize>first * stride + ((<usize>channel) << 2);
  const end = input + <usize>count * stride;
  let a = f32x4.splat(0);
  let b = a,
    c = a,
    d = a;
  for (let at = input; at < end; at += stride) {
    a = f32x4.add(a, v128.load(at));
    b = f32x4.add(b, v128.load(at, 16));
    c = f32x4.add(c, v128.load(at, 32));
    d = f32x4.add(d, v128.load(at, 48));
  }
  const divisor = f32x4.splat(<f32>count);
  a = f32x4.div(a, divisor);
  b = f32x4.div(b, divisor);
  c = f32x4.div(c, divisor);
  d = f32x4.div(d, divisor);
  let s = f32x4.splat(0);
  let t = s,
    u = s,
    v = s;
  for (let at = input; at < end; at += stride) {
    const p = f32x4.sub(v128.load(at), a);
    const q = f32x4.sub(v128.load(at, 16), b);
    s = madd(p, p, s);
    t = madd(q, q, t);
    const r = f32x4.sub(v128.load(at, 32), c);
    const w = f32x4.sub(v128.load(at, 48), d);
    u = madd(r, r, u);
    v = madd(w, w, v);
  }
  joinMoments(args, channel, first, a, s, 4);
  joinMoments(args, channel + 4, first, b, t, 4);
  joinMoments(args, channel + 8, first, c, u, 4);
  joinMoments(args, channel + 12, first, d, v, 4);
}

/** A block of four channels, of which `lanes` are there, with the bits that lineMoments gives. */
function vectorMoments(args: ChannelMomentsArgs, channel: i32, first: i32, lanes: i32): void {
  const stride = (<usize>args.channels) << 2;
  const count = min(BLOCK, args.pixels - first);
  const input = args.input + <usize>first * stride + ((<usize>channel) << 2);
  const end = input + <usize>count * stride;
  let sum = f32x4.splat(0);
  for (let at = input; at < end; at += stride) sum = f32x4.add(sum, v128.load(at));
  const average = f32x4.div(sum, f32x4.splat(<f32>count));
  let squares = f32x4.splat(0);
  for (let at = input; at < end; at += stride) {
    const difference = f32x4.sub(v128.load(at), average);
    squares = madd(difference, difference, squares);
  }
  joinMoments(args, channel, first, average, squares, lanes);
}

/** biasGradient = sum of gradient, scaleGradient = sum of gradient * (input - mean) / sqrt(variance + epsilon). */
export function f32_batch_norm_sums(args: BatchNormSumsArgs, thread: i32, threads: i32): void {
  assert(args.pixels >= 0 && args.channels >= 0);
  const vectors = (args.channels + 3) >> 2;
  const last = firstUnit(vectors, thread + 1, threads);
  for (let vector = firstUnit(vectors, thread, threads); vector < last;) {
    const width = min(2, last - vector);
    if (width == 2) sumPair(args, (<usize>vector) << 4, args.channels - (vector << 2));
    else sumVector(args, (<usize>vector) << 4, args.channels - (vector << 2));
    vector += width;
  }
}

// @ts-ignore: decorator
@inline
function storeSums(args: BatchNormSumsArgs, at: usize, bias: v128, scale: v128, lanes: i32): void {
  const deviation = f32x4.sqrt(f32x4.add(v128.load(args.variance + at), f32x4.splat(args.epsilon)));
  storeLanes(args.biasGradient + at, bias, lanes);
  storeLanes(args.scaleGradient + at, f32x4.div(scale, deviation), lanes);
}

function sumPair(args: BatchNormSumsArgs, offset: usize, lanes: i32): void {
  const stride = (<usize>args.channels) << 2;
  const mean0 = v128.load(args.mean + offset);
  const mean1 = v128.load(args.mean + offset, 16);
  let input = args.input + offset;
  let gradient = args.gradient + offset;
  let bias0 = f32x4.splat(0);
  let bias1 = bias0,
    scale0 = bias0,
    scale1 = bias0;
  for (let first = 0; first < args.pixels; first += BLOCK) {
    let b0 = f32x4.splat(0);
    let b1 = b0,
      s0 = b0,
      s1 = b0;
    for (const end = input + <usize>min(BLOCK, args.pixels - first) * stride; input < end; input += stride) {
      const g0 = v128.load(gradient);
      const g1 = v128.load(gradient, 16);
      b0 = f32x4.add(b0, g0);
      b1 = f32x4.add(b1, g1);
      s0 = madd(f32x4.sub(v128.load(input), mean0), g0, s0);
      s1 = madd(f32x4.sub(v128.load(input, 16), mean1), g1, s1);
      gradient += stride;
    }
    bias0 = f32x4.add(bias0, b0);
    bias1 = f32x4.add(bias1, b1);
    scale0 = f32x4.add(scale0, s0);
    scale1 = f32x4.add(scale1, s1);
  }
  storeSums(args, offset, bias0, scale0, 4);
  storeSums(args, offset + 16, bias1, scale1, lanes - 4);
}

function sumVector(args: BatchNormSumsArgs, offset: usize, lanes: i32): void {
  const stride = (<usize>args.channels) << 2;
  const mean = v128.load(args.mean + offset);
  let input = args.input + offset;
  let gradient = args.gradient + offset;
  let bias = f32x4.splat(0);
  let scale = bias;
  for (let first = 0; first < args.pixels; first += BLOCK) {
    let b = f32x4.splat(0);
    let s = b;
    for (const end = input + <usize>min(BLOCK, args.pixels - first) * stride; input < end; input += stride) {
      const g = v128.load(gradient);
      b = f32x4.add(b, g);
      s = madd(f32x4.sub(v128.load(input), mean), g, s);
      gradient += stride;
    }
    bias = f32x4.add(bias, b);
    scale = f32x4.add(scale, s);
  }
  storeSums(args, offset, bias, scale, lanes);
}
