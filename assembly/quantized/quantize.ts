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
  if (inputStride == 4 && outputStride == 1 && (scaleStride | zeroStride) == 0 && count >= 16) {
    const factor = v128.load32_splat(scale);
    const origin = f32x4.splat(<f32>zeroAt(args, zero));
    for (; count >= 16; count -= 16, input += 64, output += 16) {
      const a = wholes(v128.load(input), factor, origin);
      const b = wholes(v128.load(input, 16), factor, origin);
      const c = wholes(v128.load(input, 32), factor, origin);
      const d = wholes(v128.load(input, 48), factor, origin);
      const ab = i16x8.narrow_i32x4_s(a, b);
      const cd = i16x8.narrow_i32x4_s(c, d);
      v128.store(output, isSigned ? i8x16.narrow_i16x8_s(ab, cd) : i8x16.narrow_i16x8_u(ab, cd));
    }
  }
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
  const isByte = args.type == ElementType.int8 || args.type == ElementType.uint8;
  if (isByte && inputStride == 1 && outputStride == 4 && (scaleStride | zeroStride) == 0) {
    const factor = v128.load32_splat(scale);
    const origin = i16x8.splat(<i16>zeroAt(args, zero));
    for (; count >= 8; count -= 8, input += 8, output += 32) {
      const halves = i16x8.sub(extended(args.type, v128.load64_zero(input)), origin);
      v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(halves)), factor));
      v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(halves)), factor), 16);
    }
  }
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

/** nearest(values / scale) + zero as 32-bit integers, which saturate; 0 for NaN. */
// @ts-ignore: decorator
@inline
export function wholes(values: v128, scale: v128, zero: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.nearest(f32x4.div(values, scale)), zero));
}

/** The first eight bytes of `type` as 16-bit integers. */
// @ts-ignore: decorator
@inline
export function extended(type: i32, bytes: v128): v128 {
  return type == ElementType.int8 ? i16x8.extend_low_i8x16_s(bytes) : i16x8.extend_low_i8x16_u(bytes);
}
