// Convolution by minimal filtering: with 3x3 taps and stride 1, tiles of 4x4 or 2x2 outputs take 4 or 2.25 times fewer
// multiplications, and transforms around them. Filters of more taps are cut into parts of 3x3; with a stride, into parts of
// taps that lie a stride apart, each of which is a convolution of stride 1 over every stride-th pixel.

import { type Windows, windowCounts } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { activationArguments } from '../fusion.js';
import type { Border, LargerForm, Lowering, View } from '../operator.js';
import { spatial } from '../views.js';
import { windowBorder } from '../windows.js';
import {
  type ConvAttributes,
  evenBlock,
  FILTERS_PER_PANEL,
  moved,
  product,
  resultPlaces,
  TILE_ROWS,
  windowPlaces,
} from './places.js';

/** Taps along a part's side. */
const PART = 3;
/** Of filters with more taps, the tiles of all parts would need too much scratch. */
const MOST_TAPS = 144;

/** Output pixels along a tile's side. */
export type Tile = 2 | 4;

/** Panels whose weights lie together by position, and whose products are kept until they are transformed back. */
const CHUNK_PANELS = 4;
/** Behind each position of weights and inputs. */
const GAP_BYTES = 64;
/** Most tiles that go through all filters before the next ones: many use a weight while it is in the cache. */
const BLOCK_TILES = 60;

/** What transforms cost beside multiply-adds: those that take as long as one of a tile's channels or filters does. */
const TRANSFORM_COST = { 2: 88, 4: 250 };
/** The same for transforming a channel of a filter rather than packing it, where that is not done at load, a row of the tile. */
const WEIGHT_COST = 125;
/** Minimal filtering must promise to be this much faster: it rounds more and its weights are bigger. */
const WORTHWHILE = 1.25;
const BETTER_TILE = 1.1;

/** Minimal filtering of a convolution: its tile, and what it takes and gives against direct convolution. */
export interface MinimalFiltering extends LargerForm {
  readonly tile: Tile;
  /** Zeros that it reads around the input. */
  readonly border: Border;
}

/**
 * The minimal filtering that should be faster than direct convolution; undefined where none is.
 * @param known whether the filters are constants, which are transformed only once
 */
export function minimalFiltering(
  input: TensorType,
  filters: TensorType,
  windows: Windows,
  groups: number,
  known: boolean,
): MinimalFiltering | undefined {
  const { kernelShape, dilations } = windows;
  const taps = product(kernelShape);
  if (kernelShape.length !== 2 || taps > MOST_TAPS || groups > 1 || product(dilations) > 1) return undefined;
  const [count, perPart] = filters.shape;
  const channels = perPart * product(partStarts(windows).map((firsts) => firsts.length));
  const extents = input.shape.slice(1, -1);
  const counts = windowCounts(extents, windows);
  const lanes = wholeMultiple(count, FILTERS_PER_PANEL);
  const cost = (tile: Tile) => {
    const along = counts.map((outputs) => Math.ceil(outputs / tile));
    const tiles = input.shape[0] * product(along);
    // Short tiles, as in winograd_tiles.ts, take tile + 1 products along an axis.
    const products = product(along.map((each, axis) => Math.max(each * (tile + 1), each * 2 + counts[axis])));
    const uses = (products / product(along)) * wholeMultiple(tiles, 2) + (known ? 0 : WEIGHT_COST * tile);
    return uses * channels * lanes + TRANSFORM_COST[tile] * tiles * (channels + lanes);
  };
  const tile = BETTER_TILE * cost(4) < cost(2) ? 4 : 2;
  const direct = taps * perPart * input.shape[0] * product(counts) * lanes;
  if (direct <= WORTHWHILE * cost(tile)) return undefined;
  const bytes = ((tile + 2) ** 2 * channels - taps * perPart) * lanes * 4;
  return { tile, border: winogradBorder(extents, windows, tile), bytes, saved: direct - cost(tile) };
}

/** For each axis the first taps of parts, whose others lie strides behind them. */
function partStarts({ kernelShape, strides }: Windows): number[][] {
  return kernelShape.map((taps, axis) =>
    [...Array(taps).keys()].filter((tap) => tap % (PART * strides[axis]) < strides[axis]),
  );
}

export function wholeMultiple(value: number, of: number): number {
  return Math.ceil(value / of) * of;
}

/** Zeros that whole tiles and parts read around the input. */
export function winogradBorder(extents: readonly number[], windows: Windows, tile: Tile): Border {
  const counts = windowCounts(extents, windows).map((outputs) => wholeMultiple(outputs, tile));
  const kernelShape = partStarts(windows).map((firsts, axis) => firsts.at(-1)! + 2 * windows.strides[axis] + 1);
  return windowBorder(extents, { ...windows, kernelShape }, counts);
}

/**
 * Blocks of tiles through transforms and products; see f32_winograd_4x4.
 * @param filters [O, C, rows, columns]
 * @param transposed whether the weights are those of the transposed convolution instead, [C, O, rows, columns] and the last
 * tap first
 */
export function lowerWinograd(
  lowering: Lowering,
  attributes: ConvAttributes,
  windows: Windows,
  input: View,
  filters: TensorType,
  output: View,
  tile: Tile,
  transposed = false,
): void {
  const [count, channels, ...kernel] = filters.shape;
  const taps = product(kernel) * 4;
  const from = spatial(input);
  const [rowParts, columnParts] = partStarts(windows);
  const parts = rowParts.flatMap((row) => columnParts.map((column) => row * from.row + column * from.column));
  const depth = parts.length * channels;
  const positions = (tile + 2) ** 2;
  const panels = Math.ceil(count / FILTERS_PER_PANEL);
  const chunkPanels = Math.min(CHUNK_PANELS, panels);
  const gaps = Math.ceil(panels / chunkPanels) * positions * GAP_BYTES;
  const bytes = panels * 4 * FILTERS_PER_PANEL * (1 + positions * depth) + gaps;
  const form = `winograd ${[tile, windows.strides, transposed]}`;
  const weights = lowering.packed([1, 2], form, bytes, (target, [source, bias], step) =>
    step(tile === 4 ? 'f32_winograd_weights_4x4' : 'f32_winograd_weights_2x2', {
      source: moved(source.pointer, transposed ? taps - 4 : 0),
      bias: bias?.pointer ?? 0,
      target,
      filters: count,
      channels,
      kernelRows: kernel[0],
      kernelColumns: kernel[1],
      strideRows: windows.strides[0],
      strideColumns: windows.strides[1],
      tapStride: transposed ? -4 : 4,
      filterStride: transposed ? taps : channels * taps,
      channelStride: transposed ? count * taps : taps,
      chunkPanels,
    }),
  );
  const { images, rows, columns } = spatial(output);
  const tiles = images * Math.ceil(rows / tile) * Math.ceil(columns / tile);
  const mostGroups = BLOCK_TILES / TILE_ROWS;
  const blockTiles = TILE_ROWS * evenBlock(Math.ceil(tiles / TILE_ROWS), mostGroups, panels, lowering.threads);
  // As the kernel lays them out: places and products of a tile, then inputs by position.
  const tileBytes = 16 + positions * 4 * chunkPanels * FILTERS_PER_PANEL;
  const inputBytes = (blockTiles * 4 * wholeMultiple(depth, 4) + GAP_BYTES) | GAP_BYTES;
  const scratchStride = 1088 + blockTiles * tileBytes + positions * inputBytes;
  lowering.step(tile === 4 ? 'f32_winograd_4x4' : 'f32_winograd_2x2', {
    ...windowPlaces(input, windows),
    ...resultPlaces(output, lowering.has(3) ? lowering.input(3) : undefined),
    ...activationArguments(attributes),
    weights,
    channels,
    filters: count,
    taps: lowering.table(parts),
    tapCount: parts.length,
    groupTiles: TILE_ROWS,
    blockTiles,
    chunkPanels,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  });
}
