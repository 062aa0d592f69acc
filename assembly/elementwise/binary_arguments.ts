// What arithmetic of two operands takes, whatever the elements.
import { PairArgs } from "../primitives/strides";

/** Functions of the binary kernels; min and max of floats give NaN where either operand is NaN. */
export const enum Binary {
  add,
  sub,
  mul,
  div,
  min,
  max,
  pow,
  /** What division leaves, with the sign of the divisor. */
  mod,
  /** What division leaves, with the sign of the dividend. */
  remainder,
}


@unmanaged
export class BinaryArgs extends PairArgs {
  /** A Binary. */
  operation: i32;
  /** An Activation. */
  activation: i32;
  alpha: f32;
  beta: f32;
}


@unmanaged
export class IntegerBinaryArgs extends PairArgs {
  /** A Binary. */
  operation: i32;
  /** ElementType of the left operand and the result. */
  type: i32;
  /** ElementType of the right operand. */
  rightType: i32;
}
