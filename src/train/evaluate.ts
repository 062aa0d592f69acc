// How good a network is on examples it doesn't learn from.

import { Tensor } from '../tensor.js';
import { type Batch, type BatchOptions, batches, countExamples, type Dataset } from './data.js';
import { Classification } from './metrics.js';
import { Random } from './random.js';

/** What a network makes of a data set. */
export interface Evaluation {
  /** Mean over the examples. */
  readonly loss: number;
  readonly examples: number;
  /** Part of the predictions that were right; only where targets are labels. */
  readonly accuracy?: number;
  /** Confusion matrix, precision and recall, top-k: where each example has one label. */
  readonly classes?: Classification;
}

/** What `evaluate` needs of a trainer. */
export interface Tester {
  /** Loss and prediction in inference mode; `accuracy` only where targets are labels. */
  test(batch: Batch): { readonly loss: number; readonly accuracy?: number; readonly prediction: Tensor };
}

export interface EvaluateOptions extends Pick<BatchOptions, 'batchSize'> {
  /** Names of the classes, for what is printed. */
  readonly classNames?: readonly string[];
}

/** Means over examples as batches come in. */
export class Means {
  examples = 0;
  private lossSum = 0;
  private accuracySum = 0;

  add(examples: number, loss: number, accuracy: number | undefined): void {
    this.examples += examples;
    this.lossSum += loss * examples;
    this.accuracySum += (accuracy ?? Number.NaN) * examples;
  }

  get loss(): number {
    return this.lossSum / this.examples;
  }

  get accuracy(): number | undefined {
    const mean = this.accuracySum / this.examples;
    return Number.isNaN(mean) ? undefined : mean;
  }
}

/**
 * Loss and figures of merit over `data`, batch by batch.
 * @throws QuadlaneError `ARGUMENT` for a data set without examples, and as `Trainer.test`
 */
export async function evaluate(learner: Tester, data: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  const means = new Means();
  let classes: Classification | undefined;
  for await (const batch of batches(data, options, new Random(0))) {
    const { loss, accuracy, prediction } = learner.test(batch);
    means.add(countExamples(batch), loss, accuracy);
    if (accuracy === undefined || prediction.shape.length !== 2) continue;
    classes ??= new Classification(prediction.shape[1], { ...(options.classNames && { names: options.classNames }) });
    classes.add(prediction, labelsOf(batch));
  }
  const { loss, examples, accuracy } = means;
  return { loss, examples, ...(accuracy !== undefined && { accuracy }), ...(classes && { classes }) };
}

function labelsOf({ targets }: Batch): ArrayLike<number | bigint> {
  return targets instanceof Tensor ? targets.data : targets;
}
