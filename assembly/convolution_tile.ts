// The register tiles of f32_conv: one, two, four or six pixels times eight filters.
import { Activation, clip } from "./activation";
import { ConvolutionArgs, PANEL, PIXEL_BYTES, TILE_BYTES } from "./convolution_arguments";
import { madd } from "./fused";
import { storeLanes } from "./lanes";

// Not fused, a product needs a register of its own, and six pixels leave none.
const TALL: bool = ASC_FEATURE_RELAXED_SIMD;
// Values of a run that one round of the loop takes. Two are faster where a round's own cost shows (JavaScriptCore);
// the branch between them keeps V8 from loading both first, which would spill the sums. Fused, one is faster on V8.
const STEPS: i32 = ASC_FEATURE_RELAXED_SIMD ? 1 : 2;
// Shorter sums of six pixels take two too: that leaves the CPU time to begin the next ones. JavaScriptCore spills then.
const SHORT_SUM: i32 = 64;

/** How many of `pixels` tiles of six leave. */
// @ts-ignore: decorator
@inline
function restOf(args: ConvolutionArgs, pixels: i32): i32 {
  return TALL && args.tilePixels == 6 ? pixels % 6 : pixels;
}

/** Whether the last of `pixels` would be a tile of its own. */
export function isLeftAlone(args: ConvolutionArgs, pixels: i32): bool {
  return restOf(args, pixels) % 4 == 1;
}

/**
 * The pixels listed in scratch up to `tableEnd` times eight filters, of which `filters` are there (all when more).
 * `input`, `residual` and `output` are bytes from a listed address to this panel's.
 */
export function convolveTiles(
  args: ConvolutionArgs, weights: usize, input: i32, residual: i32, output: i32, filters: i32,
  scratch: usize, tableEnd: usize,
): void {
  let pixel = scratch + TILE_BYTES;
  let left = <i32>((tableEnd - pixel) / PIXEL_BYTES);
  if (TALL) {
    left = restOf(args, left);
    const end = tableEnd - <usize>left * PIXEL_BYTES;
    if (args.runs * args.runLength < SHORT_SUM) tiles6Short(args, weights, input, residual, output, filters, scratch, pixel, end);
    else tiles6(args, weights, input, residual, output, filters, scratch, pixel, end);
    pixel = end;
  }
  for (; left > 3; left -= 4, pixel += 4 * PIXEL_BYTES) {
    tile(args, weights, input, residual, output, filters, scratch, pixel, 4, STEPS);
  }
  if (left > 1) tile2(args, weights, input, residual, output, filters, scratch, pixel);
  if (left & 1) tile1(args, weights, input, residual, output, filters, scratch, tableEnd - PIXEL_BYTES);
}

function tiles6(
  args: ConvolutionArgs, weights: usize, input: i32, residual: i32, output: i32, filters: i32,
  scratch: usize, pixel: usize, end: usize,
): void {
  for (; pixel < end; pixel += 6 * PIXEL_BYTES) {
    tile(args, weights, input, residual, output, filters, scratch, pixel, 6, 1);
  }
}

function tiles6Short(
  args: ConvolutionArgs, weights: usize, input: i32, residual: i32, output: i32, filters: i32,
  scratch: usize, pixel: usize, end: usize,
): void {
  for (; pixel < end; pixel += 6 * PIXEL_BYTES) {
    tile(args, weights, input, residual, output, filters, scratch, pixel, 6, 2);
  }
}

function tile2(
  args: ConvolutionArgs, weights: usize, input: i32, residual: i32, output: i32, filters: i32,
  scratch: usize, pixel: usize,
): void {
  tile(args, weights, input, residual, output, filters, scratch, pixel, 2, STEPS);
}

function tile1(
  args: ConvolutionArgs, weights: usize, input: i32, residual: i32, output: i32, filters: i32,
  scratch: usize, pixel: usize,
): void {
  tile(args, weights, input, residual, output, filters, scratch, pixel, 1, STEPS);
}

/**
 * One tile of `height` (1, 2, 4 or 6, constant) pixels. A round of the loop takes `steps` (1 or 2, constant) values of a
 * run. Nothing is called while sums are live: it would spill them.
 */
// @ts-ignore: decorator
@inline
function tile(
  args: ConvolutionArgs, weights: usize, input: i32, residual: i32, output: i32, filters: i32,
  scratch: usize, pixel: usize, height: i32, steps: i32,
): void {
  const input0 = load<u32>(pixel) + input;
  let a0 = input0;
  let a1 = height > 1 ? load<u32>(pixel, PIXEL_BYTES) + input : 0;
  let a2 = height > 2 ? load<u32>(pixel, 2 * PIXEL_BYTES) + input : 0;
  let a3 = height > 2 ? load<u32>(pixel, 3 * PIXEL_BYTES) + input : 0;
  let a4 = height > 4 ? load<u32>(pixel, 4 * PIXEL_BYTES) + input : 0;
  let a5 = height > 4 ? load<u32>(pixel, 5 * PIXEL_BYTES) + input : 0;
  let s00 = v128.load(weights);
  let s01 = v128.load(weights, 16);
  let s10 = s00, s20 = s00, s30 = s00, s40 = s00, s50 = s00;
  let s11 = s01, s21 = s01, s31 = s01, s41 = s01, s51 = s01;
  weights += args.firstRun;
  const bytes = args.runLength << 2;
  let tap = args.taps;
  for (const lastTap = tap + (<usize>args.runs << 2); tap < lastTap; tap += 4) {
    const step = input0 + load<i32>(tap) - a0;
    a0 += step;
    if (height > 1) a1 += step;
    if (height > 2) a2 += step;
    if (height > 2) a3 += step;
    if (height > 4) a4 += step;
    if (height > 4) a5 += step;
    let w = weights;
    for (const last = a0 + bytes - 4; a0 <= last; a0 += steps << 2) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const x0 = v128.load32_splat(a0);
      s00 = madd(x0, w0, s00);
      s01 = madd(x0, w1, s01);
      if (height > 1) {
        const x1 = v128.load32_splat(a1);
        s10 = madd(x1, w0, s10);
        s11 = madd(x1, w1, s11);
      }
      if (height > 2) {
        const x2 = v128.load32_splat(a2);
        s20 = madd(x2, w0, s20);
        s21 = madd(x2, w1, s21);
        const x3 = v128.load32_splat(a3);
        s30 = madd(x3, w0, s30);
        s31 = madd(x3, w1, s31);
      }
      if (height > 4) {
        const x4 = v128.load32_splat(a4);
        s40 = madd(x4, w0, s40);
        s41 = madd(x4, w1, s41);
        const x5 = v128.load32_splat(a5);
        s50 = madd(x5, w0, s50);
        s51 = madd(x5, w1, s51);
      }
      if (steps > 1) {
        if (a0 == last) break;
        const w2 = v128.load(w, 32);
        const w3 = v128.load(w, 48);
        const y0 = v128.load32_splat(a0, 4);
        s00 = madd(y0, w2, s00);
        s01 = madd(y0, w3, s01);
        if (height > 1) {
          const y1 = v128.load32_splat(a1, 4);
          s10 = madd(y1, w2, s10);
          s11 = madd(y1, w3, s11);
        }
        if (height > 2) {
          const y2 = v128.load32_splat(a2, 4);
          s20 = madd(y2, w2, s20);
          s21 = madd(y2, w3, s21);
          const y3 = v128.load32_splat(a3, 4);
          s30 = madd(y3, w2, s30);
          s31 = madd(y3, w3, s31);
        }
        if (height > 4) {
          const y4 = v128.load32_splat(a4, 4);
          s40 = madd(y4, w2, s40);
          s41 = madd(y4, w3, s41);
          const y5 = v128.load32_splat(a5, 4);
          s50 = madd(y5, w2, s50);
          s51 = madd(y5, w3, s51);
        }
      }
      w += steps << 5;
      if (height > 1) a1 += steps << 2;
      if (height > 2) a2 += steps << 2;
      if (height > 2) a3 += steps << 2;
      if (height > 4) a4 += steps << 2;
      if (height > 4) a5 += steps << 2;
    }
    weights += args.runBytes;
  }

  if (args.residual) {
    const r0 = load<u32>(pixel, 8) + residual;
    s00 = f32x4.add(s00, v128.load(r0));
    s01 = f32x4.add(s01, v128.load(r0, 16));
    if (height > 1) {
      const r1 = load<u32>(pixel, PIXEL_BYTES + 8) + residual;
      s10 = f32x4.add(s10, v128.load(r1));
      s11 = f32x4.add(s11, v128.load(r1, 16));
    }
    if (height > 2) {
      const r2 = load<u32>(pixel, 2 * PIXEL_BYTES + 8) + residual;
      s20 = f32x4.add(s20, v128.load(r2));
      s21 = f32x4.add(s21, v128.load(r2, 16));
      const r3 = load<u32>(pixel, 3 * PIXEL_BYTES + 8) + residual;
      s30 = f32x4.add(s30, v128.load(r3));
      s31 = f32x4.add(s31, v128.load(r3, 16));
    }
    if (height > 4) {
      const r4 = load<u32>(pixel, 4 * PIXEL_BYTES + 8) + residual;
      s40 = f32x4.add(s40, v128.load(r4));
      s41 = f32x4.add(s41, v128.load(r4, 16));
      const r5 = load<u32>(pixel, 5 * PIXEL_BYTES + 8) + residual;
      s50 = f32x4.add(s50, v128.load(r5));
      s51 = f32x4.add(s51, v128.load(r5, 16));
    }
  }
  if (args.activation == Activation.clip) {
    const low = f32x4.splat(args.alpha);
    const high = f32x4.splat(args.beta);
    s00 = clip(s00, low, high);
    s01 = clip(s01, low, high);
    if (height > 1) {
      s10 = clip(s10, low, high);
      s11 = clip(s11, low, high);
    }
    if (height > 2) {
      s20 = clip(s20, low, high);
      s21 = clip(s21, low, high);
      s30 = clip(s30, low, high);
      s31 = clip(s31, low, high);
    }
    if (height > 4) {
      s40 = clip(s40, low, high);
      s41 = clip(s41, low, high);
      s50 = clip(s50, low, high);
      s51 = clip(s51, low, high);
    }
  }

  const fast = filters >= PANEL;
  const o0 = fast ? load<u32>(pixel, 4) + output : <u32>scratch;
  v128.store(o0, s00);
  v128.store(o0, s01, 16);
  if (height > 1) {
    const o1 = fast ? load<u32>(pixel, PIXEL_BYTES + 4) + output : <u32>scratch + 32;
    v128.store(o1, s10);
    v128.store(o1, s11, 16);
  }
  if (height > 2) {
    const o2 = fast ? load<u32>(pixel, 2 * PIXEL_BYTES + 4) + output : <u32>scratch + 64;
    v128.store(o2, s20);
    v128.store(o2, s21, 16);
    const o3 = fast ? load<u32>(pixel, 3 * PIXEL_BYTES + 4) + output : <u32>scratch + 96;
    v128.store(o3, s30);
    v128.store(o3, s31, 16);
  }
  if (height > 4) {
    const o4 = fast ? load<u32>(pixel, 4 * PIXEL_BYTES + 4) + output : <u32>scratch + 128;
    v128.store(o4, s40);
    v128.store(o4, s41, 16);
    const o5 = fast ? load<u32>(pixel, 5 * PIXEL_BYTES + 4) + output : <u32>scratch + 160;
    v128.store(o5, s50);
    v128.store(o5, s51, 16);
  }
  if (!fast) storeTile(output, filters, scratch, pixel, height);
}

/** Stores the first `filters` < 8 floats of each pixel of the tile in scratch. */
function storeTile(output: i32, filters: i32, scratch: usize, pixel: usize, height: i32): void {
  for (const end = pixel + <usize>height * PIXEL_BYTES; pixel < end; pixel += PIXEL_BYTES, scratch += 32) {
    const to = load<u32>(pixel, 4) + output;
    storeLanes(to, v128.load(scratch), filters);
    if (filters > 4) storeLanes(to + 16, v128.load(scratch, 16), filters - 4);
  }
}
