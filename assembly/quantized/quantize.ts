// Between floats and 8-bit integers: value = (integer - zero) * scale, over any strides.
import { ElementType, loadInteger } from "../primitives/element_type";
import { StridedArgs, walkRows } from "../primitives/strides";


@unmanaged
class QuantizeArgs extends StridedArgs {
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
  walkRows<QuantizeArgs>(args, 4, thread, threads, quantizeRow);
}

/** output (f32) = (input - zero) * scale for input of i8, u8 or i32. */
export function dequantize(args: QuantizeArgs, thread: i32, threads: i32): void {
  walkRows<QuantizeArgs>(args, 4, thread, threads, dequantizeRow);
}

function quantizeRow(
  args: QuantizeArgs,
  count: i32,
  input: usize,
  inputStride: isize,
  scale: usize,
  scaleStride: isize,
  zero: usize,
  zeroStride: isize,
  output: usize,
  outputStride: isize,
): void {
  const isSigned = args.type == ElementType.int8;
  const low: f32 = isSigned ? -128 : 0;
  const high: f32 = isSigned ? 127 : 255;
  for (; count > 0; count--) {
    const value = nearest<f32>(load<f32>(input) / load<f32>(scale)) + <f32>zeroAt(args, zero);
    store<u8>(output, <u8>(<i32>max<f32>(low, min<f32>(high, value))));
    input += inputStride;
    scale += scaleStride;
    zero += zeroStride;
    output += outputStride;
  }
}

function dequantizeRow(
  args: QuantizeArgs,
  count: i32,
  input: usize,
  inputStride: isize,
  scale: usize,
  scaleStride: isize,
  zero: usize,
  zeroStride: isize,
  output: usize,
  outputStride: isize,
): void {
  for (; count > 0; count--) {
    store<f32>(output, <f32>(<i32>loadInteger(args.type, input) - zeroAt(args, zero)) * load<f32>(scale));
    input += inputStride;
    scale += scaleStride;
    zero += zeroStride;
    output += outputStride;
  }
}

// @ts-ignore: decorator
@inline
function zeroAt(args: QuantizeArgs, address: usize): i32 {
  return args.zero ? <i32>loadInteger(args.type, address) : 0;
}
