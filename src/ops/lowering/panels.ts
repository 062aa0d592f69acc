// Panels of packed filters, which f32_conv and f32_gemv go through for convolutions and matrix products: how a step is cut
// into blocks, tiles and rows, and the scratch it takes.

import { convolutionScratch, gemvScratch, PANEL, PANEL_ROW } from '../../layouts.generated.js';
import type { Lowering } from '../operator.js';
import type { Spatial } from './views.js';

// Blocks are fitted to `npm run bench -- gemm conv`.
/** Blocks are whole tiles of either kind. */
const BLOCK_UNIT = 12;

/** Most pixels that go through all filters before the next ones, so that they stay in the first-level cache. */
const BLOCK_PIXELS = 132;

/** The same where a panel of filters leaves them no room there: it should come for as many as the second level holds. */
const BLOCK_PIXELS_DEEP = 516;

/** From how many bytes on a panel does so. */
const DEEP_PANEL = 24 * 1024;

/** The same where only one panel of filters reads them: then just their list has to stay there. */
const BLOCK_PIXELS_READ_ONCE = 792;

/** A thread may have this much more to do than the mean of all. */
const UNEVEN = 1.1;

/** What a step of f32_conv computes, as far as its blocks depend on it. */
interface Blocked extends Pick<Spatial, 'images' | 'planes' | 'rows' | 'columns'> {
  readonly groups: number;
  readonly filters: number;
  readonly panelBytes: number;
}

/** Blocks and scratch of one step of f32_conv. */
export function tileScratch(
  lowering: Lowering,
  { images, planes, rows, columns, groups, filters, panelBytes }: Blocked,
) {
  const pixels = images * planes * rows * columns;
  const panels = groups * Math.ceil(filters / PANEL);
  const shared = panelBytes < DEEP_PANEL ? BLOCK_PIXELS : BLOCK_PIXELS_DEEP;
  const most = panels === 1 ? BLOCK_PIXELS_READ_ONCE : shared;
  const units = evenBlock(Math.ceil(pixels / BLOCK_UNIT), most / BLOCK_UNIT, panels, lowering.threads);
  const blockPixels = BLOCK_UNIT * units;
  const scratchStride = convolutionScratch(blockPixels);
  return { tilePixels: lowering.tileRows, blockPixels, scratch: lowering.scratch(scratchStride), scratchStride };
}

/**
 * The extent of blocks of at most `most` of `count` things, equal but for the last. Each block is shared in `parts`
 * parts; there are more blocks than it takes where threads would get unequal numbers of parts.
 */
export function evenBlock(count: number, most: number, parts: number, threads: number): number {
  const fewest = Math.max(1, Math.ceil(count / most));
  const isUneven = Math.ceil((fewest * parts) / threads) * threads > UNEVEN * fewest * parts;
  const blocks = isUneven ? Math.ceil(fewest / threads) * threads : fewest;
  return Math.max(1, Math.ceil(count / blocks));
}

/** Weights of f32_conv whose panels hold `runs` runs of `runLength` floats and nothing else. */
export function wholePanels(runs: number, runLength: number) {
  const panelBytes = (1 + runs * runLength) * PANEL_ROW;
  return { runs, runLength, panelBytes, firstRun: PANEL_ROW, runBytes: runLength * PANEL_ROW };
}

/** Rows and scratch of one step of f32_gemv. */
export function rowScratch(lowering: Lowering, rows: number) {
  return { rows, scratch: lowering.scratch(gemvScratch(rows)) };
}
