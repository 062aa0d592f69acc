// Element-wise functions of 8-bit integers that stand for floats, without floats in memory.
import { StridedArgs, walkRows } from "../primitives/strides";
import { storeBytes } from "../primitives/tail";
import { extended, wholes } from "./quantize";
import { byteAt, cutBytes } from "./requantize";

/** What is done with two numbers. */
const enum QuantizedBinary {
  add,
  sub,
  mul,
}


@unmanaged
class QuantizedBinaryArgs extends StridedArgs {
  /** i8 or u8; strides of the last axis are 0 or 1. */
  left: usize;
  leftStrides: usize;
  right: usize;
  rightStrides: usize;
  output: usize;
  outputStrides: usize;
  /** f32[1] each. */
  leftScale: usize;
  rightScale: usize;
  scale: usize;
  /** One element of each one's type; 0: none. */
  leftZero: usize;
  rightZero: usize;
  zero: usize;
  /** ElementType of each. */
  leftType: i32;
  rightType: i32;
  type: i32;
  /** Entry of QuantizedBinary. */
  operation: i32;
  /** Least and greatest result: the bounds of an activation. */
  low: i32;
  high: i32;
}

/** What quantize makes of the sum, difference or product of what dequantize makes of two tensors, in one pass. */
export function quantized_binary(args: QuantizedBinaryArgs, thread: i32, threads: i32): void {
  walkRows<QuantizedBinaryArgs>(args, 3, thread, threads, binaryRow);
}

function binaryRow(
  args: QuantizedBinaryArgs,
  count: i32,
  left: usize,
  leftStride: isize,
  right: usize,
  rightStride: isize,
  output: usize,
  outputStride: isize,
  _d: usize,
  _dStride: isize,
): void {
  const operation = args.operation;
  const type = args.type;
  const leftScale = v128.load32_splat(args.leftScale);
  const rightScale = v128.load32_splat(args.rightScale);
  const scale = v128.load32_splat(args.scale);
  const leftZero = i16x8.splat(<i16>(args.leftZero ? byteAt(args.leftType, args.leftZero) : 0));
  const rightZero = i16x8.splat(<i16>(args.rightZero ? byteAt(args.rightType, args.rightZero) : 0));
  const origin = args.zero ? byteAt(type, args.zero) : 0;
  const zero = f32x4.splat(<f32>origin);
  const low = i8x16.splat(<i8>args.low);
  const high = i8x16.splat(<i8>args.high);
  for (; count > 0; count -= 8) {
    const a = i16x8.sub(
      extended(args.leftType, leftStride ? v128.load64_zero(left) : v128.load8_splat(left)),
      leftZero,
    );
    const b = i16x8.sub(
      extended(args.rightType, rightStride ? v128.load64_zero(right) : v128.load8_splat(right)),
      rightZero,
    );
    const first = combined(
      operation,
      f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(a)), leftScale),
      f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(b)), rightScale),
    );
    const second = combined(
      operation,
      f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(a)), leftScale),
      f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(b)), rightScale),
    );
    const halves = i16x8.narrow_i32x4_s(wholes(first, scale, zero), wholes(second, scale, zero));
    const bytes = cutBytes(type, halves, halves, low, high);
    if (count >= 8) v128.store64_lane(output, bytes, 0);
    else storeBytes(output, bytes, count);
    left += leftStride << 3;
    right += rightStride << 3;
    output += 8;
  }
}

// @ts-ignore: decorator
@inline
function combined(operation: i32, a: v128, b: v128): v128 {
  if (operation == QuantizedBinary.add) return f32x4.add(a, b);
  return operation == QuantizedBinary.sub ? f32x4.sub(a, b) : f32x4.mul(a, b);
}


@unmanaged
class LookUpArgs extends StridedArgs {
  /** Of one byte each. */
  input: usize;
  inputStrides: usize;
  output: usize;
  outputStrides: usize;
  /** 256 bytes: what each byte becomes, taken as unsigned. */
  table: usize;
}

/** Any function of 8-bit integers: output = table[input]. */
export function look_up(args: LookUpArgs, thread: i32, threads: i32): void {
  walkRows<LookUpArgs>(args, 2, thread, threads, lookUpRow);
}

function lookUpRow(
  args: LookUpArgs,
  count: i32,
  input: usize,
  inputStride: isize,
  output: usize,
  outputStride: isize,
  _c: usize,
  _cStride: isize,
  _d: usize,
  _dStride: isize,
): void {
  const table = args.table;
  for (; count > 0; count--, input += inputStride, output += outputStride) {
    store<u8>(output, load<u8>(table + <usize>load<u8>(input)));
  }
}
