// Conversion between element types, over any strides.
import { ElementType } from "../primitives/element_type";
import { floatOfHalf, floatsOfHalves, halfOf, halvesOf } from "../primitives/half";
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
 * and NaN 0; integers keep their lowest bits; to bool, anything but 0 is 1. To floats the nearest one, ties to even, straight
 * from what the input is.
 */
export function cast(args: CastArgs, thread: i32, threads: i32): void {
  assert(args.outputType >= ElementType.float32 && args.outputType <= ElementType.float64);
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
      case ElementType.float16:
        return castFrom<u16>(args.outputType, output, outputStride, input, inputStride, count);
      case ElementType.float64:
        return castFrom<f64>(args.outputType, output, outputStride, input, inputStride, count);
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
    case ElementType.float16:
      return castRow<T, u16>(output, outputStride, input, inputStride, count);
    case ElementType.float64:
      return castRow<T, f64>(output, outputStride, input, inputStride, count);
    default:
      return castRow<T, u8>(output, outputStride, input, inputStride, count);
  }
}

/** A row; u16 stands for halves. */
// @ts-ignore: decorator
@inline
function castRow<From, To>(output: usize, outputStride: isize, input: usize, inputStride: isize, count: i32): void {
  if (inputStride == sizeof<From>() && outputStride == sizeof<To>()) {
    // By eight where there are vectors for it.
    const done = sizeof<From>() == 2 ? widened<To>(output, input, count) : narrowed<From, To>(output, input, count);
    input += done * sizeof<From>();
    output += done * sizeof<To>();
    count -= done;
  }
  for (; count > 0; count--) {
    if (sizeof<From>() == 2) castElement<f32, To>(output, floatOfHalf(load<u16>(input)));
    else castElement<From, To>(output, load<From>(input));
    input += inputStride;
    output += outputStride;
  }
}

// @ts-ignore: decorator
@inline
function castElement<From, To>(output: usize, value: From): void {
  // @ts-ignore: TypeScript compares and converts no type parameters
  if (isBoolean<To>()) store<u8>(output, u8(value != 0));
  // @ts-ignore: as above
  else if (sizeof<To>() == 1) store<u8>(output, <u8>(<i32>value));
  // @ts-ignore: as above
  else if (sizeof<To>() == 2) store<u16>(output, halfOf(<f64>value));
  // @ts-ignore: as above
  else store<To>(output, <To>value);
}

/** Makes floats of halves, where it is that; returns how many. */
// @ts-ignore: decorator
@inline
function widened<To>(output: usize, input: usize, count: i32): i32 {
  if (sizeof<To>() != 4 || !isFloat<To>()) return 0;
  const whole = count & ~7;
  for (const end = input + 2 * whole; input < end; input += 16, output += 32) {
    const halves = v128.load(input);
    v128.store(output, floatsOfHalves(i32x4.extend_low_i16x8_u(halves)));
    v128.store(output, floatsOfHalves(i32x4.extend_high_i16x8_u(halves)), 16);
  }
  return whole;
}

/** Makes halves of floats, where it is that; returns how many. */
// @ts-ignore: decorator
@inline
function narrowed<From, To>(output: usize, input: usize, count: i32): i32 {
  if (sizeof<To>() != 2 || sizeof<From>() != 4 || !isFloat<From>()) return 0;
  const whole = count & ~7;
  for (const end = output + 2 * whole; output < end; input += 32, output += 16) {
    v128.store(output, i16x8.narrow_i32x4_u(halvesOf(v128.load(input)), halvesOf(v128.load(input, 16))));
  }
  return whole;
}
