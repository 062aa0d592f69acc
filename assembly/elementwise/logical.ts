// Logic on bytes, where 0 is false and anything else is true.
import { PairArgs, walkRows } from "../primitives/strides";

/** Operations of `u8_logical`; `not` is of the left operand. */
const enum Logical {
  and,
  or,
  xor,
  not,
}


@unmanaged
class LogicalArgs extends PairArgs {
  /** A Logical. */
  operation: i32;
}

/** output = left operation right, 0 or 1; strides of the operands may be 0 (broadcast). */
export function u8_logical(args: LogicalArgs, thread: i32, threads: i32): void {
  assert(args.operation >= Logical.and && args.operation <= Logical.not);
  walkRows<LogicalArgs>(
    args,
    3,
    thread,
    threads,
    (args, count, left, leftStride, right, rightStride, output, outputStride) => {
      for (; count > 0; count--) {
        const a = i32(load<u8>(left) != 0);
        const b = i32(load<u8>(right) != 0);
        let result = a & b;
        if (args.operation == Logical.or) result = a | b;
        else if (args.operation == Logical.xor) result = a ^ b;
        else if (args.operation == Logical.not) result = a ^ 1;
        store<u8>(output, result);
        left += leftStride;
        right += rightStride;
        output += outputStride;
      }
    },
  );
}
