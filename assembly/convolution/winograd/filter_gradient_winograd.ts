// Gradient of the filters of a 3x3 convolution of stride 1 by Winograd: the transpose of f32_winograd_4x4 and
// f32_winograd_2x2. Tiles of inputs and of output gradients are taken to the points, their products summed over all
// tiles position by position, and the sums taken back to nine taps.
import { addProducts } from "../filter_gradient";
import { storeAcross } from "../../primitives/lanes";
import { firstUnit } from "../../runtime/share";
import { transformGradient, transformSums, transformTile2, transformTile4 } from "./winograd_transform";
import { GAP_BYTES, PASS_BYTES, PLACE_BYTES, SUM_BYTES, winogradGradientScratch } from "./winograd_layout";
import { PANEL, PANEL_ROW } from "../../matmul/panel_layout";


@unmanaged
class WinogradFilterGradientArgs {
  /** First value of the first window; the halo reaches to the end of the last whole tile. */
  input: usize;
  /** Of the convolution's output: [images, rows, columns, filters]. */
  gradient: usize;
  /** [filters][channels][9 taps] */
  output: usize;
  images: i32;
  /** Extents of the convolution's output. */
  rows: i32;
  columns: i32;
  channels: i32;
  filters: i32;
  /** Bytes between neighbours on each axis. */
  inputImageStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  gradientImageStride: i32;
  gradientRowStride: i32;
  gradientColumnStride: i32;
  /** Pixels along a tile's side: 4 or 2. */
  tile: i32;
  /** Tiles that are summed before they join the sums of the others. */
  blockTiles: i32;
  /** Groups of four channels that go through all tiles together. */
  chunkGroups: i32;
  /** For each thread `winogradGradientScratch` bytes, `scratchStride` apart. */
  scratch: usize;
  scratchStride: i32;
}

/** Bytes of four channels of a tile at a position. */
const INPUT_BYTES: usize = 16;

/**
 * output[filter, channel, tap] = sum over pixels of input[pixel + tap, channel] * gradient[pixel, filter] by F(4x4,
 * 3x3). Tiles are summed in order, block by block, whatever the thread. An input or gradient that is not finite makes
 * all taps that it meets NaN or infinite. Reads up to 28 bytes behind a pixel's gradients and 12 behind its inputs.
 */
export function f32_filter_gradient_winograd(args: WinogradFilterGradientArgs, thread: i32, threads: i32): void {
  assert(args.blockTiles > 0 && args.chunkGroups > 0 && args.filters >= 0 && args.channels >= 0);
  const groups = (args.channels + 3) >> 2;
  const chunks = (groups + args.chunkGroups - 1) / args.chunkGroups;
  const last = firstUnit(chunks, thread + 1, threads);
  for (let chunk = firstUnit(chunks, thread, threads); chunk < last; chunk++) {
    const first = chunk * args.chunkGroups;
    sumChunk(args, first, min(args.chunkGroups, groups - first), args.scratch + <usize>thread * args.scratchStride);
  }
}

/** `groups` groups of four channels from number `first` on, with all filters, over all tiles. */
function sumChunk(args: WinogradFilterGradientArgs, first: i32, groups: i32, scratch: usize): void {
  const tile = args.tile;
  const positions = <usize>((tile + 2) * (tile + 2));
  const panels = (args.filters + PANEL - 1) / PANEL;
  const tiles = args.images * ((args.rows + tile - 1) / tile) * ((args.columns + tile - 1) / tile);
  const block = args.blockTiles;
  const table = scratch + PASS_BYTES;
  const gradients = table + <usize>block * PLACE_BYTES;
  const gradientBytes = <usize>block * PANEL_ROW + GAP_BYTES;
  const inputs = gradients + positions * gradientBytes;
  const inputBytes = <usize>block * INPUT_BYTES + GAP_BYTES;
  const groupBytes = positions * inputBytes;
  const sums = inputs + <usize>groups * groupBytes;
  const sumsBytes = positions * SUM_BYTES;
  // Sums that one block completes are taken back at once, and the next ones take their place.
  const step = tiles > block ? sumsBytes : 0;
  assert(args.scratchStride >= winogradGradientScratch(tile, tiles, block, args.chunkGroups, args.filters));
  // Without any tile the sums are still to be written.
  for (let tileFirst = 0; tileFirst < max(tiles, 1); tileFirst += block) {
    const count = min(block, tiles - tileFirst);
    listTiles(args, table, tileFirst, count, tile);
    transformInputs(args, table, count, first, groups, inputs, inputBytes, groupBytes, scratch, tile);
    let sum = sums;
    for (let panel = 0; panel < panels; panel++) {
      transformGradients(args, table, count, panel << 5, gradients, gradientBytes);
      let input = inputs;
      for (let group = 0; group < groups; group++, sum += step) {
        if (step == 0 || tileFirst == 0) memory.fill(sum, 0, sumsBytes);
        addProducts(input, inputBytes, gradients, gradientBytes, count, sum, positions);
        input += groupBytes;
        if (tileFirst + block < tiles) continue;
        storeTaps(args, sum, panel * PANEL, (first + group) << 2, scratch);
      }
    }
  }
}

/** Writes where `count` tiles from the flat index `first` on are. */
function listTiles(args: WinogradFilterGradientArgs, table: usize, first: i32, count: i32, tile: i32): void {
  const tileColumns = (args.columns + tile - 1) / tile;
  const tileRows = (args.rows + tile - 1) / tile;
  for (let index = first; index < first + count; index++, table += PLACE_BYTES) {
    const line = index / tileColumns;
    const image = line / tileRows;
    const row = (line % tileRows) * tile;
    const column = (index % tileColumns) * tile;
    store<u32>(
      table,
      <u32>args.input + image * args.inputImageStride + row * args.inputRowStride + column * args.inputColumnStride,
    );
    store<u32>(
      table,
      <u32>args.gradient +
        image * args.gradientImageStride +
        row * args.gradientRowStride +
        column * args.gradientColumnStride,
      4,
    );
    store<u16>(table, <u16>min(tile, args.rows - row), 8);
    store<u16>(table, <u16>min(tile, args.columns - column), 10);
  }
}

/** The channels of all listed tiles, at the points. */
function transformInputs(
  args: WinogradFilterGradientArgs,
  table: usize,
  count: i32,
  first: i32,
  groups: i32,
  to: usize,
  positionBytes: usize,
  groupBytes: usize,
  scratch: usize,
  tile: i32,
): void {
  for (const end = to + <usize>count * INPUT_BYTES; to < end; to += INPUT_BYTES, table += PLACE_BYTES) {
    const from: usize = load<u32>(table) + (first << 4);
    if (tile == 4)
      transformTile4(
        from,
        args.inputRowStride,
        args.inputColumnStride,
        groups << 2,
        to,
        positionBytes,
        groupBytes,
        scratch,
      );
    else
      transformTile2(
        from,
        args.inputRowStride,
        args.inputColumnStride,
        groups << 2,
        to,
        positionBytes,
        groupBytes,
        scratch,
      );
  }
}

/**
 * Eight filters of all listed tiles, `offset` bytes from the first, at the points; pixels that aren't there are zero.
 */
function transformGradients(
  args: WinogradFilterGradientArgs,
  table: usize,
  count: i32,
  offset: usize,
  to: usize,
  positionBytes: usize,
): void {
  const tile = args.tile;
  const rowBytes = <usize>(tile + 2) * positionBytes;
  const length = <usize>count * PANEL_ROW;
  for (let at = to; at < to + length; at += PANEL_ROW, table += PLACE_BYTES) {
    const rows = <i32>load<u16>(table, 8);
    const columns = <i32>load<u16>(table, 10);
    for (let row = 0; row < tile; row++) {
      let pixel: usize = load<u32>(table, 4) + <u32>(row * args.gradientRowStride) + <u32>offset;
      let place = at + <usize>row * rowBytes;
      for (let column = 0; column < tile; column++, pixel += args.gradientColumnStride, place += positionBytes) {
        const isThere = row < rows && column < columns;
        v128.store(place, isThere ? v128.load(pixel) : f32x4.splat(0));
        v128.store(place, isThere ? v128.load(pixel, 16) : f32x4.splat(0), 16);
      }
    }
  }
  for (let column = 0; column < tile; column++)
    gradientsToPoints(to + <usize>column * positionBytes, length, rowBytes, tile);
  for (let row = 0; row < tile + 2; row++) gradientsToPoints(to + <usize>row * rowBytes, length, positionBytes, tile);
}

/** Transforms `length` bytes of vectors and what is `stride` bytes behind each of them, in place. */
function gradientsToPoints(at: usize, length: usize, stride: usize, tile: i32): void {
  const end = at + length;
  if (tile == 4) for (; at < end; at += 16) transformGradient(at, stride, at, stride, 4);
  else for (; at < end; at += 16) transformGradient(at, stride, at, stride, 2);
}

/** Writes the taps of four channels of eight filters, from their sums, which are overwritten. */
function storeTaps(args: WinogradFilterGradientArgs, sums: usize, filter: i32, channel: i32, taps: usize): void {
  const tile = args.tile;
  const rowBytes = <usize>(tile + 2) * SUM_BYTES;
  const bytes = <usize>args.channels * 36;
  const floats = min(4, args.channels - channel) * 9;
  let to = args.output + <usize>filter * bytes + <usize>channel * 36;
  sumsToTaps(sums, 16, rowBytes, rowBytes, sums, 16, rowBytes, tile);
  for (let left = args.filters - filter, half = 0; left > 0 && half < 32; half += 16, left -= 4, to += 4 * bytes) {
    for (let row = 0; row < 3; row++) {
      sumsToTaps(sums + <usize>row * rowBytes + half, 32, SUM_BYTES, SUM_BYTES, taps + row * 48, 144, 16, tile);
    }
    storeAcross(taps, 16, floats, to, bytes, left);
  }
}

/** Transforms vectors `step` bytes apart within `length`, and what is `stride` bytes behind each of them. */
function sumsToTaps(
  from: usize,
  step: usize,
  length: usize,
  stride: usize,
  to: usize,
  toStep: usize,
  toStride: usize,
  tile: i32,
): void {
  const end = from + length;
  if (tile == 4) for (; from < end; from += step, to += toStep) transformSums(from, stride, to, toStride, 4);
  else for (; from < end; from += step, to += toStep) transformSums(from, stride, to, toStride, 2);
}
