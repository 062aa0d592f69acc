// Convolution by Winograd: blocks of tiles are transformed, multiplied with the transformed filters
// position by position, and transformed back, while they are in cache. The input has its halo already.
// Filters of more than 3x3 taps are cut into parts of 3x3, whose products are summed as those of further channels. The
// taps of a part, like the pixels of its tile, are as far from each other as windows are: whatever their stride, it is
// a convolution of stride 1. Where a part has fewer taps, some of its transformed weights are zeros, and are left out.
import { activateRow } from "../../primitives/activate_row";
import { Activation, clip } from "../../primitives/activation";
import { storeLanes } from "../../primitives/lanes";
import { readAhead } from "../../primitives/read_ahead";
import { firstUnit } from "../../runtime/share";
import { WinogradArgs } from "./winograd_arguments";
import { convolveTile, isUneven, SUSPECT } from "./winograd_uneven";
import { multiplyPair, multiplyPosition } from "./winograd_multiply";
import { tileCount, wholeTiles } from "./winograd_tiles";
import { transformFilters2, transformFilters4 } from "./winograd_weights";
import { outputAt, point, transformProducts, transformTile2, transformTile4, VECTOR } from "./winograd_transform";
import {
  GAP_BYTES,
  inputPositionBytes,
  PASS_BYTES,
  PLACE_BYTES,
  STORE_BYTES,
  winogradScratch,
  winogradWeightsBytes,
} from "./winograd_layout";
import { PANEL, PANEL_ROW } from "../../matmul/panel_layout";

/** In a tile's place: 1 where it is computed directly. */
const UNEVEN: usize = 15;

// Bigger weights come from behind a core's own caches, and are read ahead.
const NEAR_BYTES: usize = 1 << 20;

/**
 * output[pixel, filter] = activation(bias + convolution + residual[pixel, filter]) by F(4x4, 3x3). Each result's bits
 * are the same whatever the block and the thread. Off by at most 2^-19 of the sum of its weights' magnitudes times the
 * greatest input of its tile, and as many roundings of its bias and residual. A tile in which that is over 2^12 and
 * over 2^8 times the greatest input of some output's window, or not finite, is computed directly. Reads
 * up to 12 bytes behind a pixel's input and residual; writes only the filters given.
 */
export function f32_winograd_4x4(args: WinogradArgs, thread: i32, threads: i32): void {
  convolve(args, thread, threads, 4);
}

/** f32_winograd_4x4 by F(2x2, 3x3): fewer multiplications saved, smaller transforms, less waste at the edges. */
export function f32_winograd_2x2(args: WinogradArgs, thread: i32, threads: i32): void {
  convolve(args, thread, threads, 2);
}

function convolve(args: WinogradArgs, thread: i32, threads: i32, tile: i32): void {
  const size = tile + 2;
  const positions = size * size;
  const blockTiles = args.blockTiles;
  const chunkPanels = args.chunkPanels;
  const depth = args.channels * args.partCount;
  const rowBytes = (<usize>((depth + 3) & -4)) << 2;
  // Tiles are multiplied in even numbers, from any one on.
  const places = <usize>blockTiles + 1;
  const positionBytes = <usize>inputPositionBytes(blockTiles, depth);
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const table = scratch + PASS_BYTES + STORE_BYTES;
  const products = table + <usize>blockTiles * PLACE_BYTES;
  const tileBytes = <usize>positions * PANEL_ROW;
  const productsBytes = places * tileBytes;
  const inputs = products + <usize>chunkPanels * productsBytes;
  assert(blockTiles > 0 && blockTiles % 2 == 0);
  assert(chunkPanels > 0);
  const made = args.source ? winogradWeightsBytes(tile, chunkPanels, 1, depth) : 0;
  assert(args.scratchStride >= winogradScratch(tile, blockTiles, chunkPanels, depth) + made);

  const panels = (args.filters + PANEL - 1) / PANEL;
  const tileRows = tileCount(args.rows, tile);
  const tileColumns = tileCount(args.columns, tile);
  const tiles = args.images * tileRows * tileColumns;
  if (tiles <= 0 || panels <= 0) return;
  const groupPanels = panels / args.groups;
  assert(args.groups == 1 || args.filters == args.groups * groupPanels * PANEL);
  const wholeColumns = wholeTiles(args.columns, tile);
  const tallTiles = args.images * wholeTiles(args.rows, tile) * tileColumns;
  const tallNarrow = (tallTiles / tileColumns) * (tileColumns - wholeColumns);
  const wideEnd = tallNarrow + args.images * tileRows * wholeColumns;
  const panelBytes = <usize>depth * PANEL_ROW;
  const far = !args.source && <usize>(positions * panels) * panelBytes > NEAR_BYTES;
  const blocks = (tiles + blockTiles - 1) / blockTiles;

  let unit = firstUnit(blocks * panels, thread, threads);
  const end = firstUnit(blocks * panels, thread + 1, threads);
  let listed = -1;
  while (unit < end) {
    const block = unit / panels;
    const first = block * blockTiles;
    const count = min(blockTiles, tiles - first);
    if (block != listed) listTiles(args, table, first, count, tile);
    listed = block;
    const group = (unit % panels) / groupPanels;
    const groupEnd = min(end, block * panels + (group + 1) * groupPanels);
    transformBlock(args, table, count, group, inputs, rowBytes, positionBytes, scratch, tile);
    while (unit < groupEnd) {
      const panel = unit - block * panels;
      const chunk = panel / chunkPanels;
      let chunkFirst = chunk * chunkPanels;
      let chunkCount = min(chunkPanels, panels - chunkFirst);
      const together = min(groupEnd - unit, chunkFirst + chunkCount - panel);
      // As f32_winograd_weights lays them out: biases of the chunk's panels, then its weights by position.
      const before = <usize>chunkFirst * (PANEL_ROW + <usize>positions * panelBytes);
      let biases = args.weights + before + <usize>(chunk * positions) * GAP_BYTES;
      if (args.source) {
        biases = inputs + <usize>positions * positionBytes;
        chunkFirst = panel;
        chunkCount = together;
        transformChunk(args, panel, together, biases, panelBytes, tile);
      }
      const chunkBytes = <usize>chunkCount * panelBytes + GAP_BYTES;
      let weights = biases + <usize>chunkCount * PANEL_ROW + <usize>(panel - chunkFirst) * panelBytes;
      let range = args.ranges;
      for (let position = 0; position < positions; position++, weights += chunkBytes, range += 8) {
        // Of the block's tiles those that need this position, and one more where their number isn't even.
        const isWide = position % size == tile + 1;
        const from = isWide ? max(0, tallNarrow - first) : 0;
        const tilesEnd = position >= size * (tile + 1) ? tallTiles : isWide ? wideEnd : tiles;
        const needed = (min(count, tilesEnd - first) - from + 1) & -2;
        if (needed <= 0) continue;
        const leftOut = load<i32>(range) * args.channels;
        const channels = load<i32>(range, 4) * args.channels;
        const at = inputs + <usize>position * positionBytes + <usize>from * rowBytes + ((<usize>leftOut) << 2);
        let w = weights + <usize>leftOut * PANEL_ROW;
        let to = products + <usize>position * PANEL_ROW + <usize>from * tileBytes;
        if (far && channels == depth) readAhead(w, <usize>together * panelBytes);
        for (let i = 0; i < together; i++, w += panelBytes, to += productsBytes) {
          if (far && channels < depth) readAhead(w, <usize>channels * PANEL_ROW);
          if (needed == 2 && i + 1 < together) {
            multiplyPair(at, rowBytes, w, panelBytes, channels, to, tileBytes, productsBytes);
            i++;
            w += panelBytes;
            to += productsBytes;
            continue;
          }
          multiplyPosition(at, rowBytes, needed, args.groupTiles, w, channels, to, tileBytes);
        }
      }
      for (let i = 0; i < together; i++) {
        const bias = biases + <usize>(panel - chunkFirst + i) * PANEL_ROW;
        let from = products + <usize>i * productsBytes;
        for (let place = table; place < table + <usize>count * PLACE_BYTES; place += PLACE_BYTES, from += tileBytes) {
          if (load<u8>(place, UNEVEN)) {
            const own = biases + <usize>chunkCount * PANEL_ROW + <usize>(panel - chunkFirst + i) * panelBytes;
            storeUneven(args, own, chunkBytes, bias, place, panel + i, group, scratch, tile);
          } else if (tile == 4) storeTile4(args, from, bias, place, panel + i, scratch);
          else storeTile2(args, from, bias, place, panel + i, scratch);
        }
      }
      unit += together;
    }
  }
}

/** Makes the weights of `count` panels from number `panel` on, as a chunk of their own. */
function transformChunk(args: WinogradArgs, panel: i32, count: i32, biases: usize, panelBytes: usize, tile: i32): void {
  const positionBytes = <usize>count * panelBytes + GAP_BYTES;
  let to = biases + <usize>count * PANEL_ROW;
  for (const end = panel + count; panel < end; panel++, biases += PANEL_ROW, to += panelBytes) {
    if (tile == 4) transformFilters4(args, panel, biases, to, positionBytes);
    else transformFilters2(args, panel, biases, to, positionBytes);
  }
}

/** Writes where `count` tiles from number `first` on are. */
function listTiles(args: WinogradArgs, table: usize, first: i32, count: i32, tile: i32): void {
  const wholeRows = wholeTiles(args.rows, tile);
  const wholeColumns = wholeTiles(args.columns, tile);
  const lowRows = tileCount(args.rows, tile) - wholeRows;
  const narrowColumns = tileCount(args.columns, tile) - wholeColumns;
  const tallTiles = args.images * wholeRows * (wholeColumns + narrowColumns);
  for (let number = first; number < first + count; number++, table += PLACE_BYTES) {
    const isTall = number < tallTiles;
    const tileRows = isTall ? wholeRows : lowRows;
    let index = isTall ? number : number - tallTiles;
    const before = args.images * tileRows * (isTall ? narrowColumns : wholeColumns);
    const isWide = isTall == index >= before;
    if (index >= before) index -= before;
    const tileColumns = isWide ? wholeColumns : narrowColumns;
    const line = index / tileColumns;
    const image = line / tileRows;
    const row = isTall ? (line % tileRows) * tile : wholeRows * tile + (line % tileRows) * (tile - 1);
    const column = isWide ? (index % tileColumns) * tile : wholeColumns * tile + (index % tileColumns) * (tile - 1);
    store<u32>(
      table,
      <u32>args.input + image * args.inputImageStride + row * args.inputRowStride + column * args.inputColumnStride,
    );
    store<u32>(
      table,
      <u32>args.output + image * args.outputImageStride + row * args.outputRowStride + column * args.outputColumnStride,
      4,
    );
    store<u32>(
      table,
      <u32>args.residual +
        image * args.residualImageStride +
        row * args.residualRowStride +
        column * args.residualColumnStride,
      8,
    );
    store<u16>(table, <u16>min(isTall ? tile : tile - 1, args.rows - row), 12);
    store<u16>(table, <u16>min(isWide ? tile : tile - 1, args.columns - column), 14);
  }
}

/** A group's inputs of `count` tiles, at the points. The last one is there twice where they are odd. */
function transformBlock(
  args: WinogradArgs,
  table: usize,
  count: i32,
  group: i32,
  inputs: usize,
  rowBytes: usize,
  positionBytes: usize,
  scratch: usize,
  tile: i32,
): void {
  const channels = args.channels;
  for (let i = 0; i < ((count + 1) & -2); i++) {
    const place = table + <usize>min(i, count - 1) * PLACE_BYTES;
    const window = load<u32>(place) + ((group * channels) << 2);
    let most: u32 = 0;
    let to = inputs + <usize>i * rowBytes;
    // What a part writes behind its channels, to whole vectors, the next one overwrites.
    for (let part = args.taps, end = part + ((<usize>args.partCount) << 2); part < end; part += 4) {
      const from = window + load<i32>(part);
      const rowStride = args.inputRowStride;
      const columnStride = args.inputColumnStride;
      const found =
        tile == 4
          ? transformTile4(from, rowStride, columnStride, channels, to, positionBytes, VECTOR, scratch)
          : transformTile2(from, rowStride, columnStride, channels, to, positionBytes, VECTOR, scratch);
      most = max(most, found);
      to += (<usize>channels) << 2;
    }
    const rows = <i32>load<u8>(place, 12);
    const columns = <i32>load<u8>(place, 14);
    const suspect = most >= SUSPECT && isUneven(args, window, rows, columns, scratch, tile);
    store<u8>(place, suspect ? 1 : 0, UNEVEN);
  }
}

/** Eight filters of the tile listed at `place`, from its inputs. */
function storeUneven(
  args: WinogradArgs,
  weights: usize,
  positionBytes: usize,
  bias: usize,
  place: usize,
  panel: i32,
  group: i32,
  scratch: usize,
  tile: i32,
): void {
  const rows = <i32>load<u8>(place, 12);
  const columns = <i32>load<u8>(place, 14);
  const window = load<u32>(place) + ((group * args.channels) << 2);
  const residual = load<u32>(place, 8) + (panel << 5);
  const filters = args.filters - panel * PANEL;
  convolveTile(args, window, residual, rows, columns, bias, weights, positionBytes, filters, scratch, tile);
  finishTile(args, load<u32>(place, 4) + (panel << 5), filters, scratch + PASS_BYTES, rows, columns, tile);
}

function storeTile4(args: WinogradArgs, products: usize, bias: usize, place: usize, panel: i32, scratch: usize): void {
  storeTile(args, products, bias, place, panel, scratch, 4);
}

function storeTile2(args: WinogradArgs, products: usize, bias: usize, place: usize, panel: i32, scratch: usize): void {
  storeTile(args, products, bias, place, panel, scratch, 2);
}

/** Eight filters of the tile listed at `place`, from its products. */
// @ts-ignore: decorator
@inline
function storeTile(
  args: WinogradArgs,
  products: usize,
  bias: usize,
  place: usize,
  panel: i32,
  scratch: usize,
  tile: i32,
): void {
  const rows = <i32>load<u8>(place, 12);
  const columns = <i32>load<u8>(place, 14);
  const filters = args.filters - panel * PANEL;
  const activation = args.activation;
  const clipped = activation == Activation.clip;
  const low = f32x4.splat(clipped ? args.alpha : -Infinity);
  const high = f32x4.splat(clipped ? args.beta : Infinity);
  const fast = activation <= Activation.clip && filters >= PANEL;
  const output: usize = load<u32>(place, 4) + (panel << 5);
  const residual = load<u32>(place, 8) + (panel << 5);
  const pixels = scratch + PASS_BYTES;
  const to: usize = fast ? output : pixels;
  const toRow = fast ? args.outputRowStride : tile * <i32>PANEL_ROW;
  const toColumn = fast ? args.outputColumnStride : <i32>PANEL_ROW;
  const productRow = <usize>(tile + 2) * PANEL_ROW;
  const scratchRow = <usize>(tile + 2) * VECTOR;
  const near = point(0);
  const far = point(1);
  const nearSquare = point(2);
  const farSquare = point(3);
  for (let half: i32 = 0; half < min(filters, PANEL) << 2; half += 16) {
    let column = products + half;
    for (let at = scratch; at < scratch + scratchRow; at += VECTOR, column += PANEL_ROW) {
      transformProducts(column, productRow, at, scratchRow, tile, near, far, nearSquare, farSquare);
    }
    const b = v128.load(bias + half);
    for (let row = 0; row < rows; row++) {
      const from = scratch + <usize>row * scratchRow;
      const y0 = f32x4.add(outputAt(0, from, VECTOR, tile, near, far, nearSquare, farSquare), b);
      const y1 = f32x4.add(outputAt(1, from, VECTOR, tile, near, far, nearSquare, farSquare), b);
      const y2 = tile == 4 ? f32x4.add(outputAt(2, from, VECTOR, tile, near, far, nearSquare, farSquare), b) : y0;
      const y3 = tile == 4 ? f32x4.add(outputAt(3, from, VECTOR, tile, near, far, nearSquare, farSquare), b) : y0;
      const at = to + row * toRow + half;
      const add = residual + row * args.residualRowStride + half;
      storePixel(args, at, y0, add, low, high);
      if (columns > 1) storePixel(args, at + toColumn, y1, add + args.residualColumnStride, low, high);
      if (tile == 4 && columns > 2)
        storePixel(args, at + 2 * toColumn, y2, add + 2 * args.residualColumnStride, low, high);
      if (tile == 4 && columns > 3)
        storePixel(args, at + 3 * toColumn, y3, add + 3 * args.residualColumnStride, low, high);
    }
  }
  if (!fast) finishTile(args, output, filters, pixels, rows, columns, tile);
}

// @ts-ignore: decorator
@inline
function storePixel(args: WinogradArgs, to: usize, y: v128, residual: usize, low: v128, high: v128): void {
  if (args.residual) y = f32x4.add(y, v128.load(residual));
  v128.store(to, clip(y, low, high));
}

/**
 * Stores the tile whose pixels are in scratch with any activation, and writes no more than `filters` floats a pixel.
 */
function finishTile(
  args: WinogradArgs,
  output: usize,
  filters: i32,
  pixels: usize,
  rows: i32,
  columns: i32,
  tile: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let from = pixels + <usize>(row * tile) * PANEL_ROW;
    if (args.activation > Activation.clip) {
      activateRow(args.activation, from, 4, from, 4, columns * PANEL, args.alpha, args.beta);
    }
    let to = output + row * args.outputRowStride;
    for (let column = 0; column < columns; column++, from += PANEL_ROW, to += args.outputColumnStride) {
      storeLanes(to, v128.load(from), filters);
      if (filters > 4) storeLanes(to + 16, v128.load(from, 16), filters - 4);
    }
  }
}
