// Direct convolution and matrix product in one kernel: tiles of 4 or 6 output pixels x 8 filters over an
// input that already has its border. No bounds tests, no copies; a product has one tap.
import { activateRow } from "./activate_row";
import { Activation, clip } from "./activation";
import { addProducts, startSums, storePanel, TOGETHER } from "./four_panels";
import { madd } from "./fused";
import { storeLanes } from "./lanes";
import { firstUnit } from "./share";

@unmanaged
class ConvolutionArgs {
  /** First value that the first output pixel reads (its tap offsets start here). */
  input: usize;
  /** Panels of f32_pack_panels: [groups][panels][8 biases, then runs x runLength x 8 weights], or some runs of such. */
  weights: usize;
  /** Bytes of a panel. */
  panelBytes: i32;
  /** Bytes in a panel from the biases to the first run's weights, and from each run's to the next one's. */
  firstRun: i32;
  runBytes: i32;
  /** Added before the activation; 0 for none. */
  residual: usize;
  output: usize;
  /** i32[runs]: byte offset of each run of input values from the pixel's first one. */
  taps: usize;
  runs: i32;
  /** Contiguous floats in a run. */
  runLength: i32;
  images: i32;
  planes: i32;
  rows: i32;
  columns: i32;
  /** Bytes in the input between neighbouring output pixels, by axis; likewise the other two. */
  inputImage: i32;
  inputPlane: i32;
  inputRow: i32;
  inputColumn: i32;
  residualImage: i32;
  residualPlane: i32;
  residualRow: i32;
  residualColumn: i32;
  outputImage: i32;
  outputPlane: i32;
  outputRow: i32;
  outputColumn: i32;
  groups: i32;
  /** Filters of one group. */
  filters: i32;
  /** Bytes from one group's first channel to the next one's. */
  inputGroup: i32;
  residualGroup: i32;
  outputGroup: i32;
  activation: i32;
  alpha: f32;
  beta: f32;
  /** Pixels of most tiles: 4, or 6 where the engine keeps the sums of so many in registers. */
  tilePixels: i32;
  /** Output pixels that go through all filters before the next ones. */
  blockPixels: i32;
  /** For each thread `scratchStride` >= 192 + 16 * blockPixels bytes. */
  scratch: usize;
  scratchStride: i32;
}

// Scratch: [6 x 8 floats: a tile on its way to the store of fewer filters][pixels of the block].
const TILE_BYTES: usize = 192;
// A pixel of the block: addresses [input: u32][output: u32][residual: u32][] for the first group.
const PIXEL_BYTES: usize = 16;
const PANEL: i32 = 8;
// Not fused, a product needs a register of its own, and six pixels leave none.
const TALL: bool = ASC_FEATURE_RELAXED_SIMD;
// Values of a run that one round of the loop takes. Two are faster where a round's own cost shows (JavaScriptCore);
// the branch between them keeps V8 from loading both first, which would spill the sums. Fused, one is faster on V8.
const STEPS: i32 = ASC_FEATURE_RELAXED_SIMD ? 1 : 2;
// Shorter sums of six pixels take two too: that leaves the CPU time to begin the next ones. JavaScriptCore spills then.
const SHORT_SUM: i32 = 64;

/**
 * output[pixel, group, filter] = activation(bias + sum over runs and k of input[pixel + taps[run] + k] * weight
 * + residual[pixel, group, filter]). Each sum is taken in the order of the weights, whatever the
 * tile and the thread. Reads up to 32 bytes behind a pixel's residual; writes only the filters given.
 */
export function f32_conv(args: ConvolutionArgs, thread: i32, threads: i32): void {
  assert(args.blockPixels > 0 && args.runs >= 0 && args.runLength >= 0);
  assert(args.scratchStride >= <i32>TILE_BYTES + args.blockPixels * <i32>PIXEL_BYTES);
  const groups = args.groups;
  const panels = (args.filters + PANEL - 1) / PANEL;
  const pixels = args.images * args.planes * args.rows * args.columns;
  if (pixels <= 0 || groups <= 0 || panels <= 0) return;

  const blockPixels = args.blockPixels;
  const blocks = (pixels + blockPixels - 1) / blockPixels;
  const panelBytes: usize = args.panelBytes;
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const table = scratch + TILE_BYTES;

  const blockUnits = groups * panels;
  let unit = firstUnit(blocks * blockUnits, thread, threads);
  const end = firstUnit(blocks * blockUnits, thread + 1, threads);
  while (unit < end) {
    const block = unit / blockUnits;
    const first = unit - block * blockUnits;
    const last = min(blockUnits, first + end - unit);
    const firstPixel = block * blockPixels;
    const tableEnd = listPixels(args, table, firstPixel, min(blockPixels, pixels - firstPixel));
    const single = tableEnd - PIXEL_BYTES;
    for (let groupPanel = first; groupPanel < last; ) {
      const group = groupPanel / panels;
      const panel = groupPanel - group * panels;
      const weights = args.weights + <usize>groupPanel * panelBytes;
      // Four panels share the last pixel where the others are done in fours.
      const leftOne = restOf(args, <i32>((tableEnd - table) / PIXEL_BYTES)) % 4 == 1;
      const together = leftOne && panel + TOGETHER <= panels && groupPanel + TOGETHER <= last;
      const count = together ? TOGETHER : 1;
      for (let i = 0; i < count; i++) {
        convolvePanel(args, weights + <usize>i * panelBytes, group, panel + i, scratch, together ? single : tableEnd);
      }
      if (together) convolvePixel(args, weights, panelBytes, group, panel, scratch, single);
      groupPanel += count;
    }
    if (args.activation > Activation.clip) activateBlock(args, table, tableEnd, panels, first, last);
    unit += last - first;
  }
}

/** Writes the addresses of `count` pixels from the flat index `first` on; returns the table's end. */
function listPixels(args: ConvolutionArgs, table: usize, first: i32, count: i32): usize {
  let column = first % args.columns;
  let rest = first / args.columns;
  let row = rest % args.rows;
  rest /= args.rows;
  let plane = rest % args.planes;
  let image = rest / args.planes;
  const end = table + <usize>count * PIXEL_BYTES;
  const next = places(args.inputColumn, args.outputColumn, args.residualColumn);
  while (table < end) {
    const input = args.input + image * args.inputImage + plane * args.inputPlane + row * args.inputRow;
    const output = args.output + image * args.outputImage + plane * args.outputPlane + row * args.outputRow;
    const residual = args.residual + image * args.residualImage + plane * args.residualPlane + row * args.residualRow;
    let pixel = places(
      <i32>input + column * args.inputColumn,
      <i32>output + column * args.outputColumn,
      <i32>residual + column * args.residualColumn,
    );
    const rowEnd = min(end, table + <usize>(args.columns - column) * PIXEL_BYTES);
    for (; table < rowEnd; table += PIXEL_BYTES) {
      v128.store(table, pixel);
      pixel = i32x4.add(pixel, next);
    }
    column = 0;
    if (++row < args.rows) continue;
    row = 0;
    if (++plane < args.planes) continue;
    plane = 0;
    image++;
  }
  return end;
}

/** How many of `pixels` tiles of six leave. */
// @ts-ignore: decorator
@inline
function restOf(args: ConvolutionArgs, pixels: i32): i32 {
  return TALL && args.tilePixels == 6 ? pixels % 6 : pixels;
}

// @ts-ignore: decorator
@inline
function places(input: i32, output: i32, residual: i32): v128 {
  return i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(input), 1, output), 2, residual);
}

/** All pixels of the block through one panel of filters of one group. */
function convolvePanel(
  args: ConvolutionArgs, weights: usize, group: i32, panel: i32, scratch: usize, tableEnd: usize,
): void {
  const input = group * args.inputGroup;
  const residual = group * args.residualGroup + (panel << 5);
  const output = group * args.outputGroup + (panel << 5);
  const filters = args.filters - panel * PANEL;
  let pixel = scratch + TILE_BYTES;
  let left = <i32>((tableEnd - pixel) / PIXEL_BYTES);
  if (TALL) {
    const end = tableEnd - <usize>restOf(args, left) * PIXEL_BYTES;
    if (args.runs * args.runLength < SHORT_SUM) tiles6Short(args, weights, input, residual, output, filters, scratch, pixel, end);
    else tiles6(args, weights, input, residual, output, filters, scratch, pixel, end);
    pixel = end;
    left = restOf(args, left);
  }
  for (; left > 3; left -= 4, pixel += 4 * PIXEL_BYTES) {
    tile(args, weights, input, residual, output, filters, scratch, pixel, 4, STEPS);
  }
  if (left == 3) tile3(args, weights, input, residual, output, filters, scratch, pixel);
  else if (left == 2) tile2(args, weights, input, residual, output, filters, scratch, pixel);
  else if (left == 1) tile1(args, weights, input, residual, output, filters, scratch, pixel);
}

/** One pixel through four panels of filters of one group. */
function convolvePixel(
  args: ConvolutionArgs, weights: usize, panelBytes: usize, group: i32, panel: i32, scratch: usize, pixel: usize,
): void {
  startSums(weights, panelBytes, scratch);
  weights += args.firstRun;
  const input = load<u32>(pixel) + group * args.inputGroup;
  const runLength = args.runLength;
  let tap = args.taps;
  for (const end = tap + (<usize>args.runs << 2); tap < end; tap += 4, weights += args.runBytes) {
    addProducts(input + load<i32>(tap), runLength, weights, panelBytes, scratch);
  }
  let residual: usize = 0;
  if (args.residual) residual = load<u32>(pixel, 8) + group * args.residualGroup + (panel << 5);
  let output: usize = load<u32>(pixel, 4) + group * args.outputGroup + (panel << 5);
  for (let i = 0; i < TOGETHER; i++, scratch += 32, output += 32) {
    storePanel(scratch, residual, output, args.filters - (panel + i) * PANEL, args.activation, args.alpha, args.beta);
    if (residual) residual += 32;
  }
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

function tile3(
  args: ConvolutionArgs, weights: usize, input: i32, residual: i32, output: i32, filters: i32,
  scratch: usize, pixel: usize,
): void {
  tile(args, weights, input, residual, output, filters, scratch, pixel, 3, STEPS);
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
 * One tile of `height` (1..4 or 6, constant) pixels x 8 filters, of which `filters` are there (all when more). `input`,
 * `residual` and `output` are bytes from a listed address to this panel's. A round of the loop takes `steps` (1 or 2,
 * constant) values of a run. Nothing is called while sums are live: it would spill them.
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
  let a3 = height > 3 ? load<u32>(pixel, 3 * PIXEL_BYTES) + input : 0;
  let a4 = height > 4 ? load<u32>(pixel, 4 * PIXEL_BYTES) + input : 0;
  let a5 = height > 5 ? load<u32>(pixel, 5 * PIXEL_BYTES) + input : 0;
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
    if (height > 3) a3 += step;
    if (height > 4) a4 += step;
    if (height > 5) a5 += step;
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
      }
      if (height > 3) {
        const x3 = v128.load32_splat(a3);
        s30 = madd(x3, w0, s30);
        s31 = madd(x3, w1, s31);
      }
      if (height > 4) {
        const x4 = v128.load32_splat(a4);
        s40 = madd(x4, w0, s40);
        s41 = madd(x4, w1, s41);
      }
      if (height > 5) {
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
        }
        if (height > 3) {
          const y3 = v128.load32_splat(a3, 4);
          s30 = madd(y3, w2, s30);
          s31 = madd(y3, w3, s31);
        }
        if (height > 4) {
          const y4 = v128.load32_splat(a4, 4);
          s40 = madd(y4, w2, s40);
          s41 = madd(y4, w3, s41);
        }
        if (height > 5) {
          const y5 = v128.load32_splat(a5, 4);
          s50 = madd(y5, w2, s50);
          s51 = madd(y5, w3, s51);
        }
      }
      w += steps << 5;
      if (height > 1) a1 += steps << 2;
      if (height > 2) a2 += steps << 2;
      if (height > 3) a3 += steps << 2;
      if (height > 4) a4 += steps << 2;
      if (height > 5) a5 += steps << 2;
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
    }
    if (height > 3) {
      const r3 = load<u32>(pixel, 3 * PIXEL_BYTES + 8) + residual;
      s30 = f32x4.add(s30, v128.load(r3));
      s31 = f32x4.add(s31, v128.load(r3, 16));
    }
    if (height > 4) {
      const r4 = load<u32>(pixel, 4 * PIXEL_BYTES + 8) + residual;
      s40 = f32x4.add(s40, v128.load(r4));
      s41 = f32x4.add(s41, v128.load(r4, 16));
    }
    if (height > 5) {
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
    }
    if (height > 3) {
      s30 = clip(s30, low, high);
      s31 = clip(s31, low, high);
    }
    if (height > 4) {
      s40 = clip(s40, low, high);
      s41 = clip(s41, low, high);
    }
    if (height > 5) {
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
  }
  if (height > 3) {
    const o3 = fast ? load<u32>(pixel, 3 * PIXEL_BYTES + 4) + output : <u32>scratch + 96;
    v128.store(o3, s30);
    v128.store(o3, s31, 16);
  }
  if (height > 4) {
    const o4 = fast ? load<u32>(pixel, 4 * PIXEL_BYTES + 4) + output : <u32>scratch + 128;
    v128.store(o4, s40);
    v128.store(o4, s41, 16);
  }
  if (height > 5) {
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

/** Activates what the panels from `first` to before `last`, counted through all groups, wrote to the listed pixels. */
function activateBlock(
  args: ConvolutionArgs, table: usize, tableEnd: usize, panels: i32, first: i32, last: i32,
): void {
  while (first < last) {
    const group = first / panels;
    const panel = first - group * panels;
    const count = min(panels - panel, last - first);
    const filters = min(args.filters - panel * PANEL, count * PANEL);
    activatePixels(args, table, tableEnd, group * args.outputGroup + (panel << 5), filters);
    first += count;
  }
}

/** Activates `filters` floats of each listed pixel, neighbours without a gap between them at once. */
function activatePixels(args: ConvolutionArgs, table: usize, tableEnd: usize, output: i32, filters: i32): void {
  while (table < tableEnd) {
    const from = load<u32>(table, 4);
    let end = from;
    for (; table < tableEnd && load<u32>(table, 4) == end; table += PIXEL_BYTES) end += filters << 2;
    activateRow(args.activation, from + output, 4, from + output, 4, (end - from) >> 2, args.alpha, args.beta);
  }
}
