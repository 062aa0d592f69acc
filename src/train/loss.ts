// What a loss is, and the one number that it comes to. The losses themselves are in losses.ts.

import type { Composition } from '../ops/operator.js';
import type { DType, Tensor, TensorType } from '../tensor.js';

/** Losses of single rows or elements, before they become one number. */
export interface Terms {
  readonly values: string;
  /** What a mean divides by, a float32 `[]`; the number of values where it is absent. */
  readonly divisor?: string;
}

export interface Loss {
  readonly name: string;
  /**
   * The type in which targets for a prediction are taken.
   * @param dtype that of the targets as they were given
   * @throws QuadlaneError `SHAPE` when such targets don't go with the prediction
   */
  targets(prediction: TensorType, given: TensorType): DType;
  /**
   * Checks the values of targets before they are used.
   * @throws QuadlaneError `ARGUMENT` naming the first that is out of range
   */
  check?(targets: Tensor, prediction: TensorType): void;
  /** The axis of the prediction that counts classes, where targets of this type are labels. */
  classAxis?(prediction: TensorType, targets: TensorType): number | undefined;
  /** Builds the losses of rows or elements. */
  terms(build: Composition, prediction: string, targets: string): Terms;
  readonly reduction: Reduction;
}

/** `mean` over rows or elements, their `sum`, or, for losses of distributions, the sum over the number of rows. */
export type Reduction = 'mean' | 'sum' | 'batchMean';

/** The one number that a loss comes to. */
export function buildLoss(build: Composition, loss: Loss, prediction: string, targets: string): string {
  const { values, divisor } = loss.terms(build, prediction, targets);
  const total = (reduction: string) => build.apply('reduce', [values], { reduction, keepDims: false });
  if (loss.reduction === 'batchMean') {
    return build.binary('mul', total('sum'), build.scalar(1 / build.type(prediction).shape[0]));
  }
  if (loss.reduction === 'sum') return total('sum');
  return divisor === undefined ? total('mean') : build.binary('div', total('sum'), divisor);
}
