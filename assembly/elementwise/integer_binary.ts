// Elementwise arithmetic of two integer operands over any strides, one element at a time: they carry shapes and
// indices.
import { Binary, IntegerBinaryArgs } from "./binary_arguments";
import { loadInteger, storeInteger } from "../primitives/element_type";
import { integerArithmetic } from "./integer_arithmetic";
import { walkRows } from "../primitives/strides";

/**
 * output = left operation right, modulo 2^bits; operand strides may be 0 (broadcast). Division cuts toward zero;
 * division by 0 gives 0, and so does what it leaves; powers are of integers, those with a negative exponent are cut
 * toward zero.
 */
export function integer_binary(args: IntegerBinaryArgs, thread: i32, threads: i32): void {
  assert(args.operation >= Binary.add && args.operation <= Binary.remainder);
  walkRows<IntegerBinaryArgs>(
    args,
    3,
    thread,
    threads,
    (args, count, left, leftStride, right, rightStride, output, outputStride) => {
      for (; count > 0; count--) {
        const a = loadInteger(args.type, left);
        const b = loadInteger(args.rightType, right);
        storeInteger(args.type, output, integerArithmetic(args.operation, a, b));
        left += leftStride;
        right += rightStride;
        output += outputStride;
      }
    },
  );
}
