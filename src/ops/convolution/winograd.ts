// Convolution by Winograd: with 3x3 taps and stride 1, tiles of 4x4 or 2x2 outputs take 4 or 2.25 times fewer
// multiplications, and transforms around them. Filters of more taps are cut into parts of 3x3; with a stride, into parts of
// taps that lie a stride apart, each of which is a convolution of stride 1 over every stride-th pixel. Where a part has fewer
// taps, its weights are zeros at some points, where it takes no multiplications.

import { PANEL, winogradScratch, winogradWeightsBytes } from '../../layouts.generated.js';
import { product, type Windows, windowCounts } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { activationArguments } from '../lowering/epilogue.js';
import { evenBlock } from '../lowering/panels.js';
import { spatial } from '../lowering/views.js';
import { windowHalo } from '../lowering/windows.js';
import type { Halo, LargerForm, Lowering } from '../operator.js';
import { type Convolution, moved, resultArguments, windowArguments } from './geometry.js';

/** Taps along a part's side. */
const PART = 3;
/** Of filters with more taps, the tiles of all parts would need too much scratch. */
const MOST_TAPS = 144;

/** Output pixels along a tile's side. */
export type Tile = 2 | 4;

/** Panels whose weights lie together by position, and whose products are kept until they are transformed back. */
const CHUNK_PANELS = 4;
/** Most tiles that go through all filters before the next ones: many use a weight while it is in the cache. */
const BLOCK_TILES = 60;

// Fitted to `npm run bench -- conv`, the layers of bench/shapes/conv.txt; bench/limits.md has what else was tried.
/** What transforms cost beside multiply-adds: those that take as long as one of a tile's channels or filters does. */
const TRANSFORM_COST = { 2: 100, 4: 300 };
/** The same, a row of the tile, for transforming a channel of a filter rather than packing it, where that is not done at load. */
const WEIGHT_COST = 125;
/** The same for reading a weight, which may come from memory. */
const READ_COST = 2;
/** Winograd must promise to be this much faster: it rounds more and its weights are bigger. */
const WORTHWHILE = 1.13;
const BETTER_TILE = 1.1;

/** Winograd for a convolution: its tile, and what it takes and gives against direct convolution. */
export interface WinogradForm extends LargerForm {
  readonly tile: Tile;
  /** Zeros that it reads around the input. */
  readonly halo: Halo;
}

/**
 * The Winograd form that should be faster than direct convolution; undefined where none is.
 * @param known whether the filters are constants, which are transformed only once
 */
export function winogradForm(
  input: TensorType,
  filters: TensorType,
  windows: Windows,
  groups: number,
  known: boolean,
): WinogradForm | undefined {
  const { kernelShape, dilations } = windows;
  const taps = product(kernelShape);
  if (kernelShape.length !== 2 || taps > MOST_TAPS || product(dilations) > 1) return undefined;
  const [count, perPart] = filters.shape;
  if (groups > 1 && count % (groups * PANEL) > 0) return undefined;
  const parts = axisParts(windows);
  const channels = perPart * product(parts.map((along) => along.length));
  const extents = input.shape.slice(1, -1);
  const counts = windowCounts(extents, windows);
  const lanes = wholeMultiple(count, PANEL);
  const cost = (tile: Tile) => {
    const tiles = input.shape[0] * product(counts.map((outputs) => Math.ceil(outputs / tile)));
    const each = (outputs: readonly number[]) =>
      perPart * product(parts.map((along, axis) => productsAlong(along, outputs[axis], tile)));
    const uses = (each(counts) * input.shape[0] * wholeMultiple(tiles, 2)) / tiles;
    const weights = READ_COST * each([tile, tile]) + (known ? 0 : WEIGHT_COST * tile * channels);
    return (uses + weights) * lanes + TRANSFORM_COST[tile] * tiles * (groups * channels + lanes);
  };
  const tile = BETTER_TILE * cost(4) < cost(2) ? 4 : 2;
  const direct = taps * perPart * (input.shape[0] * product(counts) + READ_COST) * lanes;
  // Without tiles there are no costs to compare: they are NaN.
  if (!(direct > WORTHWHILE * cost(tile))) return undefined;
  const bytes = ((tile + 2) ** 2 * channels - taps * perPart) * lanes * 4;
  return { tile, halo: winogradHalo(extents, windows, tile), bytes, saved: direct - cost(tile) };
}

/** Taps of a filter along an axis that are filtered together, `stride` apart: up to three. */
interface Part {
  /** Of the filter's taps. */
  readonly first: number;
  /** Where the input of the part's three weights starts: at `first`, or a stride before, so that the first weight is zero. */
  readonly start: number;
  readonly taps: number;
}

/** The parts along each axis. */
export function axisParts({ kernelShape, strides }: Windows): Part[][] {
  return kernelShape.map((count, axis) => {
    const stride = strides[axis];
    const firsts = [...Array(count).keys()].filter((tap) => tap % (PART * stride) < stride);
    const taps = firsts.map((first) => Math.min(PART, Math.ceil((count - first) / stride)));
    // A single tap between zeros takes fewest products. Beside parts of three and of two taps it would be in the way of ranges.
    const centres = new Set(taps).size < PART;
    return firsts.map((first, i) => ({
      first,
      start: centres && taps[i] === 1 ? first - stride : first,
      taps: taps[i],
    }));
  });
}

/**
 * Whether a part's weights at a point, of `tile` + 2, are not always zeros: those at 0, the first point, are its first weight,
 * those at infinity, the last point, its last one.
 */
function isNeeded({ first, start, taps }: Part, point: number, tile: Tile): boolean {
  return (point > 0 || start === first) && (point <= tile || taps === PART);
}

/** Products that each filter takes along an axis: as winograd_tiles.ts has it, short tiles need none at infinity. */
function productsAlong(parts: readonly Part[], outputs: number, tile: Tile): number {
  const tiles = Math.ceil(outputs / tile);
  const whole = Math.max(0, tiles + outputs - tiles * tile);
  const at = (part: Part, point: number) => (isNeeded(part, point, tile) ? (point > tile ? whole : tiles) : 0);
  return parts.reduce(
    (sum, part) => sum + [...Array(tile + 2).keys()].reduce((all, point) => all + at(part, point), 0),
    0,
  );
}

/**
 * Parts of both axes in an order in which those that are needed follow each other at every position: first the parts that are long
 * along their rows only, then along both, then along their columns only.
 */
export function orderedParts([rows, columns]: readonly Part[][]): (readonly [Part, Part])[] {
  const [tall, wide] = [rows, columns].map((parts) => Math.max(...parts.map((part) => part.taps)));
  const rank = ([row, column]: readonly [Part, Part]) =>
    row.taps === tall ? Number(column.taps === wide) : column.taps === wide ? 2 : 3;
  return rows.flatMap((row) => columns.map((column) => [row, column] as const)).sort((a, b) => rank(a) - rank(b));
}

/** For each position the first of the parts that are needed there, and their number. */
export function rangesOf(parts: readonly (readonly [Part, Part])[], tile: Tile): number[] {
  const points = [...Array(tile + 2).keys()];
  return points.flatMap((y) =>
    points.flatMap((x) => {
      const needed = parts.map(([row, column]) => isNeeded(row, y, tile) && isNeeded(column, x, tile));
      return [Math.max(0, needed.indexOf(true)), needed.filter(Boolean).length];
    }),
  );
}

/** The 3x3 taps that a part has: bit 3 * row + column. */
export function presentTaps(part: readonly [Part, Part], { kernelShape, strides }: Windows): number {
  const [rows, columns] = part.map(({ first, start }, axis) =>
    [0, 1, 2].map((tap) => start + tap * strides[axis]).map((at) => at >= first && at < kernelShape[axis]),
  );
  return rows
    .flatMap((row) => columns.map((column) => row && column))
    .reduce((all, tap, i) => all + (tap ? 1 << i : 0), 0);
}

export function wholeMultiple(value: number, of: number): number {
  return Math.ceil(value / of) * of;
}

/** Zeros that whole tiles and parts read around the input. */
export function winogradHalo(extents: readonly number[], windows: Windows, tile: Tile): Halo {
  const counts = windowCounts(extents, windows).map((outputs) => wholeMultiple(outputs, tile));
  const starts = axisParts(windows).map((parts) => parts.map(({ start }) => start));
  const before = starts.map((along) => Math.max(0, -Math.min(...along)));
  const kernelShape = before.map((taps, axis) => taps + Math.max(...starts[axis]) + 2 * windows.strides[axis] + 1);
  const padding = before.map((taps, axis) => taps + windows.padding[axis]);
  return windowHalo(extents, { ...windows, kernelShape, padding }, counts);
}

/** A convolution that is computed by Winograd's algorithm. */
export interface WinogradConvolution extends Convolution {
  readonly groups: number;
  readonly tile: Tile;
  /** Whether the weights are those of the transposed convolution instead, [C, O, rows, columns] and the last tap first. */
  readonly transposed?: boolean;
}

/** Blocks of tiles through transforms and products; see f32_winograd_4x4. */
export function lowerWinograd(lowering: Lowering, convolution: WinogradConvolution): void {
  const { attributes, windows, input, filters, output, groups, tile, transposed = false } = convolution;
  const [count, channels, ...kernel] = filters.shape;
  const taps = product(kernel) * 4;
  const from = spatial(input);
  const parts = orderedParts(axisParts(windows));
  const depth = parts.length * channels;
  const panels = Math.ceil(count / PANEL);
  const chunkPanels = Math.min(CHUNK_PANELS, panels);
  const bytes = winogradWeightsBytes(tile, panels, Math.ceil(panels / chunkPanels), depth);
  const form = `winograd ${[tile, windows.strides, transposed]}`;
  const weights = lowering.packed([1, 2], form, bytes, (target, [source, bias], step, table) =>
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
      parts: table(parts.flatMap(([row, column]) => [row.start, column.start, row.first, column.first])),
      partCount: parts.length,
      tapStride: transposed ? -4 : 4,
      filterStride: transposed ? taps : channels * taps,
      channelStride: transposed ? count * taps : taps,
      chunkPanels,
    }),
  );
  const { images, rows, columns } = spatial(output);
  const tiles = images * Math.ceil(rows / tile) * Math.ceil(columns / tile);
  const { tileRows, threads } = lowering;
  const blockTiles = tileRows * evenBlock(Math.ceil(tiles / tileRows), BLOCK_TILES / tileRows, panels, threads);
  const scratchStride = winogradScratch(tile, blockTiles, chunkPanels, depth);
  lowering.step(tile === 4 ? 'f32_winograd_4x4' : 'f32_winograd_2x2', {
    ...windowArguments(input, windows),
    ...resultArguments(output, lowering.has(3) ? lowering.input(3) : undefined),
    ...activationArguments(attributes),
    weights,
    groups,
    channels,
    filters: count,
    taps: lowering.table(parts.map(([row, column]) => row.start * from.row + column.start * from.column)),
    present: lowering.table(parts.map((part) => presentTaps(part, windows))),
    tapCount: parts.length,
    ranges: lowering.table(rangesOf(parts, tile)),
    groupTiles: tileRows,
    blockTiles,
    chunkPanels,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  });
}
