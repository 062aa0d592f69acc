// 3x3 convolution of stride 1 by minimal filtering: four to 2.25 times fewer multiplications, and transforms around them.

import { type Windows, windowCounts } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { activationArguments } from '../fusion.js';
import type { Border, Lowering, View } from '../operator.js';
import { spatial } from '../spatial.js';
import { windowBorder } from '../windows.js';
import { type ConvAttributes, resultPlaces, windowPlaces } from './places.js';

/** Output pixels along a tile's side. */
export type Tile = 2 | 4;

/** What a block's transformed inputs may take, so that they stay in the second-level cache. */
const BLOCK_BYTES = 512 * 1024;
const MOST_BLOCK_TILES = 64;
const TILES_PER_GROUP = 4;
const FILTERS_PER_PANEL = 8;

/** The tile with which minimal filtering is faster than direct convolution; undefined where none is. */
export function winogradTile(windows: Windows, groups: number): Tile | undefined {
  const plain = [...windows.strides, ...windows.dilations].every((one) => one === 1);
  if (windows.kernelShape.join() !== '3,3' || !plain || groups !== 1) return undefined;
  return 4;
}

/** Zeros that whole tiles read around the input. */
export function winogradBorder(extents: readonly number[], windows: Windows, tile: Tile): Border {
  const counts = windowCounts(extents, windows).map((outputs) => Math.ceil(outputs / tile) * tile);
  return windowBorder(extents, windows, counts);
}

/** Blocks of tiles through transforms and products; see f32_winograd_4x4. */
export function lowerWinograd(
  lowering: Lowering,
  attributes: ConvAttributes,
  windows: Windows,
  input: View,
  filters: TensorType,
  output: View,
  tile: Tile,
): void {
  const from = spatial(input);
  const [count, channels] = filters.shape;
  const positions = (tile + 2) ** 2;
  const panels = Math.ceil(count / FILTERS_PER_PANEL);
  const bytes = panels * FILTERS_PER_PANEL * (1 + positions * channels) * 4;
  const weights = lowering.packed([1, 2], `winograd ${tile}`, bytes, (target, [source, bias], step) =>
    step(tile === 4 ? 'f32_winograd_weights_4x4' : 'f32_winograd_weights_2x2', {
      source: source.pointer,
      bias: bias?.pointer ?? 0,
      target,
      filters: count,
      channels,
    }),
  );
  const tiles = from.images * tilesOf(output.shape[1], tile) * tilesOf(output.shape[2], tile);
  const positionBytes = Math.ceil(channels / 4) * 64 + 64;
  const fitting = Math.floor(BLOCK_BYTES / (positions * positionBytes));
  const groups = Math.max(1, Math.min(fitting, MOST_BLOCK_TILES / TILES_PER_GROUP, Math.ceil(tiles / TILES_PER_GROUP)));
  const blockTiles = groups * TILES_PER_GROUP;
  const scratchStride = 512 + blockTiles * (16 + positions * 32) + groups * positions * positionBytes;
  lowering.step(tile === 4 ? 'f32_winograd_4x4' : 'f32_winograd_2x2', {
    ...windowPlaces(input, windows),
    ...resultPlaces(lowering, output),
    ...activationArguments(attributes),
    weights,
    channels,
    filters: count,
    blockTiles,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  });
}

function tilesOf(extent: number, tile: Tile): number {
  return Math.ceil(extent / tile);
}
