// The register tiles of f32_conv: one, two, four or six pixels times eight filters.
import { Activation } from "../primitives/activation";
import { ConvolutionArgs } from "./convolution_arguments";
import { madd } from "../primitives/fused";
import { storeLanes } from "../primitives/lanes";
import { PIXEL_BYTES, TILE_BYTES } from "./convolution_layout";
import { PANEL } from "../matmul/panel_layout";

// Not fused, a product needs a register of its own, and six pixels leave none.
const TALL: bool = ASC_FEATURE_RELAXED_SIMD;
// Values of a run that one round of the loop takes. Two are faster where a round's own cost shows (JavaScriptCore);
// the branch between them keeps V8 from loading both first, which would spill the sums. Fused, one is faster on V8.
const STEPS: i32 = ASC_FEATURE_RELAXED_SIMD ? 1 : 2;
// What a tile begins and ends with shows in shorter sums. Theirs take two values a round, which leaves the CPU time to
// begin the next ones (JavaScriptCore spills then), and are listed a tile at a time.
const SHORT_SUM: i32 = 64;
/** Pixels of tiles that lie in a row whole. */
export const ROW_PIXELS: i32 = TALL ? 6 : 4;

/** Whether tiles in a row are listed by their first pixel, and only what they leave pixel by pixel. */
export function listsTiles(args: ConvolutionArgs): bool {
  return args.tilePixels == ROW_PIXELS && args.runs * args.runLength < SHORT_SUM;
}

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
 * `rowTiles` tiles and the pixels up to `tableEnd`, both listed in scratch, times eight filters, of which `filters` are
 * there (all when more). `input`, `residual` and `output` are bytes from a listed address to this panel's.
 */
export function convolveTiles(
  args: ConvolutionArgs,
  weights: usize,
  input: i32,
  residual: i32,
  output: i32,
  filters: i32,
  scratch: usize,
  tableEnd: usize,
  rowTiles: i32,
): void {
  let pixel = scratch + TILE_BYTES;
  let left = <i32>((tableEnd - pixel) / PIXEL_BYTES);
  tilesInRows(args, weights, input, residual, output, filters, scratch, rowTiles);
  if (TALL) {
    left = restOf(args, left);
    const end = tableEnd - <usize>left * PIXEL_BYTES;
    tiles6(args, weights, input, residual, output, filters, scratch, pixel, end);
    pixel = end;
  }
  for (; left > 3; left -= 4, pixel += 4 * PIXEL_BYTES) {
    tile(args, weights, input, residual, output, filters, scratch, pixel, 4, STEPS, false);
  }
  if (left > 1) tile2(args, weights, input, residual, output, filters, scratch, pixel);
  if (left & 1) tile1(args, weights, input, residual, output, filters, scratch, tableEnd - PIXEL_BYTES);
}

function tiles6(
  args: ConvolutionArgs,
  weights: usize,
  input: i32,
  residual: i32,
  output: i32,
  filters: i32,
  scratch: usize,
  pixel: usize,
  end: usize,
): void {
  for (; pixel < end; pixel += 6 * PIXEL_BYTES) {
    tile(args, weights, input, residual, output, filters, scratch, pixel, 6, 1, false);
  }
}

function tilesInRows(
  args: ConvolutionArgs,
  weights: usize,
  input: i32,
  residual: i32,
  output: i32,
  filters: i32,
  scratch: usize,
  count: i32,
): void {
  let pixel = scratch + args.scratchStride;
  for (const last = pixel - <usize>count * PIXEL_BYTES; pixel > last;) {
    pixel -= PIXEL_BYTES;
    tile(args, weights, input, residual, output, filters, scratch, pixel, ROW_PIXELS, 2, true);
  }
}

function tile2(
  args: ConvolutionArgs,
  weights: usize,
  input: i32,
  residual: i32,
  output: i32,
  filters: i32,
  scratch: usize,
  pixel: usize,
): void {
  tile(args, weights, input, residual, output, filters, scratch, pixel, 2, STEPS, false);
}

function tile1(
  args: ConvolutionArgs,
  weights: usize,
  input: i32,
  residual: i32,
  output: i32,
  filters: i32,
  scratch: usize,
  pixel: usize,
): void {
  tile(args, weights, input, residual, output, filters, scratch, pixel, 1, STEPS, false);
}

/**
 * One tile of `height` (1, 2, 4 or 6, constant) pixels, neighbours of a row of which the first is listed (`inRow`,
 * constant) or all listed. A round of the loop takes `steps` (1 or 2, constant) values of a run. Nothing is called
 * while sums are live: it would spill them.
 */
// @ts-ignore: decorator
@inline
function tile(
  args: ConvolutionArgs,
  weights: usize,
  input: i32,
  residual: i32,
  output: i32,
  filters: i32,
  scratch: usize,
  pixel: usize,
  height: i32,
  steps: i32,
  inRow: bool,
): void {
  const input0 = load<u32>(pixel) + input;
  let a0 = input0;
  let a1 = height > 1 ? (inRow ? a0 + args.inputColumnStride : load<u32>(pixel, PIXEL_BYTES) + input) : 0;
  let a2 = height > 2 ? (inRow ? a1 + args.inputColumnStride : load<u32>(pixel, 2 * PIXEL_BYTES) + input) : 0;
  let a3 = height > 2 ? (inRow ? a2 + args.inputColumnStride : load<u32>(pixel, 3 * PIXEL_BYTES) + input) : 0;
  let a4 = height > 4 ? (inRow ? a3 + args.inputColumnStride : load<u32>(pixel, 4 * PIXEL_BYTES) + input) : 0;
  let a5 = height > 4 ? (inRow ? a4 + args.inputColumnStride : load<u32>(pixel, 5 * PIXEL_BYTES) + input) : 0;
  let s00 = v128.load(weights);
  let s01 = v128.load(weights, 16);
  let s10 = s00,
    s20 = s00,
    s30 = s00,
    s40 = s00,
    s50 = s00;
  let s11 = s01,
    s21 = s01,
    s31 = s01,
    s41 = s01,
    s51 = s01;
  weights += args.firstRun;
  const bytes = args.runLength << 2;
  let tap = args.taps;
  for (const lastTap = tap + ((<usize>args.runs) << 2); tap < lastTap; tap += 4) {
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
    const r1 = height > 1 ? (inRow ? r0 + args.residualColumnStride : load<u32>(pixel, PIXEL_BYTES + 8) + residual) : 0;
    const r2 =
      height > 2 ? (inRow ? r1 + args.residualColumnStride : load<u32>(pixel, 2 * PIXEL_BYTES + 8) + residual) : 0;
    const r3 =
      height > 2 ? (inRow ? r2 + args.residualColumnStride : load<u32>(pixel, 3 * PIXEL_BYTES + 8) + residual) : 0;
    const r4 =
      height > 4 ? (inRow ? r3 + args.residualColumnStride : load<u32>(pixel, 4 * PIXEL_BYTES + 8) + residual) : 0;
    const r5 =
      height > 4 ? (inRow ? r4 + args.residualColumnStride : load<u32>(pixel, 5 * PIXEL_BYTES + 8) + residual) : 0;
    s00 = f32x4.add(s00, v128.load(r0));
    s01 = f32x4.add(s01, v128.load(r0, 16));
    if (height > 1) {
      s10 = f32x4.add(s10, v128.load(r1));
      s11 = f32x4.add(s11, v128.load(r1, 16));
    }
    if (height > 2) {
      s20 = f32x4.add(s20, v128.load(r2));
      s21 = f32x4.add(s21, v128.load(r2, 16));
      s30 = f32x4.add(s30, v128.load(r3));
      s31 = f32x4.add(s31, v128.load(r3, 16));
    }
    if (height > 4) {
      s40 = f32x4.add(s40, v128.load(r4));
      s41 = f32x4.add(s41, v128.load(r4, 16));
      s50 = f32x4.add(s50, v128.load(r5));
      s51 = f32x4.add(s51, v128.load(r5, 16));
    }
  }
  // max(alpha, min(beta, x)); ReLU has no upper bound.
  if (args.activation == Activation.clip) {
    if (args.beta < Infinity) {
      const bound = f32x4.splat(args.beta);
      s00 = f32x4.pmin(s00, bound);
      s01 = f32x4.pmin(s01, bound);
      if (height > 1) {
        s10 = f32x4.pmin(s10, bound);
        s11 = f32x4.pmin(s11, bound);
      }
      if (height > 2) {
        s20 = f32x4.pmin(s20, bound);
        s21 = f32x4.pmin(s21, bound);
        s30 = f32x4.pmin(s30, bound);
        s31 = f32x4.pmin(s31, bound);
      }
      if (height > 4) {
        s40 = f32x4.pmin(s40, bound);
        s41 = f32x4.pmin(s41, bound);
        s50 = f32x4.pmin(s50, bound);
        s51 = f32x4.pmin(s51, bound);
      }
    }
    const bound = f32x4.splat(args.alpha);
    s00 = f32x4.pmax(s00, bound);
    s01 = f32x4.pmax(s01, bound);
    if (height > 1) {
      s10 = f32x4.pmax(s10, bound);
      s11 = f32x4.pmax(s11, bound);
    }
    if (height > 2) {
      s20 = f32x4.pmax(s20, bound);
      s21 = f32x4.pmax(s21, bound);
      s30 = f32x4.pmax(s30, bound);
      s31 = f32x4.pmax(s31, bound);
    }
    if (height > 4) {
      s40 = f32x4.pmax(s40, bound);
      s41 = f32x4.pmax(s41, bound);
      s50 = f32x4.pmax(s50, bound);
      s51 = f32x4.pmax(s51, bound);
    }
  }

  // Tiles of fewer than eight filters go by scratch. But where the pixels of a row touch, of four filters at least,
  // only the last one does: what the stores of the others write behind their filters belongs to the rest of the tile,
  // and is overwritten.
  const whole = filters >= PANEL;
  const direct = whole || (inRow && filters > 3 && args.outputColumnStride == filters << 2);
  const column = direct && inRow ? args.outputColumnStride : 32;
  const o0 = direct ? load<u32>(pixel, 4) + output : <u32>scratch;
  const o1 = height > 1 ? (inRow || !direct ? o0 + column : load<u32>(pixel, PIXEL_BYTES + 4) + output) : 0;
  const o2 = height > 2 ? (inRow || !direct ? o1 + column : load<u32>(pixel, 2 * PIXEL_BYTES + 4) + output) : 0;
  let o3 = height > 2 ? (inRow || !direct ? o2 + column : load<u32>(pixel, 3 * PIXEL_BYTES + 4) + output) : 0;
  const o4 = height > 4 ? (inRow || !direct ? o3 + column : load<u32>(pixel, 4 * PIXEL_BYTES + 4) + output) : 0;
  let o5 = height > 4 ? (inRow || !direct ? o4 + column : load<u32>(pixel, 5 * PIXEL_BYTES + 4) + output) : 0;
  if (inRow && !whole) {
    if (height > 4) o5 = <u32>scratch + 160;
    else o3 = <u32>scratch + 96;
  }
  v128.store(o0, s00);
  v128.store(o0, s01, 16);
  if (height > 1) {
    v128.store(o1, s10);
    v128.store(o1, s11, 16);
  }
  if (height > 2) {
    v128.store(o2, s20);
    v128.store(o2, s21, 16);
    v128.store(o3, s30);
    v128.store(o3, s31, 16);
  }
  if (height > 4) {
    v128.store(o4, s40);
    v128.store(o4, s41, 16);
    v128.store(o5, s50);
    v128.store(o5, s51, 16);
  }
  if (!whole) storeTile(args, output, filters, scratch, pixel, direct ? height - 1 : 0, height, inRow);
}

/** Stores the first `filters` < 8 floats of pixels `first` to before `height` of the tile in scratch. */
function storeTile(
  args: ConvolutionArgs,
  output: i32,
  filters: i32,
  scratch: usize,
  pixel: usize,
  first: i32,
  height: i32,
  inRow: bool,
): void {
  for (let i = first; i < height; i++) {
    let to = output;
    if (inRow) to += load<i32>(pixel, 4) + i * args.outputColumnStride;
    else to += load<i32>(pixel + <usize>i * PIXEL_BYTES, 4);
    const from = scratch + 32 * i;
    storeLanes(to, v128.load(from), filters);
    if (filters > 4) storeLanes(to + 16, v128.load(from, 16), filters - 4);
  }
}
