// Comparison and selection of elements that aren't 4-byte floats, one at a time: they carry shapes, indices and masks.
import { CompareArgs, Comparison, WhereArgs } from "./compare_arguments";
import {
  entry,
  rowCount,
  rowOffset,
  shareColumnEnd,
  shareColumnStart,
  shareRowEnd,
  shareRowStart,
} from "../primitives/strides";

/** output (u8) = left operation right ? 1 : 0, for i32 operands whose strides may be 0 (broadcast). */
export function i32_compare(args: CompareArgs, thread: i32, threads: i32): void {
  compareIntegers<i32>(args, thread, threads);
}

/** As i32_compare, for i64. */
export function i64_compare(args: CompareArgs, thread: i32, threads: i32): void {
  compareIntegers<i64>(args, thread, threads);
}

/** As i32_compare, for i8. */
export function i8_compare(args: CompareArgs, thread: i32, threads: i32): void {
  compareIntegers<i8>(args, thread, threads);
}

/** As i32_compare, for u8. */
export function u8_compare(args: CompareArgs, thread: i32, threads: i32): void {
  compareIntegers<u8>(args, thread, threads);
}

/** output = condition ? left : right, for any elements of 1 byte and conditions of one byte (0 is false). */
export function where_1(args: WhereArgs, thread: i32, threads: i32): void {
  choose<u8>(args, thread, threads);
}

/** As where_1, for elements of 8 bytes. */
export function where_8(args: WhereArgs, thread: i32, threads: i32): void {
  choose<u64>(args, thread, threads);
}

function compareIntegers<T>(args: CompareArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0 && args.operation >= Comparison.less && args.operation <= Comparison.greaterOrEqual);
  const rank = args.rank;
  const extents = args.extents;
  const columns = entry(extents, rank - 1, 1);
  const rows = rowCount(rank, extents);
  const lastRow = shareRowEnd(rows, columns, thread, threads);
  const column: isize = shareColumnStart(rows, columns, thread, threads);
  const lastColumn = shareColumnEnd(rows, columns, thread, threads);
  const leftStride: isize = entry(args.leftStrides, rank - 1, 0);
  const rightStride: isize = entry(args.rightStrides, rank - 1, 0);
  const outputStride: isize = entry(args.outputStrides, rank - 1, 0);
  for (let row = shareRowStart(rows, columns, thread, threads); row < lastRow; row++) {
    let left = args.left + rowOffset(row, rank, extents, args.leftStrides) + column * leftStride;
    let right = args.right + rowOffset(row, rank, extents, args.rightStrides) + column * rightStride;
    let output = args.output + rowOffset(row, rank, extents, args.outputStrides) + column * outputStride;
    for (let count = lastColumn - <i32>column; count > 0; count--) {
      store<u8>(output, u8(holds<T>(args.operation, load<T>(left), load<T>(right))));
      left += leftStride;
      right += rightStride;
      output += outputStride;
    }
  }
}

// @ts-ignore: decorator
@inline
function holds<T>(operation: i32, a: T, b: T): bool {
  switch (operation) {
    case Comparison.less:
      return a < b;
    case Comparison.greater:
      return a > b;
    case Comparison.equal:
      return a == b;
    case Comparison.lessOrEqual:
      return a <= b;
    default:
      return a >= b;
  }
}

function choose<T>(args: WhereArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0);
  const rank = args.rank;
  const extents = args.extents;
  const columns = entry(extents, rank - 1, 1);
  const rows = rowCount(rank, extents);
  const lastRow = shareRowEnd(rows, columns, thread, threads);
  const column: isize = shareColumnStart(rows, columns, thread, threads);
  const lastColumn = shareColumnEnd(rows, columns, thread, threads);
  const conditionStride: isize = entry(args.conditionStrides, rank - 1, 0);
  const leftStride: isize = entry(args.leftStrides, rank - 1, 0);
  const rightStride: isize = entry(args.rightStrides, rank - 1, 0);
  const outputStride: isize = entry(args.outputStrides, rank - 1, 0);
  for (let row = shareRowStart(rows, columns, thread, threads); row < lastRow; row++) {
    let condition = args.condition + rowOffset(row, rank, extents, args.conditionStrides) + column * conditionStride;
    let left = args.left + rowOffset(row, rank, extents, args.leftStrides) + column * leftStride;
    let right = args.right + rowOffset(row, rank, extents, args.rightStrides) + column * rightStride;
    let output = args.output + rowOffset(row, rank, extents, args.outputStrides) + column * outputStride;
    for (let count = lastColumn - <i32>column; count > 0; count--) {
      store<T>(output, load<u8>(condition) != 0 ? load<T>(left) : load<T>(right));
      condition += conditionStride;
      left += leftStride;
      right += rightStride;
      output += outputStride;
    }
  }
}
