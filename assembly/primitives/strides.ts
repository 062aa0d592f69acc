// Walks tensors by tables: extents of each dimension and byte strides of each operand (i32[rank], innermost
// last). A row is a run along the innermost dimension; rows are numbered in the order of the outer ones.
import { firstUnit } from "../runtime/share";

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
