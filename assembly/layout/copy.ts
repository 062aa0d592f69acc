// Strided copies: transpose, slice, concat, expand, tile and depth-to-space are all one of these.
// Elements are moved as bits, so one kernel serves every type of its size.
import { storeBytes } from "../primitives/tail";
import {
  entry,
  rowCount,
  rowOffset,
  shareColumnEnd,
  shareColumnStart,
  shareRowEnd,
  shareRowStart,
} from "../primitives/strides";


@unmanaged
class CopyArgs {
  rank: i32;
  extents: usize;
  input: usize;
  inputStrides: usize;
  output: usize;
  outputStrides: usize;
}

// A transposed block: as many columns as keep its input lines in the first cache while neighbouring rows use them.
const TRANSPOSE_ROWS: i32 = 16;
const TRANSPOSE_COLUMNS: i32 = 128;

/** Copies elements of 1 byte; input strides may be 0 (broadcast), input and output must not overlap. */
export function copy_1(args: CopyArgs, thread: i32, threads: i32): void {
  copy<u8>(args, thread, threads);
}

/** Copies elements of 2 bytes, as copy_1. */
export function copy_2(args: CopyArgs, thread: i32, threads: i32): void {
  copy<u16>(args, thread, threads);
}

/** Copies elements of 4 bytes, as copy_1. */
export function copy_4(args: CopyArgs, thread: i32, threads: i32): void {
  copy<u32>(args, thread, threads);
}

/** Copies elements of 8 bytes, as copy_1. */
export function copy_8(args: CopyArgs, thread: i32, threads: i32): void {
  copy<u64>(args, thread, threads);
}

function copy<T>(args: CopyArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0);
  const rank = args.rank;
  const extents = args.extents;
  const columns = entry(extents, rank - 1, 1);
  const middle = entry(extents, rank - 2, 1);
  const rows = rowCount(rank, extents);
  const lastRow = shareRowEnd(rows, columns, thread, threads);
  const column: isize = shareColumnStart(rows, columns, thread, threads);
  const count = shareColumnEnd(rows, columns, thread, threads) - <i32>column;
  const inputStride: isize = entry(args.inputStrides, rank - 1, 0);
  const outputStride: isize = entry(args.outputStrides, rank - 1, 0);
  const inputRow: isize = entry(args.inputStrides, rank - 2, 0);
  const outputRow: isize = entry(args.outputStrides, rank - 2, 0);
  const transposes = sizeof<T>() == 4 && inputRow == 4 && outputStride == 4 && inputStride != 4;
  for (let first = shareRowStart(rows, columns, thread, threads); first < lastRow;) {
    const run = min(lastRow - first, middle - (first % middle));
    let input = args.input + rowOffset(first, rank, extents, args.inputStrides) + column * inputStride;
    let output = args.output + rowOffset(first, rank, extents, args.outputStrides) + column * outputStride;
    first += run;
    if (transposes) {
      transpose(output, outputRow, input, inputStride, run, count);
      continue;
    }
    for (let row = 0; row < run; row++) {
      copyRow<T>(output, outputStride, input, inputStride, count);
      input += inputRow;
      output += outputRow;
    }
  }
}

// @ts-ignore: decorator
@inline
function copyRow<T>(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  if (outputStride == sizeof<T>() && inputStride == sizeof<T>()) {
    copyBytes(output, input, count * sizeof<T>());
    return;
  }
  for (; count > 0; count--) {
    store<T>(output, load<T>(input));
    input += inputStride;
    output += outputStride;
  }
}

/** Short runs by vectors: a call to memory.copy costs more than they do. */
function copyBytes(output: usize, input: usize, bytes: i32): void {
  if (bytes > 512) {
    memory.copy(output, input, bytes);
    return;
  }
  for (; bytes > 15; bytes -= 16) {
    v128.store(output, v128.load(input));
    input += 16;
    output += 16;
  }
  if (bytes > 0) storeBytes(output, v128.load(input), bytes);
}

/** rows x columns elements, contiguous along the rows in the input and along the columns in the output. */
function transpose(output: usize, outputRow: isize, input: usize, inputColumn: isize, rows: i32, columns: i32): void {
  if (columns == 3 && outputRow == 12) {
    const whole = rows & -4;
    interleave(output, input, inputColumn, whole);
    output += <usize>whole * 12;
    input += (<usize>whole) << 2;
    rows -= whole;
  }
  for (let column = 0; column < columns; column += TRANSPOSE_COLUMNS) {
    const width = min(TRANSPOSE_COLUMNS, columns - column);
    for (let row = 0; row < rows; row += TRANSPOSE_ROWS) {
      const from = input + ((<isize>row) << 2) + <isize>column * inputColumn;
      const to = output + ((<isize>column) << 2) + <isize>row * outputRow;
      transposeBlock(to, outputRow, from, inputColumn, min(TRANSPOSE_ROWS, rows - row), width);
    }
  }
}

/** A multiple of four pixels whose three colours become neighbours. */
function interleave(output: usize, input: usize, inputColumn: isize, pixels: i32): void {
  for (const end = output + <usize>pixels * 12; output < end; output += 48, input += 16) {
    const a = v128.load(input);
    const b = v128.load(input + inputColumn);
    const c = v128.load(input + 2 * inputColumn);
    const low = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const high = i32x4.shuffle(a, b, 2, 6, 3, 7);
    v128.store(output, i32x4.shuffle(low, c, 0, 1, 4, 2));
    v128.store(output, i64x2.shuffle(i32x4.shuffle(low, c, 3, 5, 3, 5), high, 0, 2), 16);
    v128.store(output, i32x4.shuffle(high, c, 6, 2, 3, 7), 32);
  }
}

function transposeBlock(
  output: usize,
  outputRow: isize,
  input: usize,
  inputColumn: isize,
  rows: i32,
  columns: i32,
): void {
  for (let row = 0; row < rows; row += 4) {
    let from = input + ((<usize>row) << 2);
    let to = output + <isize>row * outputRow;
    let column = columns;
    for (; column > 3; column -= 4) {
      transposeTile(to, outputRow, from, inputColumn, rows - row, 4);
      from += 4 * inputColumn;
      to += 16;
    }
    if (column > 0) transposeTile(to, outputRow, from, inputColumn, rows - row, column);
  }
}

/** The first `rows` rows and `columns` columns of a 4 x 4 tile; input columns behind those are not touched. */
// @ts-ignore: decorator
@inline
function transposeTile(
  output: usize,
  outputRow: isize,
  input: usize,
  inputColumn: isize,
  rows: i32,
  columns: i32,
): void {
  const a = v128.load(input);
  const b = columns > 1 ? v128.load(input + inputColumn) : a;
  const c = columns > 2 ? v128.load(input + 2 * inputColumn) : a;
  const d = columns > 3 ? v128.load(input + 3 * inputColumn) : a;
  const abLow = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const abHigh = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cdLow = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const cdHigh = i32x4.shuffle(c, d, 2, 6, 3, 7);
  storeWords(output, i64x2.shuffle(abLow, cdLow, 0, 2), columns);
  if (rows > 1) storeWords(output + outputRow, i64x2.shuffle(abLow, cdLow, 1, 3), columns);
  if (rows > 2) storeWords(output + 2 * outputRow, i64x2.shuffle(abHigh, cdHigh, 0, 2), columns);
  if (rows > 3) storeWords(output + 3 * outputRow, i64x2.shuffle(abHigh, cdHigh, 1, 3), columns);
}

// @ts-ignore: decorator
@inline
function storeWords(output: usize, v: v128, words: i32): void {
  if (words == 4) {
    v128.store(output, v);
  } else if (words == 1) {
    v128.store32_lane(output, v, 0);
  } else {
    v128.store64_lane(output, v, 0);
    if (words == 3) v128.store32_lane(output, v, 2, 8);
  }
}
