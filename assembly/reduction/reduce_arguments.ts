// What reductions take, whatever the elements.

/** Functions of the reduce kernels, as the ONNX operators Reduce... define them. */
export const enum Reduction {
  sum,
  mean,
  max,
  min,
  prod,
  l1,
  l2,
  sumSquare,
  logSum,
  logSumExp,
}


@unmanaged
export class ReduceArgs {
  input: usize;
  output: usize;
  /** Dimensions of the output. */
  keptRank: i32;
  keptExtents: usize;
  keptInputStrides: usize;
  outputStrides: usize;
  /** Dimensions that are folded. */
  reducedRank: i32;
  reducedExtents: usize;
  reducedStrides: usize;
  /** A Reduction. */
  operation: i32;
}


@unmanaged
export class IntegerReduceArgs {
  input: usize;
  output: usize;
  /** Dimensions of the output. */
  keptRank: i32;
  keptExtents: usize;
  keptInputStrides: usize;
  outputStrides: usize;
  /** Dimensions that are folded. */
  reducedRank: i32;
  reducedExtents: usize;
  reducedStrides: usize;
  /** A Reduction. */
  operation: i32;
  /** An ElementType. */
  type: i32;
}
