// Folds many cells into one, four lanes at a time: the inside of every reduction.
import { exp } from "./math";
import { entry, rowCount, rowOffset } from "./strides";

/** What is folded: sums of f(x), extrema, products. */
export const enum Fold {
  sum,
  sumAbsolute,
  /** Of (x - shift)^2. */
  sumSquare,
  /** Of e^(x - shift). */
  sumExp,
  max,
  min,
  product,
}

// Cells that one set of partial results takes: rounding errors grow with this plus the number of blocks.
const BLOCK: i32 = 128;

/** Result of a fold over nothing. */
// @ts-ignore: decorator
@inline
export function identity(fold: i32): v128 {
  if (fold == Fold.max) return f32x4.splat(-Infinity);
  if (fold == Fold.min) return f32x4.splat(Infinity);
  return f32x4.splat(fold == Fold.product ? 1 : 0);
}

// @ts-ignore: decorator
@inline
function term(fold: i32, x: v128, shift: v128): v128 {
  if (fold == Fold.sumAbsolute) return f32x4.abs(x);
  if (fold == Fold.sumSquare) {
    const difference = f32x4.sub(x, shift);
    return f32x4.mul(difference, difference);
  }
  if (fold == Fold.sumExp) return exp(f32x4.sub(x, shift));
  return x;
}

/** Two partial results as one; NaN in either stays. */
// @ts-ignore: decorator
@inline
export function join(fold: i32, a: v128, b: v128): v128 {
  if (fold == Fold.max) return f32x4.max(a, b);
  if (fold == Fold.min) return f32x4.min(a, b);
  if (fold == Fold.product) return f32x4.mul(a, b);
  return f32x4.add(a, b);
}

/** The four lanes joined, in all lanes. */
export function joinLanes(fold: i32, v: v128): v128 {
  const pairs = join(fold, v, i32x4.shuffle(v, v, 1, 0, 3, 2));
  return join(fold, pairs, i32x4.shuffle(pairs, pairs, 2, 3, 0, 1));
}

// @ts-ignore: decorator
@inline
function cells(fold: i32, address: usize, stride: isize, count: i32, shift: v128): v128 {
  let total = identity(fold);
  while (count > 0) {
    let block = min(count, BLOCK);
    count -= block;
    // Four results, so that none waits for another.
    let a = identity(fold);
    let b = a;
    let c = a;
    let d = a;
    for (; block > 3; block -= 4) {
      a = join(fold, a, term(fold, v128.load(address), shift));
      b = join(fold, b, term(fold, v128.load(address + stride), shift));
      c = join(fold, c, term(fold, v128.load(address + 2 * stride), shift));
      d = join(fold, d, term(fold, v128.load(address + 3 * stride), shift));
      address += 4 * stride;
    }
    for (; block > 0; block--) {
      a = join(fold, a, term(fold, v128.load(address), shift));
      address += stride;
    }
    total = join(fold, total, join(fold, join(fold, a, b), join(fold, c, d)));
  }
  return total;
}

// A function for each: the optimiser would merge the loops of one switch before it knows their operations.

function sumCells(address: usize, stride: isize, count: i32, shift: v128): v128 {
  return cells(Fold.sum, address, stride, count, shift);
}

function sumAbsoluteCells(address: usize, stride: isize, count: i32, shift: v128): v128 {
  return cells(Fold.sumAbsolute, address, stride, count, shift);
}

function sumSquareCells(address: usize, stride: isize, count: i32, shift: v128): v128 {
  return cells(Fold.sumSquare, address, stride, count, shift);
}

function sumExpCells(address: usize, stride: isize, count: i32, shift: v128): v128 {
  return cells(Fold.sumExp, address, stride, count, shift);
}

function maxCells(address: usize, stride: isize, count: i32, shift: v128): v128 {
  return cells(Fold.max, address, stride, count, shift);
}

function minCells(address: usize, stride: isize, count: i32, shift: v128): v128 {
  return cells(Fold.min, address, stride, count, shift);
}

function productCells(address: usize, stride: isize, count: i32, shift: v128): v128 {
  return cells(Fold.product, address, stride, count, shift);
}

/** `count` vectors of 16 bytes, `stride` bytes apart, folded lane by lane. */
function foldCells(fold: i32, address: usize, stride: isize, count: i32, shift: v128): v128 {
  switch (fold) {
    case Fold.sum:
      return sumCells(address, stride, count, shift);
    case Fold.sumAbsolute:
      return sumAbsoluteCells(address, stride, count, shift);
    case Fold.sumSquare:
      return sumSquareCells(address, stride, count, shift);
    case Fold.sumExp:
      return sumExpCells(address, stride, count, shift);
    case Fold.max:
      return maxCells(address, stride, count, shift);
    case Fold.min:
      return minCells(address, stride, count, shift);
    default:
      return productCells(address, stride, count, shift);
  }
}

/** The cells of a box, given by tables as in strides.ts, folded lane by lane: four neighbouring results. */
export function foldAcross(fold: i32, address: usize, rank: i32, extents: usize, strides: usize, shift: v128): v128 {
  const rows = rowCount(rank, extents);
  const columns = entry(extents, rank - 1, 1);
  const stride: isize = entry(strides, rank - 1, 0);
  let total = identity(fold);
  for (let row = 0; row < rows; row++) {
    const from = address + rowOffset(row, rank, extents, strides);
    if (isWideFold(fold)) total = inOrder(fold, total, from, stride, columns);
    else total = join4(fold, total, foldCells(fold, from, stride, columns, shift));
  }
  return total;
}

/** Joins cells in the order in which foldAcross16 does, so that a channel's bits don't depend on where it stands. */
function inOrder(fold: i32, total: v128, address: usize, stride: isize, count: i32): v128 {
  while (count > 0) {
    let block = min(count, BLOCK);
    count -= block;
    let sum = identity(fold);
    for (; block > 0; block--) {
      sum = join(fold, sum, v128.load(address));
      address += stride;
    }
    total = join(fold, total, sum);
  }
  return total;
}

/** Whether foldAcross16 knows `fold`. */
export function isWideFold(fold: i32): bool {
  return fold == Fold.sum || fold == Fold.max;
}

/** foldAcross for 16 neighbouring results, stored to `output`: each cell is a cache line, read once. */
export function foldAcross16(
  fold: i32,
  output: usize,
  address: usize,
  rank: i32,
  extents: usize,
  strides: usize,
): void {
  const rows = rowCount(rank, extents);
  const columns = entry(extents, rank - 1, 1);
  const stride: isize = entry(strides, rank - 1, 0);
  for (let lane: usize = 0; lane < 64; lane += 16) v128.store(output + lane, identity(fold));
  for (let row = 0; row < rows; row++) {
    const from = address + rowOffset(row, rank, extents, strides);
    if (fold == Fold.sum) sumWide(output, from, stride, columns);
    else maxWide(output, from, stride, columns);
  }
}

function sumWide(output: usize, address: usize, stride: isize, count: i32): void {
  wideCells(Fold.sum, output, address, stride, count);
}

function maxWide(output: usize, address: usize, stride: isize, count: i32): void {
  wideCells(Fold.max, output, address, stride, count);
}

/** Joins `count` cells of 64 bytes to what is at `output`. */
// @ts-ignore: decorator
@inline
function wideCells(fold: i32, output: usize, address: usize, stride: isize, count: i32): void {
  while (count > 0) {
    let block = min(count, BLOCK);
    count -= block;
    let a = identity(fold);
    let b = a;
    let c = a;
    let d = a;
    for (; block > 0; block--) {
      a = join(fold, a, v128.load(address));
      b = join(fold, b, v128.load(address, 16));
      c = join(fold, c, v128.load(address, 32));
      d = join(fold, d, v128.load(address, 48));
      address += stride;
    }
    v128.store(output, join(fold, v128.load(output), a));
    v128.store(output, join(fold, v128.load(output, 16), b), 16);
    v128.store(output, join(fold, v128.load(output, 32), c), 32);
    v128.store(output, join(fold, v128.load(output, 48), d), 48);
  }
}

/** The cells of a box whose rows are contiguous, folded into one result, in all lanes. */
export function foldAlong(fold: i32, address: usize, rank: i32, extents: usize, strides: usize, shift: v128): v128 {
  const rows = rowCount(rank, extents);
  const columns = entry(extents, rank - 1, 1);
  const rest = columns & 3;
  const inRest = i32x4.gt_s(i32x4.splat(rest), i32x4(0, 1, 2, 3));
  let total = identity(fold);
  for (let row = 0; row < rows; row++) {
    const from = address + rowOffset(row, rank, extents, strides);
    total = join4(fold, total, foldCells(fold, from, 16, columns >> 2, shift));
    if (rest) {
      const last = foldCells(fold, from + ((<usize>(columns - rest)) << 2), 16, 1, shift);
      total = join4(fold, total, v128.bitselect(last, identity(fold), inRest));
    }
  }
  return joinLanes(fold, total);
}

function join4(fold: i32, a: v128, b: v128): v128 {
  return join(fold, a, b);
}
