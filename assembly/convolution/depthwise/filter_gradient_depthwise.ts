// Gradient of depthwise filters: four channels side by side in vectors, taps of a filter in registers.
import { FilterGradientPixels, listPixels, pixelCount } from "../filter_gradient_pixels";
import { madd } from "../../primitives/fused";
import { firstUnit } from "../../runtime/share";
import { LISTED_BYTES } from "../filter_gradient_layout";


@unmanaged
class DepthwiseFilterGradientArgs extends FilterGradientPixels {
  channels: i32;
}

/**
 * output[channel, tap] = sum over pixels of input[pixel + taps[tap], channel] * gradient[pixel, channel]. Pixels are
 * summed in order, block by block, whatever the thread. `scratchStride` is at least
 * `depthwiseFilterGradientScratch`. Reads up to 12 bytes behind a pixel's channels.
 */
export function f32_filter_gradient_depthwise(args: DepthwiseFilterGradientArgs, thread: i32, threads: i32): void {
  assert(args.blockPixels > 0 && args.channels >= 0);
  const blocks = (args.channels + 3) >> 2;
  const first = firstUnit(blocks, thread, threads);
  const last = firstUnit(blocks, thread + 1, threads);
  const table = args.scratch + <usize>thread * args.scratchStride;
  const sums = table + <usize>args.blockPixels * LISTED_BYTES;
  const filterBytes = (<usize>args.tapCount) << 4;
  assert(sums + <usize>(last - first) * filterBytes <= table + args.scratchStride);
  memory.fill(sums, 0, <usize>(last - first) * filterBytes);
  const pixels = pixelCount(args);
  for (let pixel = 0; pixel < pixels; pixel += args.blockPixels) {
    const count = min(args.blockPixels, pixels - pixel);
    listPixels(args, table, pixel, count);
    const end = table + <usize>count * LISTED_BYTES;
    let to = sums;
    for (let block = first; block < last; block++) {
      let tap = 0;
      for (; tap + 9 <= args.tapCount; tap += 9, to += 144) nineTaps(args, table, end, block << 4, tap, to);
      for (; tap + 5 <= args.tapCount; tap += 5, to += 80) fiveTaps(args, table, end, block << 4, tap, to);
      for (; tap + 3 <= args.tapCount; tap += 3, to += 48) threeTaps(args, table, end, block << 4, tap, to);
      for (; tap < args.tapCount; tap++, to += 16) oneTap(args, table, end, block << 4, tap, to);
    }
  }
  for (let block = first, from = sums; block < last; block++, from += filterBytes) {
    for (let lane = 0; lane < min(4, args.channels - (block << 2)); lane++) {
      const to = args.output + ((<usize>(((block << 2) + lane) * args.tapCount)) << 2);
      for (let tap: usize = 0; tap < (<usize>args.tapCount) << 2; tap += 4) {
        store<f32>(to + tap, load<f32>(from + (tap << 2) + ((<usize>lane) << 2)));
      }
    }
  }
}

function nineTaps(
  args: DepthwiseFilterGradientArgs,
  table: usize,
  end: usize,
  channel: i32,
  tap: i32,
  to: usize,
): void {
  sumTaps(args, table, end, channel, tap, to, 9);
}

function fiveTaps(
  args: DepthwiseFilterGradientArgs,
  table: usize,
  end: usize,
  channel: i32,
  tap: i32,
  to: usize,
): void {
  sumTaps(args, table, end, channel, tap, to, 5);
}

function threeTaps(
  args: DepthwiseFilterGradientArgs,
  table: usize,
  end: usize,
  channel: i32,
  tap: i32,
  to: usize,
): void {
  sumTaps(args, table, end, channel, tap, to, 3);
}

function oneTap(args: DepthwiseFilterGradientArgs, table: usize, end: usize, channel: i32, tap: i32, to: usize): void {
  sumTaps(args, table, end, channel, tap, to, 1);
}

/** Adds a block's products of `width` (constant) taps from `tap` on to the sums at `to`, for four channels. */
// @ts-ignore: decorator
@inline
function sumTaps(
  args: DepthwiseFilterGradientArgs,
  table: usize,
  end: usize,
  channel: i32,
  tap: i32,
  to: usize,
  width: i32,
): void {
  const offsets = args.taps + ((<usize>tap) << 2);
  const o0 = load<i32>(offsets) + channel;
  const o1 = width > 1 ? load<i32>(offsets, 4) + channel : 0;
  const o2 = width > 1 ? load<i32>(offsets, 8) + channel : 0;
  const o3 = width > 3 ? load<i32>(offsets, 12) + channel : 0;
  const o4 = width > 3 ? load<i32>(offsets, 16) + channel : 0;
  const o5 = width > 5 ? load<i32>(offsets, 20) + channel : 0;
  const o6 = width > 5 ? load<i32>(offsets, 24) + channel : 0;
  const o7 = width > 5 ? load<i32>(offsets, 28) + channel : 0;
  const o8 = width > 5 ? load<i32>(offsets, 32) + channel : 0;
  let s0 = f32x4.splat(0);
  let s1 = s0,
    s2 = s0,
    s3 = s0,
    s4 = s0,
    s5 = s0,
    s6 = s0,
    s7 = s0,
    s8 = s0;
  for (; table < end; table += LISTED_BYTES) {
    const x = load<u32>(table);
    const g = v128.load(load<u32>(table, 4) + channel);
    s0 = madd(v128.load(x + o0), g, s0);
    if (width > 1) {
      s1 = madd(v128.load(x + o1), g, s1);
      s2 = madd(v128.load(x + o2), g, s2);
    }
    if (width > 3) {
      s3 = madd(v128.load(x + o3), g, s3);
      s4 = madd(v128.load(x + o4), g, s4);
    }
    if (width > 5) {
      s5 = madd(v128.load(x + o5), g, s5);
      s6 = madd(v128.load(x + o6), g, s6);
      s7 = madd(v128.load(x + o7), g, s7);
      s8 = madd(v128.load(x + o8), g, s8);
    }
  }
  v128.store(to, f32x4.add(v128.load(to), s0));
  if (width > 1) {
    v128.store(to, f32x4.add(v128.load(to, 16), s1), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), s2), 32);
  }
  if (width > 3) {
    v128.store(to, f32x4.add(v128.load(to, 48), s3), 48);
    v128.store(to, f32x4.add(v128.load(to, 64), s4), 64);
  }
  if (width > 5) {
    v128.store(to, f32x4.add(v128.load(to, 80), s5), 80);
    v128.store(to, f32x4.add(v128.load(to, 96), s6), 96);
    v128.store(to, f32x4.add(v128.load(to, 112), s7), 112);
    v128.store(to, f32x4.add(v128.load(to, 128), s8), 128);
  }
}
