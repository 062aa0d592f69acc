// Strided fills. The value is given as bits, so one kernel serves every type of its size.
import {
  entry,
  rowCount,
  rowOffset,
  shareColumnEnd,
  shareColumnStart,
  shareRowEnd,
  shareRowStart,
} from "../primitives/strides";
import { fillBytes } from "../primitives/tail";


@unmanaged
class FillArgs {
  rank: i32;
  extents: usize;
  output: usize;
  outputStrides: usize;
  /** The value's bits; of shorter values the lowest ones. */
  bits: i32;
  /** The upper half of values of 8 bytes. */
  highBits: i32;
}

/** Sets elements of 1 byte. */
export function fill_1(args: FillArgs, thread: i32, threads: i32): void {
  fill<u8>(args, i8x16.splat(<i8>args.bits), thread, threads);
}

/** Sets elements of 2 bytes. */
export function fill_2(args: FillArgs, thread: i32, threads: i32): void {
  fill<u16>(args, i16x8.splat(<i16>args.bits), thread, threads);
}

/** Sets elements of 4 bytes. */
export function fill_4(args: FillArgs, thread: i32, threads: i32): void {
  fill<u32>(args, i32x4.splat(args.bits), thread, threads);
}

/** Sets elements of 8 bytes. */
export function fill_8(args: FillArgs, thread: i32, threads: i32): void {
  const low = i32x4.splat(args.bits);
  fill<u64>(args, i32x4.shuffle(low, i32x4.splat(args.highBits), 0, 4, 1, 5), thread, threads);
}

// @ts-ignore: decorator
@inline
function fill<T>(args: FillArgs, value: v128, thread: i32, threads: i32): void {
  assert(args.rank >= 0);
  const rank = args.rank;
  const columns = entry(args.extents, rank - 1, 1);
  const rows = rowCount(rank, args.extents);
  const lastRow = shareRowEnd(rows, columns, thread, threads);
  const column: isize = shareColumnStart(rows, columns, thread, threads);
  const stride: isize = entry(args.outputStrides, rank - 1, 0);
  for (let row = shareRowStart(rows, columns, thread, threads); row < lastRow; row++) {
    let output = args.output + rowOffset(row, rank, args.extents, args.outputStrides) + column * stride;
    let count = shareColumnEnd(rows, columns, thread, threads) - <i32>column;
    if (stride == sizeof<T>()) {
      fillBytes(output, value, count * sizeof<T>());
      continue;
    }
    for (; count > 0; count--) {
      if (sizeof<T>() == 1) v128.store8_lane(output, value, 0);
      else if (sizeof<T>() == 2) v128.store16_lane(output, value, 0);
      else if (sizeof<T>() == 4) v128.store32_lane(output, value, 0);
      else v128.store64_lane(output, value, 0);
      output += stride;
    }
  }
}
