// Gradient of a convolution's filters: outer products of input windows and output gradients, summed over all pixels.
// Tiles of 4 window elements x 8 filters stay in registers through a block of pixels.
import { FilterGradientPixels, listPixels, pixelCount } from "./filter_gradient_pixels";
import { madd } from "../primitives/fused";
import { storeAcross } from "../primitives/lanes";
import { firstUnit } from "../runtime/share";
import { ELEMENTS, ELEMENTS_BYTES, GRADIENT_BYTES, LISTED_BYTES, TILE_SUMS_BYTES } from "./filter_gradient_layout";
import { PANEL } from "../matmul/panel_layout";


@unmanaged
class FilterGradientArgs extends FilterGradientPixels {
  groups: i32;
  /** Filters of one group. */
  filters: i32;
  /** Input channels of one group. */
  channels: i32;
  /** Tiles of window elements that go through all pixels together. */
  chunkTiles: i32;
  /** 1: each block of the input is first laid out as tiles read it, which pays when many filters do. */
  packs: i32;
}

/**
 * output[group, filter, channel, tap] = sum over pixels of input[pixel + taps[tap], channel] * gradient[pixel, filter].
 * Pixels are summed in order, block by block, whatever the thread. `scratchStride` is at least
 * `filterGradientScratch`. Reads up to 28 bytes behind a pixel's gradients and 12 behind its inputs.
 */
export function f32_filter_gradient(args: FilterGradientArgs, thread: i32, threads: i32): void {
  assert(args.blockPixels > 0 && args.chunkTiles > 0 && args.filters >= 0 && args.channels >= 0);
  const tiles = (args.channels * args.tapCount + ELEMENTS - 1) / ELEMENTS;
  const chunks = (tiles + args.chunkTiles - 1) / args.chunkTiles;
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const last = firstUnit(args.groups * chunks, thread + 1, threads);
  for (let unit = firstUnit(args.groups * chunks, thread, threads); unit < last; unit++) {
    const group = unit / chunks;
    const first = (unit - group * chunks) * args.chunkTiles;
    sumChunk(args, group, first, min(args.chunkTiles, tiles - first), scratch);
  }
}

/** `tiles` tiles of one group's windows from number `first` on, with all filters, over all pixels. */
function sumChunk(args: FilterGradientArgs, group: i32, first: i32, tiles: i32, scratch: usize): void {
  const block = args.blockPixels;
  const panels = (args.filters + PANEL - 1) / PANEL;
  const table = scratch;
  const gradients = table + <usize>block * LISTED_BYTES;
  const inputs = gradients + <usize>block * GRADIENT_BYTES;
  const inputBytes = <usize>block * ELEMENTS_BYTES;
  const sums = args.packs ? inputs + <usize>tiles * inputBytes : inputs;
  assert(sums + <usize>(panels * tiles) * TILE_SUMS_BYTES <= scratch + args.scratchStride);
  memory.fill(sums, 0, <usize>(panels * tiles) * TILE_SUMS_BYTES);
  const pixels = pixelCount(args);
  const input = (group * args.channels) << 2;
  for (let pixel = 0; pixel < pixels; pixel += block) {
    const count = min(block, pixels - pixel);
    listPixels(args, table, pixel, count);
    if (args.packs) {
      for (let tile = 0; tile < tiles; tile++) {
        packInputs(args, table, count, input, (first + tile) * ELEMENTS, inputs + <usize>tile * inputBytes);
      }
    }
    let to = sums;
    for (let panel = 0; panel < panels; panel++) {
      packGradients(table, count, (group * args.filters + panel * PANEL) << 2, gradients);
      for (let tile = 0; tile < tiles; tile++, to += TILE_SUMS_BYTES) {
        if (args.packs) {
          addProducts(inputs + <usize>tile * inputBytes, 0, gradients, 0, count, to, 1);
        } else {
          const column = (first + tile) * ELEMENTS;
          const o0 = input + offsetOf(args, column);
          const o1 = input + offsetOf(args, column + 1);
          const o2 = input + offsetOf(args, column + 2);
          const o3 = input + offsetOf(args, column + 3);
          listedTile(table, o0, o1, o2, o3, gradients, count, to);
        }
      }
    }
  }
  for (let panel = 0, from = sums; panel < panels; panel++) {
    for (let tile = 0; tile < tiles; tile++, from += TILE_SUMS_BYTES) {
      storeTile(args, group, panel * PANEL, (first + tile) * ELEMENTS, from);
    }
  }
}

/** Bytes from a pixel's first input to window element `column`, to the last one's when there are fewer. */
function offsetOf(args: FilterGradientArgs, column: i32): i32 {
  const last = args.channels * args.tapCount - 1;
  const channel = min(column, last) / args.tapCount;
  const tap = min(column, last) - channel * args.tapCount;
  return load<i32>(args.taps + ((<usize>tap) << 2)) + (channel << 2);
}

function packGradients(table: usize, count: i32, offset: i32, to: usize): void {
  for (const end = table + <usize>count * LISTED_BYTES; table < end; table += LISTED_BYTES, to += GRADIENT_BYTES) {
    const from = load<u32>(table, 4) + offset;
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}

/** Lays out four window elements from number `column` on of each pixel. */
function packInputs(args: FilterGradientArgs, table: usize, count: i32, input: i32, column: i32, to: usize): void {
  const end = table + <usize>count * LISTED_BYTES;
  const o0 = input + offsetOf(args, column);
  if (args.tapCount == 1) {
    for (; table < end; table += LISTED_BYTES, to += ELEMENTS_BYTES) v128.store(to, v128.load(load<u32>(table) + o0));
    return;
  }
  const o1 = input + offsetOf(args, column + 1);
  const o2 = input + offsetOf(args, column + 2);
  const o3 = input + offsetOf(args, column + 3);
  for (; table < end; table += LISTED_BYTES, to += ELEMENTS_BYTES) {
    const from = load<u32>(table);
    store<u32>(to, load<u32>(from + o0));
    store<u32>(to, load<u32>(from + o1), 4);
    store<u32>(to, load<u32>(from + o2), 8);
    store<u32>(to, load<u32>(from + o3), 12);
  }
}

/**
 * Adds a block's products of four packed window elements and eight filters to `sums`, `times` over: for windows and
 * gradients that lie `inputStep` and `gradientStep` bytes apart, and sums without a gap.
 */
export function addProducts(
  input: usize,
  inputStep: usize,
  gradient: usize,
  gradientStep: usize,
  count: i32,
  sums: usize,
  times: usize,
): void {
  for (const last = sums + times * TILE_SUMS_BYTES; sums < last; sums += TILE_SUMS_BYTES) {
    let s00 = f32x4.splat(0);
    let s01 = s00,
      s10 = s00,
      s11 = s00,
      s20 = s00,
      s21 = s00,
      s30 = s00,
      s31 = s00;
    let g = gradient;
    for (let x = input, end = input + <usize>count * ELEMENTS_BYTES; x < end; x += ELEMENTS_BYTES) {
      const g0 = v128.load(g);
      const g1 = v128.load(g, 16);
      const x0 = v128.load32_splat(x);
      s00 = madd(x0, g0, s00);
      s01 = madd(x0, g1, s01);
      const x1 = v128.load32_splat(x, 4);
      s10 = madd(x1, g0, s10);
      s11 = madd(x1, g1, s11);
      const x2 = v128.load32_splat(x, 8);
      s20 = madd(x2, g0, s20);
      s21 = madd(x2, g1, s21);
      const x3 = v128.load32_splat(x, 12);
      s30 = madd(x3, g0, s30);
      s31 = madd(x3, g1, s31);
      g += GRADIENT_BYTES;
    }
    addTile(sums, s00, s01, s10, s11, s20, s21, s30, s31);
    input += inputStep;
    gradient += gradientStep;
  }
}

/** Adds a block's products of the four window elements at `o0` .. `o3` and eight filters to `sums`. */
function listedTile(table: usize, o0: i32, o1: i32, o2: i32, o3: i32, gradient: usize, count: i32, sums: usize): void {
  let s00 = f32x4.splat(0);
  let s01 = s00,
    s10 = s00,
    s11 = s00,
    s20 = s00,
    s21 = s00,
    s30 = s00,
    s31 = s00;
  for (const end = table + <usize>count * LISTED_BYTES; table < end; table += LISTED_BYTES) {
    const input = load<u32>(table);
    const g0 = v128.load(gradient);
    const g1 = v128.load(gradient, 16);
    const x0 = v128.load32_splat(input + o0);
    s00 = madd(x0, g0, s00);
    s01 = madd(x0, g1, s01);
    const x1 = v128.load32_splat(input + o1);
    s10 = madd(x1, g0, s10);
    s11 = madd(x1, g1, s11);
    const x2 = v128.load32_splat(input + o2);
    s20 = madd(x2, g0, s20);
    s21 = madd(x2, g1, s21);
    const x3 = v128.load32_splat(input + o3);
    s30 = madd(x3, g0, s30);
    s31 = madd(x3, g1, s31);
    gradient += GRADIENT_BYTES;
  }
  addTile(sums, s00, s01, s10, s11, s20, s21, s30, s31);
}

// @ts-ignore: decorator
@inline
function addTile(
  sums: usize,
  s00: v128,
  s01: v128,
  s10: v128,
  s11: v128,
  s20: v128,
  s21: v128,
  s30: v128,
  s31: v128,
): void {
  v128.store(sums, f32x4.add(v128.load(sums), s00));
  v128.store(sums, f32x4.add(v128.load(sums, 16), s01), 16);
  v128.store(sums, f32x4.add(v128.load(sums, 32), s10), 32);
  v128.store(sums, f32x4.add(v128.load(sums, 48), s11), 48);
  v128.store(sums, f32x4.add(v128.load(sums, 64), s20), 64);
  v128.store(sums, f32x4.add(v128.load(sums, 80), s21), 80);
  v128.store(sums, f32x4.add(v128.load(sums, 96), s30), 96);
  v128.store(sums, f32x4.add(v128.load(sums, 112), s31), 112);
}

/** Writes a tile's sums: for each of its filters four neighbouring window elements from `column` on. */
function storeTile(args: FilterGradientArgs, group: i32, filter: i32, column: i32, from: usize): void {
  const length = args.channels * args.tapCount;
  const lanes = min(ELEMENTS, length - column);
  const bytes = (<usize>length) << 2;
  let to = args.output + <usize>(group * args.filters + filter) * bytes + ((<usize>column) << 2);
  for (let left = args.filters - filter, half = 0; left > 0 && half < 2; half++, from += 16, left -= 4) {
    storeAcross(from, 32, lanes, to, bytes, left);
    to += 4 * bytes;
  }
}
