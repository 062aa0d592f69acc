// Between floats and 8-bit integers: value = (integer - zero) * scale, over any strides.
import { ElementType, loadInteger } from "../primitives/element_type";
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
class QuantizeArgs {
  rank: i32;
  extents: usize;
  input: usize;
  inputStrides: usize;
  /** f32; strides may be 0. */
  scale: usize;
  scaleStrides: usize;
  /** Integers of the quantised side's type; 0: all of them are 0. */
  zero: usize;
  zeroStrides: usize;
  output: usize;
  outputStrides: usize;
  /** ElementType of the quantised side. */
  type: i32;
}

/** output (i8 or u8) = nearest(input / scale) + zero, halves to even, cut to the type's range; 0 for NaN. */
export function quantize(args: QuantizeArgs, thread: i32, threads: i32): void {
  assert(args.type == ElementType.int8 || args.type == ElementType.uint8);
  walk(true, args, thread, threads);
}

/** output (f32) = (input - zero) * scale for input of i8, u8 or i32. */
export function dequantize(args: QuantizeArgs, thread: i32, threads: i32): void {
  walk(false, args, thread, threads);
}

// @ts-ignore: decorator
@inline
function walk(quantizes: bool, args: QuantizeArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0);
  const rank = args.rank;
  const extents = args.extents;
  const columns = entry(extents, rank - 1, 1);
  const rows = rowCount(rank, extents);
  const lastRow = shareRowEnd(rows, columns, thread, threads);
  const column: isize = shareColumnStart(rows, columns, thread, threads);
  const lastColumn = shareColumnEnd(rows, columns, thread, threads);
  const inputStride: isize = entry(args.inputStrides, rank - 1, 0);
  const scaleStride: isize = entry(args.scaleStrides, rank - 1, 0);
  const zeroStride: isize = entry(args.zeroStrides, rank - 1, 0);
  const outputStride: isize = entry(args.outputStrides, rank - 1, 0);
  const isSigned = args.type == ElementType.int8;
  const low: f32 = isSigned ? -128 : 0;
  const high: f32 = isSigned ? 127 : 255;
  for (let row = shareRowStart(rows, columns, thread, threads); row < lastRow; row++) {
    let input = args.input + rowOffset(row, rank, extents, args.inputStrides) + column * inputStride;
    let scale = args.scale + rowOffset(row, rank, extents, args.scaleStrides) + column * scaleStride;
    let zeroAt = args.zero + rowOffset(row, rank, extents, args.zeroStrides) + column * zeroStride;
    let output = args.output + rowOffset(row, rank, extents, args.outputStrides) + column * outputStride;
    for (let count = lastColumn - <i32>column; count > 0; count--) {
      const zero = args.zero ? <i32>loadInteger(args.type, zeroAt) : 0;
      if (quantizes) {
        const value = nearest<f32>(load<f32>(input) / load<f32>(scale)) + <f32>zero;
        store<u8>(output, <u8>(<i32>max<f32>(low, min<f32>(high, value))));
      } else {
        store<f32>(output, <f32>(<i32>loadInteger(args.type, input) - zero) * load<f32>(scale));
      }
      input += inputStride;
      scale += scaleStride;
      zeroAt += zeroStride;
      output += outputStride;
    }
  }
}
