// What comparison and selection take, whatever the elements.

/** Relations of the compare kernels; each is false where an operand is NaN. */
export const enum Comparison {
  less,
  greater,
  equal,
  lessOrEqual,
  greaterOrEqual,
}


@unmanaged
export class CompareArgs {
  rank: i32;
  extents: usize;
  left: usize;
  leftStrides: usize;
  right: usize;
  rightStrides: usize;
  output: usize;
  outputStrides: usize;
  /** A Comparison. */
  operation: i32;
}


@unmanaged
export class WhereArgs {
  rank: i32;
  extents: usize;
  condition: usize;
  conditionStrides: usize;
  left: usize;
  leftStrides: usize;
  right: usize;
  rightStrides: usize;
  output: usize;
  outputStrides: usize;
}
