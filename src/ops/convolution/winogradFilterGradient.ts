// Gradient of the filters of a 3x3 convolution of stride 1 by Winograd: as few multiplications as the convolution
// itself takes, and transforms around them.

import { PANEL, winogradGradientScratch } from '../../layouts.generated.js';
import { product, type Windows, windowCounts } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { mapArguments, spatial } from '../lowering/views.js';
import type { Lowering, View } from '../operator.js';
import { windowArguments } from './geometry.js';
import { type Tile, wholeMultiple } from './winograd.js';

/** Channels of a register tile. */
const CHANNELS = 4;
/** Tiles that are summed before they join the others: few enough for the cache and for small errors. */
const BLOCK_TILES = 32;
/** Groups of channels whose transformed inputs stay in the second-level cache. */
const CHUNK_GROUPS = 16;

// Fitted to `npm run bench -- train`.
/** Multiply-adds that transforming one channel or filter of a tile takes as long as. */
const TRANSFORM_COST = { 2: 190, 4: 580 };
/** The same for bringing the sums of one filter's channel to their taps, and for storing those of tap after tap. */
const STORE_COST = { 2: 180, 4: 340, direct: 340 };
/** Direct sums are slower a multiply-add. */
const DIRECT_COST = 1.4;
/** Winograd must promise to be this much faster: it rounds more. */
const WORTHWHILE = 1.25;

/** The tile with which Winograd should be faster than direct sums; undefined where none is. */
export function gradientTile(input: TensorType, filters: number, windows: Windows, groups: number): Tile | undefined {
  const plain = groups === 1 && [...windows.strides, ...windows.dilations].every((one) => one === 1);
  if (windows.kernelShape.join() !== '3,3' || !plain) return undefined;
  const [images, ...extents] = input.shape;
  const channels = extents.pop()!;
  const counts = windowCounts(extents, windows);
  const sums = wholeMultiple(channels, CHANNELS) * wholeMultiple(filters, PANEL);
  const chunks = Math.ceil(channels / CHANNELS / CHUNK_GROUPS);
  const cost = (tile: Tile) => {
    const tiles = images * product(counts.map((extent) => Math.ceil(extent / tile)));
    return (
      sums * ((tile + 2) ** 2 * tiles + STORE_COST[tile]) + TRANSFORM_COST[tile] * tiles * (channels + filters * chunks)
    );
  };
  const tile = cost(4) < cost(2) ? 4 : 2;
  // Taps that lie in the padding are left out.
  const taps = counts.map((count, axis) =>
    [0, 1, 2].reduce((sum, tap) => {
      const start = tap - windows.padding[axis];
      return sum + Math.max(0, Math.min(count, extents[axis] - start) - Math.max(0, -start));
    }, 0),
  );
  const direct = sums * (DIRECT_COST * images * product(taps) + STORE_COST.direct);
  return WORTHWHILE * cost(tile) < direct ? tile : undefined;
}

/** Tiles of inputs and gradients through transforms and products; see f32_filter_gradient_winograd. */
export function lowerWinogradFilterGradient(
  lowering: Lowering,
  windows: Windows,
  input: View,
  gradient: View,
  tile: Tile,
): void {
  const { images, rows, columns } = spatial(gradient);
  const [channels, filters] = [input.shape.at(-1)!, gradient.shape.at(-1)!];
  const tiles = images * Math.ceil(rows / tile) * Math.ceil(columns / tile);
  const blockTiles = Math.max(1, Math.min(BLOCK_TILES, tiles));
  const groups = Math.ceil(channels / CHANNELS);
  const { threads } = lowering;
  const chunks = Math.ceil(groups / CHUNK_GROUPS / threads) * threads;
  const chunkGroups = Math.ceil(groups / chunks);
  const scratchStride = winogradGradientScratch(tile, tiles, blockTiles, chunkGroups, filters);
  lowering.step('f32_filter_gradient_winograd', {
    ...windowArguments(input, windows),
    ...mapArguments('gradient', gradient),
    output: lowering.denseOutput().pointer,
    images,
    rows,
    columns,
    channels,
    filters,
    tile,
    blockTiles,
    chunkGroups,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  });
}
