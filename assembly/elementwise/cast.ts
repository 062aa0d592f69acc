// Conversion between element types, over any strides.
import { ElementType } from "../primitives/element_type";
import { StridedArgs, walkRows } from "../primitives/strides";


@unmanaged
class CastArgs extends StridedArgs {
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
  assert(args.outputType >= ElementType.float32 && args.outputType <= ElementType.bool);
  walkRows<CastArgs>(args, 2, thread, threads, (args, count, input, inputStride, output, outputStride) => {
    switch (args.inputType) {
      case ElementType.float32:
        return castFrom<f32>(args.outputType, output, outputStride, input, inputStride, count);
      case ElementType.int32:
        return castFrom<i32>(args.outputType, output, outputStride, input, inputStride, count);
      case ElementType.int64:
        return castFrom<i64>(args.outputType, output, outputStride, input, inputStride, count);
      case ElementType.int8:
        return castFrom<i8>(args.outputType, output, outputStride, input, inputStride, count);
      default:
        return castFrom<u8>(args.outputType, output, outputStride, input, inputStride, count);
    }
  });
}

function castFrom<T>(
  type: i32,
  output: usize,
  outputStride: isize,
  input: usize,
  inputStride: isize,
  count: i32,
): void {
  switch (type) {
    case ElementType.float32:
      return castRow<T, f32>(output, outputStride, input, inputStride, count);
    case ElementType.int32:
      return castRow<T, i32>(output, outputStride, input, inputStride, count);
    case ElementType.int64:
      return castRow<T, i64>(output, outputStride, input, inputStride, count);
    case ElementType.bool:
      return castRow<T, bool>(output, outputStride, input, inputStride, count);
    default:
      return castRow<T, u8>(output, outputStride, input, inputStride, count);
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
