// Comparison to bytes and selection by bytes, over any strides.
import { CompareArgs, Comparison, WhereArgs } from "./compare_arguments";
import { gather, scatter } from "../primitives/gather";
import { walkRows } from "../primitives/strides";

/** output (u8) = left operation right ? 1 : 0, for f32 operands whose strides may be 0 (broadcast). */
export function f32_compare(args: CompareArgs, thread: i32, threads: i32): void {
  assert(args.operation >= Comparison.less && args.operation <= Comparison.greaterOrEqual);
  walkRows<CompareArgs>(
    args,
    3,
    thread,
    threads,
    (args, count, left, leftStride, right, rightStride, output, outputStride) =>
      compareRow(args.operation, output, outputStride, left, leftStride, right, rightStride, count),
  );
}

function compareRow(
  operation: i32,
  output: usize,
  outputStride: isize,
  left: usize,
  leftStride: isize,
  right: usize,
  rightStride: isize,
  count: i32,
): void {
  switch (operation) {
    case Comparison.less:
      return lessRow(output, outputStride, left, leftStride, right, rightStride, count);
    case Comparison.greater:
      return lessRow(output, outputStride, right, rightStride, left, leftStride, count);
    case Comparison.equal:
      return equalRow(output, outputStride, left, leftStride, right, rightStride, count);
    case Comparison.lessOrEqual:
      return lessOrEqualRow(output, outputStride, left, leftStride, right, rightStride, count);
    default:
      return lessOrEqualRow(output, outputStride, right, rightStride, left, leftStride, count);
  }
}

// @ts-ignore: decorator
@inline
function relationRow(
  operation: i32,
  output: usize,
  outputStride: isize,
  left: usize,
  leftStride: isize,
  right: usize,
  rightStride: isize,
  count: i32,
): void {
  for (; count > 0; count -= 4) {
    const a = leftStride == 4 ? v128.load(left) : gather(left, leftStride, count);
    const b = rightStride == 4 ? v128.load(right) : gather(right, rightStride, count);
    let mask: v128;
    if (operation == Comparison.less) mask = f32x4.lt(a, b);
    else if (operation == Comparison.equal) mask = f32x4.eq(a, b);
    else mask = f32x4.le(a, b);
    const words = i32x4.shr_u(mask, 31);
    const halves = i16x8.narrow_i32x4_s(words, words);
    const bytes = i8x16.narrow_i16x8_s(halves, halves);
    if (outputStride == 1 && count > 3) {
      v128.store32_lane(output, bytes, 0);
    } else {
      v128.store8_lane(output, bytes, 0);
      if (count > 1) v128.store8_lane(output + outputStride, bytes, 1);
      if (count > 2) v128.store8_lane(output + 2 * outputStride, bytes, 2);
      if (count > 3) v128.store8_lane(output + 3 * outputStride, bytes, 3);
    }
    left += 4 * leftStride;
    right += 4 * rightStride;
    output += 4 * outputStride;
  }
}

// A function for each: the optimiser would merge the loops of one switch before it knows their operations.

function lessRow(
  output: usize,
  outputStride: isize,
  left: usize,
  leftStride: isize,
  right: usize,
  rightStride: isize,
  count: i32,
): void {
  relationRow(Comparison.less, output, outputStride, left, leftStride, right, rightStride, count);
}

function equalRow(
  output: usize,
  outputStride: isize,
  left: usize,
  leftStride: isize,
  right: usize,
  rightStride: isize,
  count: i32,
): void {
  relationRow(Comparison.equal, output, outputStride, left, leftStride, right, rightStride, count);
}

function lessOrEqualRow(
  output: usize,
  outputStride: isize,
  left: usize,
  leftStride: isize,
  right: usize,
  rightStride: isize,
  count: i32,
): void {
  relationRow(Comparison.lessOrEqual, output, outputStride, left, leftStride, right, rightStride, count);
}

/** output = condition ? left : right, for any elements of 4 bytes and conditions of one byte (0 is false). */
export function where_4(args: WhereArgs, thread: i32, threads: i32): void {
  walkRows<WhereArgs>(
    args,
    4,
    thread,
    threads,
    (_, count, condition, conditionStride, left, leftStride, right, rightStride, output, outputStride) => {
      for (; count > 0; count -= 4) {
        const isFalse = i32x4.eq(loadBytes(condition, conditionStride, count), i32x4.splat(0));
        const a = leftStride == 4 ? v128.load(left) : gather(left, leftStride, count);
        const b = rightStride == 4 ? v128.load(right) : gather(right, rightStride, count);
        const result = v128.bitselect(b, a, isFalse);
        if (outputStride == 4 && count > 3) v128.store(output, result);
        else scatter(output, outputStride, result, count);
        condition += 4 * conditionStride;
        left += 4 * leftStride;
        right += 4 * rightStride;
        output += 4 * outputStride;
      }
    },
  );
}

/** Four bytes, one in each lane of 32 bits; of strided ones only the first `count` are touched. */
// @ts-ignore: decorator
@inline
function loadBytes(address: usize, stride: isize, count: i32): v128 {
  if (stride == 1) return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(address)));
  let v = i32x4.splat(load<u8>(address));
  if (count > 1) v = i32x4.replace_lane(v, 1, load<u8>(address + stride));
  if (count > 2) v = i32x4.replace_lane(v, 2, load<u8>(address + 2 * stride));
  if (count > 3) v = i32x4.replace_lane(v, 3, load<u8>(address + 3 * stride));
  return v;
}
