// What comparison and selection take, whatever the elements.
import { PairArgs, StridedArgs } from "../primitives/strides";

/** Relations of the compare kernels; each is false where an operand is NaN. */
export const enum Comparison {
  less,
  greater,
  equal,
  lessOrEqual,
  greaterOrEqual,
}


@unmanaged
export class CompareArgs extends PairArgs {
  /** A Comparison. */
  operation: i32;
}


@unmanaged
export class WhereArgs extends StridedArgs {
  condition: usize;
  conditionStrides: usize;
  left: usize;
  leftStrides: usize;
  right: usize;
  rightStrides: usize;
  output: usize;
  outputStrides: usize;
}
