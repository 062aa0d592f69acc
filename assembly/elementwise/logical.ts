// Logic on bytes, where 0 is false and anything else is true.
import {
  entry,
  rowCount,
  rowOffset,
  shareColumnEnd,
  shareColumnStart,
  shareRowEnd,
  shareRowStart,
} from "../primitives/strides";

/** Operations of `u8_logical`; `not` is of the left operand. */
const enum Logical {
  and,
  or,
  xor,
  not,
}


@unmanaged
class LogicalArgs {
  rank: i32;
  extents: usize;
  left: usize;
  leftStrides: usize;
  right: usize;
  rightStrides: usize;
  output: usize;
  outputStrides: usize;
  /** A Logical. */
  operation: i32;
}

/** output = left operation right, 0 or 1; strides of the operands may be 0 (broadcast). */
export function u8_logical(args: LogicalArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0 && args.operation >= Logical.and && args.operation <= Logical.not);
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
      const a = i32(load<u8>(left) != 0);
      const b = i32(load<u8>(right) != 0);
      let result = a & b;
      if (args.operation == Logical.or) result = a | b;
      else if (args.operation == Logical.xor) result = a ^ b;
      else if (args.operation == Logical.not) result = a ^ 1;
      store<u8>(output, result);
      left += leftStride;
      right += rightStride;
      output += outputStride;
    }
  }
}
