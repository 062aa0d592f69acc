// Winograd for convolutions of 8-bit integers with 3x3 taps and stride 1: exact in 16 bits, where no sum can be too large
// for the factors that make the weights whole.

import { integerWinogradPanelBytes, integerWinogradScratch, PANEL } from '../../layouts.generated.js';
import { product, type Windows, windowCounts } from '../../shape.js';
import type { DType, Tensor, TensorType } from '../../tensor.js';
import { ElementType } from '../kernels.generated.js';
import { evenBlock } from '../lowering/panels.js';
import type { LargerForm, Lowering } from '../operator.js';
import { INPUT_ZERO, packedWeights, WEIGHT_ZERO, weightZeroStride } from './integerProduct.js';

/** Output pixels along a tile's side. */
export type Tile = 2 | 4;

/** Sums from here on are wrong. */
const MOST_SUM = { 4: 2 ** 25, 2: 2 ** 29 };

// Estimates from timings of single layers; `npm run bench -- quantized` shows what they lead to.
/** What transforms cost beside multiply-adds: those that take as long as one of a tile's channels or filters does. */
const TRANSFORM_COST = { 2: 70, 4: 150 };
/** The same for reading a weight, which may come from memory. */
const READ_COST = 4;
/** Multiply-adds of bytes that take as long as one of pairs. */
const BYTES_SPEED = 2.1;
/** Weights are so much bigger that it must promise to be this much faster. */
const WORTHWHILE = 1.1;
/** Bytes of a block's inputs at all points, so that they stay in a core's own cache beside a panel. */
const BLOCK_BYTES = 320 * 1024;
/** Most tiles of a block: their products stay in the first-level cache. */
const BLOCK_TILES = 28;
const TILE_WINDOWS = 4;

/** Winograd against direct convolution. */
interface WinogradForm extends LargerForm {
  readonly tile: Tile;
}

/** The Winograd form that should be fastest of those for `tiles`; undefined where direct convolution is. */
export function integerWinogradForm(
  input: TensorType,
  filters: TensorType,
  windows: Windows,
  groups: number,
  multipliesBytes: boolean,
  tiles: readonly Tile[] = [4, 2],
): WinogradForm | undefined {
  const { kernelShape, strides, dilations } = windows;
  const isPlain = kernelShape.length === 2 && kernelShape.every((taps) => taps === 3);
  if (!isPlain || product(strides) * product(dilations) > 1) return undefined;
  const [count, channels] = filters.shape;
  const counts = windowCounts(input.shape.slice(1, -1), windows);
  const lanes = groups * PANEL * Math.ceil(count / groups / PANEL);
  const depth = 4 * Math.ceil(channels / 4);
  const cost = (tile: Tile) => {
    const number = input.shape[0] * product(counts.map((outputs) => Math.ceil(outputs / tile)));
    const uses = TILE_WINDOWS * Math.ceil(number / TILE_WINDOWS) + READ_COST;
    const transforms = TRANSFORM_COST[tile] * number * (groups * depth + lanes);
    return (tile + 2) ** 2 * depth * lanes * uses + transforms;
  };
  const pixels = input.shape[0] * product(counts) + READ_COST;
  const direct = (9 * channels * pixels * lanes) / (multipliesBytes ? BYTES_SPEED : 1);
  const best = [...tiles].sort((a, b) => cost(a) - cost(b))[0];
  if (!best || !(direct > WORTHWHILE * cost(best))) return undefined;
  const bytes = ((best + 2) ** 2 * depth - 9 * channels) * lanes * 2;
  return { tile: best, bytes, saved: direct - cost(best) };
}

/** The tiles whose results are right whatever the input is. */
export function exactTiles(lowering: Lowering): Tile[] {
  const weights = lowering.constant(1);
  const zeros = lowering.has(WEIGHT_ZERO) ? lowering.constant(WEIGHT_ZERO) : undefined;
  if (!weights || (lowering.has(WEIGHT_ZERO) && !zeros)) return [];
  const { dtype } = lowering.type(0);
  const zero = lowering.has(INPUT_ZERO) ? lowering.constant(INPUT_ZERO) : undefined;
  const largest = largestSum(weights, zeros, inputRange(dtype, lowering.has(INPUT_ZERO), zero));
  return ([4, 2] as const).filter((tile) => largest < MOST_SUM[tile]);
}

/** Least and greatest input less its zero, which may be any where only a run knows it. */
function inputRange(dtype: DType, hasZero: boolean, zero: Tensor | undefined): [number, number] {
  if (hasZero && !zero) return [-255, 255];
  const least = (dtype === 'int8' ? -128 : 0) - Number(zero?.data[0] ?? 0);
  return [least, least + 255];
}

/** The largest magnitude of a filter's sum over inputs from `least` to `most`. */
function largestSum(weights: Tensor, zeros: Tensor | undefined, [least, most]: readonly [number, number]): number {
  const data = weights.data as Int8Array;
  const taps = data.length / weights.shape[0];
  let largest = 0;
  for (let filter = 0, i = 0; filter < weights.shape[0]; filter++) {
    const zero = zeros ? Number(zeros.data[zeros.size > 1 ? filter : 0]) : 0;
    let [above, below] = [0, 0];
    for (const end = i + taps; i < end; i++) {
      const weight = data[i] - zero;
      if (weight > 0) above += weight;
      else below -= weight;
    }
    largest = Math.max(largest, above * most - below * least, below * most - above * least);
  }
  return largest;
}

/** The weights and blocks of integer_winograd_4x4 or 2x2. */
export function winogradArguments(lowering: Lowering, tile: Tile, groups: number) {
  const [count, channels] = lowering.type(1).shape;
  const { shape } = lowering.output();
  const filters = count / groups;
  const panels = groups * Math.ceil(filters / PANEL);
  const weights = packedWeights(
    lowering,
    `integer winograd ${tile} of ${groups}`,
    panels * integerWinogradPanelBytes(tile, channels),
    (step, source, target, zero, bias) =>
      step('pack_integer_winograd', {
        source,
        type: ElementType[lowering.type(1).dtype],
        zero,
        zeroStride: weightZeroStride(lowering),
        bias,
        target,
        groups,
        filters,
        channels,
        tile,
      }),
  );
  const tiles = shape[0] * product(shape.slice(1, -1).map((outputs) => Math.ceil(outputs / tile)));
  const tileBytes = (tile + 2) ** 2 * 2 * channels;
  const fitting = Math.max(1, Math.min(BLOCK_TILES, Math.floor(BLOCK_BYTES / tileBytes)) / TILE_WINDOWS);
  const blockWindows =
    TILE_WINDOWS * evenBlock(Math.ceil(tiles / TILE_WINDOWS), Math.floor(fitting), panels, lowering.threads);
  const scratchStride = integerWinogradScratch(tile, blockWindows, channels);
  return {
    weights,
    blockWindows,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
    elementBytes: 2,
    flip: 0,
  } as const;
}
