// Comparison and selection of elements that aren't 4-byte floats, one at a time: they carry shapes, indices and masks.
import { CompareArgs, Comparison, WhereArgs } from "./compare_arguments";
import { walkRows } from "../primitives/strides";

/** output (u8) = left operation right ? 1 : 0, for i32 operands whose strides may be 0 (broadcast). */
export function i32_compare(args: CompareArgs, thread: i32, threads: i32): void {
  compareIntegers<i32>(args, thread, threads);
}

/** As i32_compare, for i64. */
export function i64_compare(args: CompareArgs, thread: i32, threads: i32): void {
  compareIntegers<i64>(args, thread, threads);
}

/** As i32_compare, for i8. */
export function i8_compare(args: CompareArgs, thread: i32, threads: i32): void {
  compareIntegers<i8>(args, thread, threads);
}

/** As i32_compare, for u8. */
export function u8_compare(args: CompareArgs, thread: i32, threads: i32): void {
  compareIntegers<u8>(args, thread, threads);
}

/** output = condition ? left : right, for any elements of 1 byte and conditions of one byte (0 is false). */
export function where_1(args: WhereArgs, thread: i32, threads: i32): void {
  choose<u8>(args, thread, threads);
}

/** As where_1, for elements of 2 bytes. */
export function where_2(args: WhereArgs, thread: i32, threads: i32): void {
  choose<u16>(args, thread, threads);
}

/** As where_1, for elements of 8 bytes. */
export function where_8(args: WhereArgs, thread: i32, threads: i32): void {
  choose<u64>(args, thread, threads);
}

function compareIntegers<T>(args: CompareArgs, thread: i32, threads: i32): void {
  assert(args.operation >= Comparison.less && args.operation <= Comparison.greaterOrEqual);
  walkRows<CompareArgs>(
    args,
    3,
    thread,
    threads,
    (args, count, left, leftStride, right, rightStride, output, outputStride) => {
      for (; count > 0; count--) {
        store<u8>(output, u8(holds<T>(args.operation, load<T>(left), load<T>(right))));
        left += leftStride;
        right += rightStride;
        output += outputStride;
      }
    },
  );
}

// @ts-ignore: decorator
@inline
function holds<T>(operation: i32, a: T, b: T): bool {
  switch (operation) {
    case Comparison.less:
      return a < b;
    case Comparison.greater:
      return a > b;
    case Comparison.equal:
      return a == b;
    case Comparison.lessOrEqual:
      return a <= b;
    default:
      return a >= b;
  }
}

function choose<T>(args: WhereArgs, thread: i32, threads: i32): void {
  walkRows<WhereArgs>(
    args,
    4,
    thread,
    threads,
    (_, count, condition, conditionStride, left, leftStride, right, rightStride, output, outputStride) => {
      for (; count > 0; count--) {
        store<T>(output, load<u8>(condition) != 0 ? load<T>(left) : load<T>(right));
        condition += conditionStride;
        left += leftStride;
        right += rightStride;
        output += outputStride;
      }
    },
  );
}
