// Elementwise arithmetic of two integer operands over any strides, one element at a time: they carry shapes and
// indices.
import { Binary, IntegerBinaryArgs } from "./binary_arguments";
import { loadInteger, storeInteger } from "../primitives/element_type";
import { integerArithmetic } from "./integer_arithmetic";
import {
  entry,
  rowCount,
  rowOffset,
  shareColumnEnd,
  shareColumnStart,
  shareRowEnd,
  shareRowStart,
} from "../primitives/strides";

/**
 * output = left operation right, modulo 2^bits; operand strides may be 0 (broadcast). Division cuts toward zero;
 * division by 0 gives 0, and so does what it leaves; powers are of integers, those with a negative exponent are cut
 * toward zero.
 */
export function integer_binary(args: IntegerBinaryArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0 && args.operation >= Binary.add && args.operation <= Binary.remainder);
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
      const result = integerArithmetic(
        args.operation,
        loadInteger(args.type, left),
        loadInteger(args.rightType, right),
      );
      storeInteger(args.type, output, result);
      left += leftStride;
      right += rightStride;
      output += outputStride;
    }
  }
}
