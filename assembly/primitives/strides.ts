// Walks tensors by tables: extents of each dimension and byte strides of each operand (i32[rank], innermost
// last). A row is a run along the innermost dimension; rows are numbered in the order of the outer ones.
import { firstUnit } from "../runtime/share";

/** An operand among the arguments: [address: u32][table of strides: u32]. */
const OPERAND_BYTES: usize = 8;

/** Entry `dimension` of a table, or `otherwise` where there is no such dimension. */
// @ts-ignore: decorator
@inline
export function entry(table: usize, dimension: i32, otherwise: i32): i32 {
  return dimension < 0 ? otherwise : load<i32>(table + ((<usize>dimension) << 2));
}

/** Product of all extents but the innermost; 0 where any extent, the innermost too, is 0. */
export function rowCount(rank: i32, extents: usize): i32 {
  let rows = 1;
  for (let d = 0; d < rank - 1; d++) rows *= entry(extents, d, 1);
  return entry(extents, rank - 1, 1) == 0 ? 0 : rows;
}

/** Product of all extents. */
// @ts-ignore: decorator
@inline
export function elementCount(rank: i32, extents: usize): i32 {
  return rowCount(rank, extents) * entry(extents, rank - 1, 1);
}

/** Bytes from an operand's first element to the first element of row `row`. */
export function rowOffset(row: i32, rank: i32, extents: usize, strides: usize): isize {
  let offset: isize = 0;
  for (let d = rank - 2; d > 0; d--) {
    const extent = entry(extents, d, 1);
    const next = row / extent;
    offset += <isize>(row - next * extent) * entry(strides, d, 0);
    row = next;
  }
  return rank > 1 ? offset + <isize>row * entry(strides, 0, 0) : 0;
}

// Many rows are shared row by row; few long ones are cut across, at multiples of 16 elements.

// @ts-ignore: decorator
@inline
function sharesRows(rows: i32, columns: i32, threads: i32): bool {
  return rows >= 4 * threads || columns < 256 * threads;
}

/** First row of this thread's share of `rows` rows of `columns` elements. */
export function shareRowStart(rows: i32, columns: i32, thread: i32, threads: i32): i32 {
  return sharesRows(rows, columns, threads) ? firstUnit(rows, thread, threads) : 0;
}

/** Row behind the last one of the share. */
export function shareRowEnd(rows: i32, columns: i32, thread: i32, threads: i32): i32 {
  return sharesRows(rows, columns, threads) ? firstUnit(rows, thread + 1, threads) : rows;
}

/** First element of each row that falls to this thread. */
export function shareColumnStart(rows: i32, columns: i32, thread: i32, threads: i32): i32 {
  return sharesRows(rows, columns, threads) ? 0 : firstUnit(columns, thread, threads) & ~15;
}

/** Element behind the last one of each row that falls to this thread. */
export function shareColumnEnd(rows: i32, columns: i32, thread: i32, threads: i32): i32 {
  if (sharesRows(rows, columns, threads) || thread + 1 == threads) return columns;
  return firstUnit(columns, thread + 1, threads) & ~15;
}

/** What kernels that walk strided operands take first; behind it comes for each operand its address and its strides. */
@unmanaged
export class StridedArgs {
  rank: i32;
  /** i32[rank], and so are the strides: bytes between neighbours on each axis, 0 along those that are broadcast. */
  extents: usize;
}

/** What kernels with two operands and a result take first. */
@unmanaged
export class PairArgs extends StridedArgs {
  left: usize;
  leftStrides: usize;
  right: usize;
  rightStrides: usize;
  output: usize;
  outputStrides: usize;
}

/** Does `count` elements of a row: of each operand it gets the address of the first one and the bytes to the next. */
export type Row<Args> = (
  args: Args,
  count: i32,
  a: usize,
  aStride: isize,
  b: usize,
  bStride: isize,
  c: usize,
  cStride: isize,
  d: usize,
  dStride: isize,
) => void;

/** Calls `row` for what is this thread's share of each row; the kernel has `operands` operands, two to four. */
export function walkRows<Args extends StridedArgs>(
  args: Args,
  operands: i32,
  thread: i32,
  threads: i32,
  row: Row<Args>,
): void {
  const rank = args.rank;
  const extents = args.extents;
  assert(rank >= 0 && operands >= 2 && operands <= 4);
  const columns = entry(extents, rank - 1, 1);
  const rows = rowCount(rank, extents);
  const lastRow = shareRowEnd(rows, columns, thread, threads);
  const column: isize = shareColumnStart(rows, columns, thread, threads);
  const count = shareColumnEnd(rows, columns, thread, threads) - <i32>column;
  const list = changetype<usize>(args) + offsetof<StridedArgs>();
  const aStride: isize = entry(stridesOf(list, 0), rank - 1, 0);
  const bStride: isize = entry(stridesOf(list, 1), rank - 1, 0);
  const cStride: isize = operands > 2 ? <isize>entry(stridesOf(list, 2), rank - 1, 0) : 0;
  const dStride: isize = operands > 3 ? <isize>entry(stridesOf(list, 3), rank - 1, 0) : 0;
  // Rows that follow each other along the last outer dimension are a stride apart; where the next ones begin is worked out.
  const run = max(entry(extents, rank - 2, 1), 1);
  const aNext: isize = entry(stridesOf(list, 0), rank - 2, 0);
  const bNext: isize = entry(stridesOf(list, 1), rank - 2, 0);
  const cNext: isize = operands > 2 ? <isize>entry(stridesOf(list, 2), rank - 2, 0) : 0;
  const dNext: isize = operands > 3 ? <isize>entry(stridesOf(list, 3), rank - 2, 0) : 0;
  let at = shareRowStart(rows, columns, thread, threads);
  while (at < lastRow) {
    let a = rowOf(list, 0, at, rank, extents) + column * aStride;
    let b = rowOf(list, 1, at, rank, extents) + column * bStride;
    let c = operands > 2 ? rowOf(list, 2, at, rank, extents) + column * cStride : 0;
    let d = operands > 3 ? rowOf(list, 3, at, rank, extents) + column * dStride : 0;
    const end = min(lastRow, at - (at % run) + run);
    for (; at < end; at++) {
      row(args, count, a, aStride, b, bStride, c, cStride, d, dStride);
      a += aNext;
      b += bNext;
      c += cNext;
      d += dNext;
    }
  }
}

// @ts-ignore: decorator
@inline
function stridesOf(list: usize, operand: usize): usize {
  return load<usize>(list + operand * OPERAND_BYTES, 4);
}

// @ts-ignore: decorator
@inline
function rowOf(list: usize, operand: usize, row: i32, rank: i32, extents: usize): usize {
  return load<usize>(list + operand * OPERAND_BYTES) + rowOffset(row, rank, extents, stridesOf(list, operand));
}
