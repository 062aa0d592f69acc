// Steps of matrix products with packed weights: rows by rows for a few of them, else in tiles.

import type { Lowering } from '../operator.js';
import type { Pointer } from '../pointer.js';
import { type Activated, activationArguments } from './epilogue.js';
import { rowScratch, tileScratch, wholePanels } from './panels.js';

// Fitted to `npm run bench -- gemm`.
/** Most rows that f32_gemv multiplies faster than f32_conv does: fewer than a tile of it has. */
const FEW_ROWS = 3;
/** The same where the weights don't fit into a core's own caches, so that waiting for them is most of the work. */
const FEW_ROWS_FAR = 8;
/** What fits there. */
const NEAR_BYTES = 4 * 2 ** 20;

/** [groups, rows, depth] times [groups, depth, columns], all without gaps. */
export interface PackedProduct {
  readonly input: Pointer;
  /** Whether all groups take the same rows. */
  readonly sharesInput?: boolean;
  /** Panels of f32_pack_panels. */
  readonly weights: Pointer;
  /** Added before the activation; 0 for none. */
  readonly residual: Pointer;
  readonly output: Pointer;
  readonly groups: number;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
}

/** Whether f32_gemv is faster for `rows` rows and so many bytes of weights. */
export function isFew(rows: number, weightBytes: number): boolean {
  return rows <= (weightBytes > NEAR_BYTES ? FEW_ROWS_FAR : FEW_ROWS);
}

/** Emits a product of one group, each row times all weights. */
export function multiplyRows(lowering: Lowering, attributes: Activated, product: Omit<PackedProduct, 'groups'>): void {
  const { input, weights, residual, output, rows, depth, columns } = product;
  lowering.step('f32_gemv', {
    ...activationArguments(attributes),
    input,
    weights,
    residual,
    output,
    length: depth,
    filters: columns,
    ...rowScratch(lowering, rows),
  });
}

/** Emits the product as a convolution of one tap: rows are pixels, columns are filters. */
export function multiplyTiles(lowering: Lowering, attributes: Activated, product: PackedProduct): void {
  const { input, sharesInput, weights, residual, output, groups, rows, depth, columns } = product;
  const work = { ...wholePanels(1, depth), images: 1, planes: 1, rows: 1, columns: rows, groups, filters: columns };
  lowering.step('f32_conv', {
    ...work,
    ...activationArguments(attributes),
    input,
    weights,
    residual,
    output,
    taps: lowering.table([0]),
    inputImageStride: 0,
    inputPlaneStride: 0,
    inputRowStride: 0,
    inputColumnStride: depth * 4,
    residualImageStride: 0,
    residualPlaneStride: 0,
    residualRowStride: 0,
    residualColumnStride: columns * 4,
    outputImageStride: 0,
    outputPlaneStride: 0,
    outputRowStride: 0,
    outputColumnStride: columns * 4,
    inputGroupStride: sharesInput ? 0 : rows * depth * 4,
    residualGroupStride: rows * columns * 4,
    outputGroupStride: rows * columns * 4,
    ...tileScratch(lowering, work),
  });
}
