// Conversion between element types, over any strides.
import { ElementType } from "../primitives/element_type";
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
class CastArgs {
  rank: i32;
  extents: usize;
  input: usize;
  inputStrides: usize;
  output: usize;
  outputStrides: usize;
  /** An ElementType. */
  inputType: i32;
  /** An ElementType. */
  outputType: i32;
}

/**
 * output = input in another type. Floats are cut toward zero; those outside int32 and int64 become the nearest bound
 * and NaN 0; integers keep their lowest bits; to bool, anything but 0 is 1.
 */
export function cast(args: CastArgs, thread: i32, threads: i32): void {
  switch (args.inputType) {
    case ElementType.float32:
      return castFrom<f32>(args, thread, threads);
    case ElementType.int32:
      return castFrom<i32>(args, thread, threads);
    case ElementType.int64:
      return castFrom<i64>(args, thread, threads);
    case ElementType.int8:
      return castFrom<i8>(args, thread, threads);
    default:
      return castFrom<u8>(args, thread, threads);
  }
}

function castFrom<T>(args: CastArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0 && args.outputType >= ElementType.float32 && args.outputType <= ElementType.bool);
  const rank = args.rank;
  const extents = args.extents;
  const columns = entry(extents, rank - 1, 1);
  const rows = rowCount(rank, extents);
  const lastRow = shareRowEnd(rows, columns, thread, threads);
  const column: isize = shareColumnStart(rows, columns, thread, threads);
  const count = shareColumnEnd(rows, columns, thread, threads) - <i32>column;
  const inputStride: isize = entry(args.inputStrides, rank - 1, 0);
  const outputStride: isize = entry(args.outputStrides, rank - 1, 0);
  for (let row = shareRowStart(rows, columns, thread, threads); row < lastRow; row++) {
    const input = args.input + rowOffset(row, rank, extents, args.inputStrides) + column * inputStride;
    const output = args.output + rowOffset(row, rank, extents, args.outputStrides) + column * outputStride;
    switch (args.outputType) {
      case ElementType.float32:
        castRow<T, f32>(output, outputStride, input, inputStride, count);
        break;
      case ElementType.int32:
        castRow<T, i32>(output, outputStride, input, inputStride, count);
        break;
      case ElementType.int64:
        castRow<T, i64>(output, outputStride, input, inputStride, count);
        break;
      case ElementType.bool:
        castRow<T, bool>(output, outputStride, input, inputStride, count);
        break;
      default:
        castRow<T, u8>(output, outputStride, input, inputStride, count);
    }
  }
}

// @ts-ignore: decorator
@inline
function castRow<From, To>(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  for (; count > 0; count--) {
    const value = load<From>(input);
    if (sizeof<To>() == 1 && isBoolean<To>()) store<u8>(output, u8(value != 0));
    else if (sizeof<To>() == 1) store<u8>(output, <u8>(<i32>value));
    // @ts-ignore: TypeScript converts no type parameter to another
    else store<To>(output, <To>value);
    input += inputStride;
    output += outputStride;
  }
}
