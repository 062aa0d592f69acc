// Convolutions and matrix products of 8-bit integers, exact in 32 bits. Blocks of windows are gathered into rows of
// 16-bit integers, their zero taken off, and multiplied with panels of eight filters.
import { ElementType } from "../primitives/element_type";
import { firstUnit } from "../runtime/share";
import { storeBytes } from "../primitives/tail";
import { PANEL } from "../matmul/panel_layout";
import { BLOCK_WINDOWS, PAIRS_ROW } from "./integer_layout";


@unmanaged
class IntegerPanelsArgs {
  /** Filters, i8 or u8. */
  source: usize;
  /** ElementType of the source. */
  type: i32;
  /** Of the source's type, for each filter; 0: none. */
  zero: usize;
  zeroGroup: i32;
  zeroStride: i32;
  /** i32[groups * filters]; 0: none. */
  bias: usize;
  /** For each group, for each panel of eight filters: [8] i32 biases, then [ceil(taps * channels / 2), 8, 2] i16. */
  target: usize;
  groups: i32;
  filters: i32;
  taps: i32;
  channels: i32;
  groupStride: i32;
  filterStride: i32;
  tapStride: i32;
  channelStride: i32;
}


@unmanaged
class IntegerConvArgs {
  /** i8 or u8, channels next to each other. */
  input: usize;
  /** ElementType of the input. */
  inputType: i32;
  /** One element of the input's type, which the padding has too; 0: none. */
  inputZero: usize;
  /** From pack_integer_panels. */
  weights: usize;
  /** f32 that sums are multiplied with before they are rounded to 8 bits; 0: the output is the sums. */
  multipliers: usize;
  multiplierGroup: i32;
  multiplierStride: i32;
  /** One element of the output's type; 0: none. */
  outputZero: usize;
  output: usize;
  /** ElementType of the output: int32, or int8 or uint8 where there are multipliers. */
  outputType: i32;
  /** Of the output. */
  images: i32;
  planes: i32;
  rows: i32;
  columns: i32;
  inputPlanes: i32;
  inputRows: i32;
  inputColumns: i32;
  inputImageStride: i32;
  inputPlaneStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  outputImageStride: i32;
  outputPlaneStride: i32;
  outputRowStride: i32;
  outputColumnStride: i32;
  kernelPlanes: i32;
  kernelRows: i32;
  kernelColumns: i32;
  stridePlanes: i32;
  strideRows: i32;
  strideColumns: i32;
  dilationPlanes: i32;
  dilationRows: i32;
  dilationColumns: i32;
  paddingPlanes: i32;
  paddingRows: i32;
  paddingColumns: i32;
  groups: i32;
  /** Of a group. */
  channels: i32;
  /** Of a group. */
  filters: i32;
  inputGroupStride: i32;
  outputGroupStride: i32;
  /** For each thread `integerScratch` bytes, `scratchStride` apart. */
  scratch: usize;
  scratchStride: i32;
}

/** Packs filters in panels of eight, the pairs of elements that are multiplied and added at once next to each other. */
export function pack_integer_panels(args: IntegerPanelsArgs, thread: i32, threads: i32): void {
  const depth = args.taps * args.channels;
  const pairs = (depth + 1) >> 1;
  const panels = (args.filters + PANEL - 1) / PANEL;
  const last = firstUnit(args.groups * panels, thread + 1, threads);
  for (let unit = firstUnit(args.groups * panels, thread, threads); unit < last; unit++) {
    const group = unit / panels;
    const firstFilter = (unit - group * panels) * PANEL;
    const target = args.target + <usize>unit * (pairs + 1) * PAIRS_ROW;
    memory.fill(target, 0, (pairs + 1) * PAIRS_ROW);
    for (let lane = 0; lane < min(PANEL, args.filters - firstFilter); lane++) {
      const filter = firstFilter + lane;
      const bias = args.bias + ((<usize>(group * args.filters + filter)) << 2);
      if (args.bias) store<i32>(target + ((<usize>lane) << 2), load<i32>(bias));
      const zero = args.zero + group * args.zeroGroup + filter * args.zeroStride;
      const taken = args.zero ? byteAt(args.type, zero) : 0;
      const source = args.source + <usize>group * args.groupStride + <usize>filter * args.filterStride;
      for (let k = 0; k < depth; k++) {
        const tap = k / args.channels;
        const from = source + tap * args.tapStride + (k - tap * args.channels) * args.channelStride;
        const to = target + ((k >> 1) + 1) * PAIRS_ROW + (lane << 2) + ((k & 1) << 1);
        store<i16>(to, <i16>(byteAt(args.type, from) - taken));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function byteAt(type: i32, address: usize): i32 {
  return type == ElementType.int8 ? <i32>load<i8>(address) : <i32>load<u8>(address);
}

/** Sums of (input - its zero) * (weight - its zero) over windows, plus bias, as they are or requantised. */
export function integer_conv(args: IntegerConvArgs, thread: i32, threads: i32): void {
  assert(args.groups > 0 && args.channels >= 0 && args.filters >= 0);
  const pixels = args.images * args.planes * args.rows * args.columns;
  const pairs = (args.kernelPlanes * args.kernelRows * args.kernelColumns * args.channels + 1) >> 1;
  const panels = (args.filters + PANEL - 1) / PANEL;
  const places = args.scratch + <usize>thread * args.scratchStride;
  const rows = places + BLOCK_WINDOWS * 4;
  const blocks = (pixels + BLOCK_WINDOWS - 1) / BLOCK_WINDOWS;
  const last = firstUnit(args.groups * blocks, thread + 1, threads);
  for (let unit = firstUnit(args.groups * blocks, thread, threads); unit < last; unit++) {
    const group = unit / blocks;
    const first = (unit - group * blocks) * BLOCK_WINDOWS;
    const count = min(BLOCK_WINDOWS, pixels - first);
    for (let i = 0; i < count; i++)
      gatherWindow(args, first + i, group, places + ((<usize>i) << 2), rows + i * pairs * 4);
    for (let panel = 0; panel < panels; panel++) {
      const weights = args.weights + <usize>(group * panels + panel) * (pairs + 1) * PAIRS_ROW;
      for (let i = 0; i < count; i += 4) multiply(args, group, panel, weights, places, rows, i, count, pairs);
    }
  }
}

/** Notes where window `pixel` is stored and writes its elements, less their zero, one behind the other. */
function gatherWindow(args: IntegerConvArgs, pixel: i32, group: i32, place: usize, row: usize): void {
  const line = pixel / args.columns;
  const sheet = line / args.rows;
  const image = sheet / args.planes;
  const plane = sheet - image * args.planes;
  const outputRow = line - sheet * args.rows;
  const column = pixel - line * args.columns;
  store<i32>(
    place,
    image * args.outputImageStride +
      plane * args.outputPlaneStride +
      outputRow * args.outputRowStride +
      column * args.outputColumnStride +
      group * args.outputGroupStride,
  );
  const zero = i16x8.splat(<i16>(args.inputZero ? byteAt(args.inputType, args.inputZero) : 0));
  const start = args.input + image * args.inputImageStride + group * args.inputGroupStride;
  const channels = args.channels;
  for (let p = 0; p < args.kernelPlanes; p++) {
    const z = plane * args.stridePlanes + p * args.dilationPlanes - args.paddingPlanes;
    for (let r = 0; r < args.kernelRows; r++) {
      const y = outputRow * args.strideRows + r * args.dilationRows - args.paddingRows;
      for (let c = 0; c < args.kernelColumns; c++, row += (<usize>channels) << 1) {
        const x = column * args.strideColumns + c * args.dilationColumns - args.paddingColumns;
        // One unsigned comparison for each axis: below 0 is beyond the end.
        if (<u32>z < <u32>args.inputPlanes && <u32>y < <u32>args.inputRows && <u32>x < <u32>args.inputColumns) {
          const from = start + z * args.inputPlaneStride + y * args.inputRowStride + x * args.inputColumnStride;
          widen(args.inputType, row, from, zero, channels);
        } else {
          memory.fill(row, 0, channels << 1);
        }
      }
    }
  }
}

/** Up to seven 16-bit elements behind the last are written too; the next element of the row overwrites them. */
// @ts-ignore: decorator
@inline
function widen(type: i32, to: usize, from: usize, zero: v128, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const bytes = v128.load64_zero(from + i);
    const wide = type == ElementType.int8 ? i16x8.extend_low_i8x16_s(bytes) : i16x8.extend_low_i8x16_u(bytes);
    v128.store(to + ((<usize>i) << 1), i16x8.sub(wide, zero));
  }
}

/** Up to four windows from `first` on times eight filters. */
function multiply(
  args: IntegerConvArgs,
  group: i32,
  panel: i32,
  weights: usize,
  places: usize,
  rows: usize,
  first: i32,
  count: i32,
  pairs: i32,
): void {
  let a = rows + first * pairs * 4;
  // Rows behind the last one repeat it.
  const bOffset = min(count - first - 1, 1) * pairs * 4;
  const cOffset = min(count - first - 1, 2) * pairs * 4;
  const dOffset = min(count - first - 1, 3) * pairs * 4;
  let a0 = v128.load(weights);
  let a1 = v128.load(weights, 16);
  let b0 = a0,
    b1 = a1,
    c0 = a0,
    c1 = a1,
    d0 = a0,
    d1 = a1;
  const end = weights + <usize>pairs * PAIRS_ROW;
  for (let at = weights; at < end; a += 4) {
    at += PAIRS_ROW;
    const low = v128.load(at);
    const high = v128.load(at, 16);
    let x = v128.load32_splat(a);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x, low));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x, high));
    x = v128.load32_splat(a + bOffset);
    b0 = i32x4.add(b0, i32x4.dot_i16x8_s(x, low));
    b1 = i32x4.add(b1, i32x4.dot_i16x8_s(x, high));
    x = v128.load32_splat(a + cOffset);
    c0 = i32x4.add(c0, i32x4.dot_i16x8_s(x, low));
    c1 = i32x4.add(c1, i32x4.dot_i16x8_s(x, high));
    x = v128.load32_splat(a + dOffset);
    d0 = i32x4.add(d0, i32x4.dot_i16x8_s(x, low));
    d1 = i32x4.add(d1, i32x4.dot_i16x8_s(x, high));
  }
  const place = places + ((<usize>first) << 2);
  finish(args, group, panel, load<i32>(place), a0, a1);
  if (first + 1 < count) finish(args, group, panel, load<i32>(place, 4), b0, b1);
  if (first + 2 < count) finish(args, group, panel, load<i32>(place, 8), c0, c1);
  if (first + 3 < count) finish(args, group, panel, load<i32>(place, 12), d0, d1);
}

/** Stores the sums of one window. */
function finish(args: IntegerConvArgs, group: i32, panel: i32, place: i32, low: v128, high: v128): void {
  const filter = panel * PANEL;
  const lanes = min(PANEL, args.filters - filter);
  if (!args.multipliers) {
    const output = args.output + place + ((<usize>filter) << 2);
    if (lanes > 3) v128.store(output, low);
    else storeBytes(output, low, lanes << 2);
    if (lanes == PANEL) v128.store(output, high, 16);
    else if (lanes > 4) storeBytes(output + 16, high, (lanes - 4) << 2);
    return;
  }
  const outputZero = args.outputZero ? byteAt(args.outputType, args.outputZero) : 0;
  const zero = f32x4.splat(<f32>outputZero);
  const factors = args.multipliers + group * args.multiplierGroup + filter * args.multiplierStride;
  const isOne = args.multiplierStride == 0;
  const lowFactors = isOne ? v128.load32_splat(factors) : v128.load(factors);
  const highFactors = isOne ? lowFactors : v128.load(factors, 16);
  const halves = i16x8.narrow_i32x4_s(requantized(low, lowFactors, zero), requantized(high, highFactors, zero));
  const isSigned = args.outputType == ElementType.int8;
  const bytes = isSigned ? i8x16.narrow_i16x8_s(halves, halves) : i8x16.narrow_i16x8_u(halves, halves);
  storeBytes(args.output + place + filter, bytes, lanes);
}

// @ts-ignore: decorator
@inline
function requantized(sums: v128, factors: v128, zero: v128): v128 {
  const scaled = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(sums), factors));
  return i32x4.trunc_sat_f32x4_s(f32x4.add(scaled, zero));
}
