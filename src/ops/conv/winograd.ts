// 3x3 convolution of stride 1 by minimal filtering: tiles of 4x4 or 2x2 outputs take 4 or 2.25 times fewer
// multiplications, and transforms around them.

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

/** Output pixels along a tile's side. */
export type Tile = 2 | 4;

/** Panels whose weights lie together by position, and whose products are kept until they are transformed back. */
const CHUNK_PANELS = 4;
/** Behind each position of weights and inputs. */
const GAP_BYTES = 64;
/** Most tiles that go through all filters before the next ones: many use a weight while it is in the cache. */
const BLOCK_TILES = 36;

/** What transforms cost beside multiply-adds: those that take as long as one of a tile's channels or filters does. */
const TRANSFORM_COST = { 2: 88, 4: 250 };
/** The same for transforming a channel of a filter rather than packing it, where that is not done at load. */
const WEIGHT_COST = { 2: 250, 4: 500 };
/** Minimal filtering must promise to be this much faster: it rounds more and its weights are bigger. */
const WORTHWHILE = 1.25;
const BETTER_TILE = 1.1;

/** Minimal filtering of a convolution: its tile, and what it takes and gives against direct convolution. */
export interface MinimalFiltering extends LargerForm {
  readonly tile: Tile;
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
  const plain = groups === 1 && [...windows.strides, ...windows.dilations].every((one) => one === 1);
  if (windows.kernelShape.join() !== '3,3' || !plain) return undefined;
  const [count, channels] = filters.shape;
  const counts = windowCounts(input.shape.slice(1, -1), windows);
  const lanes = wholeMultiple(count, FILTERS_PER_PANEL);
  const cost = (tile: Tile) => {
    const tiles = input.shape[0] * product(counts.map((extent) => Math.ceil(extent / tile)));
    const multiplied = (tile + 2) ** 2 * wholeMultiple(tiles, 2) * channels * lanes;
    const weights = known ? 0 : WEIGHT_COST[tile] * channels * lanes;
    return multiplied + TRANSFORM_COST[tile] * tiles * (channels + lanes) + weights;
  };
  const tile = BETTER_TILE * cost(4) < cost(2) ? 4 : 2;
  const direct = 9 * input.shape[0] * product(counts) * channels * lanes;
  if (WORTHWHILE * cost(tile) >= direct) return undefined;
  return { tile, bytes: ((tile + 2) ** 2 - 9) * channels * lanes * 4, saved: direct - cost(tile) };
}

export function wholeMultiple(value: number, of: number): number {
  return Math.ceil(value / of) * of;
}

/** Zeros that whole tiles read around the input. */
export function winogradBorder(extents: readonly number[], windows: Windows, tile: Tile): Border {
  const counts = windowCounts(extents, windows).map((outputs) => wholeMultiple(outputs, tile));
  return windowBorder(extents, windows, counts);
}

/**
 * Blocks of tiles through transforms and products; see f32_winograd_4x4.
 * @param filters [O, C, 3, 3]
 * @param transposed whether the weights are those of the transposed convolution instead, [C, O, 3, 3] and the last tap first
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
  const [count, channels] = filters.shape;
  const positions = (tile + 2) ** 2;
  const panels = Math.ceil(count / FILTERS_PER_PANEL);
  const chunkPanels = Math.min(CHUNK_PANELS, panels);
  const gaps = Math.ceil(panels / chunkPanels) * positions * GAP_BYTES;
  const bytes = panels * FILTERS_PER_PANEL * (1 + positions * channels) * 4 + gaps;
  const { first, ...strides } = transposed
    ? { first: 8 * 4, filterStride: 9 * 4, channelStride: count * 9 * 4, tapStride: -4 }
    : { first: 0, filterStride: channels * 9 * 4, channelStride: 9 * 4, tapStride: 4 };
  const form = `winograd ${tile}${transposed ? ' transposed' : ''}`;
  const weights = lowering.packed([1, 2], form, bytes, (target, [source, bias], step) =>
    step(tile === 4 ? 'f32_winograd_weights_4x4' : 'f32_winograd_weights_2x2', {
      source: moved(source.pointer, first),
      bias: bias?.pointer ?? 0,
      target,
      filters: count,
      channels,
      ...strides,
      chunkPanels,
    }),
  );
  const { images, rows, columns } = spatial(output);
  const tiles = images * Math.ceil(rows / tile) * Math.ceil(columns / tile);
  const mostGroups = Math.floor(BLOCK_TILES / TILE_ROWS);
  const blockTiles = TILE_ROWS * evenBlock(Math.ceil(tiles / TILE_ROWS), mostGroups, panels, lowering.threads);
  // As the kernel lays them out: places, products, then inputs in whole vectors with a gap behind each position.
  const tileBytes = 16 + positions * 4 * (chunkPanels * FILTERS_PER_PANEL + wholeMultiple(channels, 4));
  const scratchStride = 512 + blockTiles * tileBytes + positions * GAP_BYTES;
  lowering.step(tile === 4 ? 'f32_winograd_4x4' : 'f32_winograd_2x2', {
    ...windowPlaces(input, windows),
    ...resultPlaces(output, lowering.has(3) ? lowering.input(3) : undefined),
    ...activationArguments(attributes),
    weights,
    channels,
    filters: count,
    groupTiles: TILE_ROWS,
    blockTiles,
    chunkPanels,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  });
}
