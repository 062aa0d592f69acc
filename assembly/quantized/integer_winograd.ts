// Convolution of 8-bit integers by Winograd, 3x3 taps and stride 1, exact: inputs and weights at the points are integers of
// 16 bits, so are their factors against the usual ones, which stand before the points and not under fractions. Sums wrap; a
// result is right where the bare sum is of less than 2^25 (4x4) or 2^29 (2x2).
import { PANEL } from "../matmul/panel_layout";
import { ElementType } from "../primitives/element_type";
import { firstUnit } from "../runtime/share";
import { IntegerConvArgs } from "./integer_arguments";
import {
  INTEGER_PASS_BYTES,
  integerPositionBytes,
  integerRowBytes,
  integerWinogradPanelBytes,
  integerWinogradScratch,
  LIST_OFFSET,
  PANEL_HEAD,
  PIXELS_BYTES,
  WINDOW_BYTES,
} from "./integer_layout";
import { finishStored, multiplyRows, startPanel, TILE, TILE_WINDOWS } from "./integer_tile";
import { transformPixels2, transformPixels4 } from "./integer_winograd_pixels";
import { byteAt } from "./requantize";

/** Bytes of one position's products for eight filters. */
const PRODUCT_BYTES: usize = 32;
/** 1 / 9, modulo 2^32. */
const NINTH: i32 = 0x38e38e39;

/** integer_conv for 3x3 windows next to each other, by F(4x4, 3x3); `blockWindows` are tiles. */
export function integer_winograd_4x4(args: IntegerConvArgs, thread: i32, threads: i32): void {
  convolve(args, thread, threads, 4);
}

/** The same by F(2x2, 3x3), whose results may be 16 times as large. */
export function integer_winograd_2x2(args: IntegerConvArgs, thread: i32, threads: i32): void {
  convolve(args, thread, threads, 2);
}

function convolve(args: IntegerConvArgs, thread: i32, threads: i32, tile: i32): void {
  const channels = args.channels;
  const blockTiles = args.blockWindows;
  const positions = (tile + 2) * (tile + 2);
  assert(args.elementBytes == 2 && args.planes == 1 && args.kernelRows == 3 && args.kernelColumns == 3);
  assert(args.strideRows == 1 && args.strideColumns == 1 && args.dilationRows == 1 && args.dilationColumns == 1);
  assert(blockTiles > 0 && blockTiles % TILE_WINDOWS == 0);
  assert(args.scratchStride >= integerWinogradScratch(tile, blockTiles, channels));
  const panelBytes = <usize>integerWinogradPanelBytes(tile, channels);
  const rowBytes = <usize>integerRowBytes(channels, 2);
  const positionBytes = <usize>integerPositionBytes(blockTiles, channels);
  const tileBytes = <usize>positions * PRODUCT_BYTES;
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const list = scratch + LIST_OFFSET + 4 * WINDOW_BYTES + INTEGER_PASS_BYTES + PIXELS_BYTES;
  const places = list + blockTiles * WINDOW_BYTES;
  const products = places + blockTiles * WINDOW_BYTES;
  const inputs = products + <usize>blockTiles * tileBytes;
  const padding = inputs + <usize>positions * positionBytes;
  memory.fill(padding, <u8>(args.inputZero ? byteAt(args.inputType, args.inputZero) : 0), channels + 8);
  for (let i = 0; i < blockTiles; i++) {
    store<u32>(list + i * WINDOW_BYTES, <u32>(<usize>i * rowBytes));
    store<u32>(list + i * WINDOW_BYTES, <u32>(<usize>i * tileBytes), 4);
  }

  const tiles = args.images * ((args.rows + tile - 1) / tile) * ((args.columns + tile - 1) / tile);
  const panels = (args.filters + PANEL - 1) / PANEL;
  const blocks = (tiles + blockTiles - 1) / blockTiles;
  const quads = (channels + 3) >> 2;
  let unit = firstUnit(args.groups * blocks * panels, thread, threads);
  const end = firstUnit(args.groups * blocks * panels, thread + 1, threads);
  while (unit < end) {
    const groupBlock = unit / panels;
    const firstPanel = unit - groupBlock * panels;
    const lastPanel = min(panels, firstPanel + end - unit);
    const group = groupBlock / blocks;
    const first = (groupBlock - group * blocks) * blockTiles;
    const count = min(blockTiles, tiles - first);
    transformBlock(args, first, count, group, places, inputs, rowBytes, positionBytes, padding, scratch, tile);
    for (let panel = firstPanel; panel < lastPanel; panel++) {
      const weights = args.weights + <usize>(group * panels + panel) * panelBytes;
      const filter = panel * PANEL;
      const isPlain = startPanel(args, weights, scratch, group, filter, 0);
      let from = weights + PANEL_HEAD;
      for (let position = 0; position < positions; position++, from += rowBytes * PANEL) {
        const rows = inputs + <usize>position * positionBytes;
        multiplyRows(args, from, quads, list, count, rows, products + <usize>position * PRODUCT_BYTES);
      }
      const output = args.output + group * args.outputGroupStride;
      for (let i = 0; i < count; i++) {
        const place = places + i * WINDOW_BYTES;
        const product = products + <usize>i * tileBytes;
        if (tile == 4) storeTile4(args, product, place, scratch, filter, output, isPlain);
        else storeTile2(args, product, place, scratch, filter, output, isPlain);
      }
    }
    unit += lastPanel - firstPanel;
  }
}

/** A group's inputs of `count` tiles from number `first` on at the points, and where these tiles' results go. */
function transformBlock(
  args: IntegerConvArgs,
  first: i32,
  count: i32,
  group: i32,
  places: usize,
  inputs: usize,
  rowBytes: usize,
  positionBytes: usize,
  padding: usize,
  scratch: usize,
  tile: i32,
): void {
  const tileRows = (args.rows + tile - 1) / tile;
  const tileColumns = (args.columns + tile - 1) / tile;
  const pass = scratch + LIST_OFFSET + 4 * WINDOW_BYTES;
  const pixels = pass + INTEGER_PASS_BYTES;
  // Signed bytes are taken as unsigned ones, 128 greater.
  const flip = args.inputType == ElementType.int8 ? 0x80 : 0;
  const zero = (args.inputZero ? byteAt(args.inputType, args.inputZero) : 0) + flip;
  for (let number = first; number < first + count; number++) {
    const line = number / tileColumns;
    const image = line / tileRows;
    const row = (line - image * tileRows) * tile;
    const column = (number - line * tileColumns) * tile;
    store<u32>(places, image * args.outputImageStride + row * args.outputRowStride + column * args.outputColumnStride);
    store<u16>(places, <u16>min(tile, args.rows - row), 4);
    store<u16>(places, <u16>min(tile, args.columns - column), 6);
    const input = args.input + image * args.inputImageStride + group * args.inputGroupStride;
    let pixel = pixels;
    for (let y = row - args.paddingRows, bottom = y + tile + 2; y < bottom; y++) {
      const inside = <u32>y < <u32>args.inputRows;
      for (let x = column - args.paddingColumns, right = x + tile + 2; x < right; x++, pixel += 4) {
        const at = input + y * args.inputRowStride + x * args.inputColumnStride;
        store<u32>(pixel, <u32>(inside && <u32>x < <u32>args.inputColumns ? at : padding));
      }
    }
    const to = inputs + <usize>(number - first) * rowBytes;
    if (tile == 4) transformPixels4(pixels, args.channels, flip, zero, pass, to, positionBytes);
    else transformPixels2(pixels, args.channels, flip, zero, pass, to, positionBytes);
    places += WINDOW_BYTES;
  }
}

/** What becomes of the products of a tile and eight filters. */
function storeTile4(
  args: IntegerConvArgs,
  products: usize,
  place: usize,
  scratch: usize,
  filter: i32,
  output: usize,
  isPlain: bool,
): void {
  const pass = scratch + LIST_OFFSET + 4 * WINDOW_BYTES;
  for (let at = pass, from = products; at < pass + 192; at += 16, from += 16) {
    const m0 = v128.load(from);
    const m1 = v128.load(from, 192);
    const m2 = v128.load(from, 384);
    const m3 = v128.load(from, 576);
    const m4 = v128.load(from, 768);
    const m5 = v128.load(from, 960);
    const s = i32x4.add(m1, m2);
    const u = i32x4.sub(m1, m2);
    const p = i32x4.add(m3, m4);
    const q = i32x4.sub(m3, m4);
    v128.store(at, i32x4.add(i32x4.add(m0, p), i32x4.shl(s, 2)));
    v128.store(at, i32x4.add(i32x4.add(u, u), q), 192);
    v128.store(at, i32x4.add(s, p), 384);
    v128.store(at, i32x4.add(i32x4.add(u, m5), i32x4.add(q, q)), 576);
  }
  const rows = <i32>load<u16>(place, 4);
  const list = listWindows(args, place, products, scratch, filter, output, 4);
  for (let row = 0, from = pass; row < rows; row++, from += 192) {
    // Rows and columns of results are 3 * 2^k times too large, k = 3, 2, 1, 1: they become 64 times so.
    const ninth = NINTH << (row < 2 ? row : 2);
    for (let half: usize = 0; half < 32; half += 16) {
      storeRow(from + half, ninth, v128.load(scratch + half), scratch + half);
    }
    finishStored(args, scratch, list, filter, output, isPlain);
    const columns = <i32>load<u16>(place, 6);
    for (let i = list; i < list + columns * WINDOW_BYTES; i += WINDOW_BYTES) {
      store<u32>(i, load<u32>(i, 4) + args.outputRowStride, 4);
    }
  }
}

/** Four columns of four filters. */
// @ts-ignore: decorator
@inline
function storeRow(from: usize, ninth: i32, start: v128, to: usize): void {
  const m1 = v128.load(from, 32);
  const m2 = v128.load(from, 64);
  const m3 = v128.load(from, 96);
  const m4 = v128.load(from, 128);
  const s = i32x4.add(m1, m2);
  const u = i32x4.sub(m1, m2);
  const p = i32x4.add(m3, m4);
  const q = i32x4.sub(m3, m4);
  const y0 = i32x4.add(i32x4.add(v128.load(from), p), i32x4.shl(s, 2));
  const y1 = i32x4.add(i32x4.add(u, u), q);
  const y2 = i32x4.add(s, p);
  const y3 = i32x4.add(i32x4.add(u, v128.load(from, 160)), i32x4.add(q, q));
  v128.store(to, i32x4.add(start, over64(i32x4.mul(y0, i32x4.splat(ninth)))), TILE);
  v128.store(to, i32x4.add(start, over64(i32x4.mul(y1, i32x4.splat(ninth << 1)))), TILE + 32);
  v128.store(to, i32x4.add(start, over64(i32x4.mul(y2, i32x4.splat(ninth << 2)))), TILE + 64);
  v128.store(to, i32x4.add(start, over64(i32x4.mul(y3, i32x4.splat(ninth << 2)))), TILE + 96);
}

// @ts-ignore: decorator
@inline
function over64(values: v128): v128 {
  return i32x4.shr_s(values, 6);
}

/** What becomes of the products of a tile and eight filters: both rows at once, two windows each. */
function storeTile2(
  args: IntegerConvArgs,
  products: usize,
  place: usize,
  scratch: usize,
  filter: i32,
  output: usize,
  isPlain: bool,
): void {
  const pass = scratch + LIST_OFFSET + 4 * WINDOW_BYTES;
  for (let at = pass, from = products; at < pass + 128; at += 16, from += 16) {
    const m1 = v128.load(from, 128);
    const m2 = v128.load(from, 256);
    v128.store(at, i32x4.add(i32x4.add(v128.load(from), m1), m2));
    v128.store(at, i32x4.sub(i32x4.sub(m1, m2), v128.load(from, 384)), 128);
  }
  const list = listWindows(args, place, products, scratch, filter, output, 2);
  for (let half: usize = 0; half < 32; half += 16) {
    const start = v128.load(scratch + half);
    for (let row: usize = 0; row < 2; row++) {
      const from = pass + (row << 7) + half;
      const to = scratch + (row << 6) + half;
      const m1 = v128.load(from, 32);
      const m2 = v128.load(from, 64);
      const y0 = i32x4.add(i32x4.add(v128.load(from), m1), m2);
      const y1 = i32x4.sub(i32x4.sub(m1, m2), v128.load(from, 96));
      v128.store(to, i32x4.add(start, i32x4.shr_s(y0, 2)), TILE);
      v128.store(to, i32x4.add(start, i32x4.shr_s(y1, 2)), TILE + 32);
    }
  }
  finishStored(args, scratch, list, filter, output, isPlain);
}

/**
 * Lists where the first four windows of a tile are stored, as integer_conv does; those that aren't there go where the
 * tile's products were.
 */
function listWindows(
  args: IntegerConvArgs,
  place: usize,
  products: usize,
  scratch: usize,
  filter: i32,
  output: usize,
  tile: i32,
): usize {
  const list = scratch + LIST_OFFSET;
  const nowhere = products - output - (args.multipliers ? filter : filter << 2);
  const rows = <i32>load<u16>(place, 4);
  const columns = <i32>load<u16>(place, 6);
  for (let i = 0; i < TILE_WINDOWS; i++) {
    const row = i / tile;
    const column = i - row * tile;
    const to = <usize>load<u32>(place) + row * args.outputRowStride + column * args.outputColumnStride;
    store<u32>(list + i * WINDOW_BYTES, <u32>(row < rows && column < columns ? to : nowhere), 4);
  }
  return list;
}
