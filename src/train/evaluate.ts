// How good a network is on examples it doesn't learn from.

import { checkOptions } from '../options.js';
import type { Tensor } from '../tensor.js';
import { type Batch, type BatchOptions, batches, countExamples, type Dataset, isTensor } from './data.js';
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
  /** Loss, right ones among the labels (where targets are such) and prediction, in inference mode. */
  test(batch: Batch): { readonly loss: number; readonly correct?: number; readonly prediction: Tensor };
}

export interface EvaluateOptions extends Pick<BatchOptions, 'batchSize'> {
  /** Names of the classes, for what is printed. */
  readonly classNames?: readonly string[];
}

/** Means over examples as batches come in. */
export class Means {
  examples = 0;
  private lossSum = 0;
  private labels = 0;
  private correct = 0;

  add(batch: Batch, { loss, correct }: { readonly loss: number; readonly correct?: number }): void {
    const examples = countExamples(batch);
    this.examples += examples;
    this.lossSum += loss * examples;
    this.labels += isTensor(batch.targets) ? batch.targets.size : batch.targets.length;
    this.correct += correct ?? Number.NaN;
  }

  get loss(): number {
    return this.lossSum / this.examples;
  }

  get accuracy(): number | undefined {
    return Number.isNaN(this.correct) ? undefined : this.correct / this.labels;
  }
}

/**
 * Loss and figures of merit over `data`, batch by batch.
 * @throws QuadlaneError `ARGUMENT` for a data set without examples, and as `Trainer.test`
 */
export async function evaluate(learner: Tester, data: Dataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  const means = new Means();
  let classes: Classification | undefined;
  const { batchSize, classNames } = checkOptions('evaluate()', options, ['batchSize', 'classNames']);
  for await (const batch of batches(data, { ...(batchSize !== undefined && { batchSize }) }, new Random(0))) {
    const result = learner.test(batch);
    const { correct, prediction } = result;
    means.add(batch, result);
    if (correct === undefined || prediction.shape.length !== 2) continue;
    classes ??= new Classification(prediction.shape[1], { ...(classNames && { names: classNames }) });
    classes.add(prediction, labelsOf(batch));
  }
  const { loss, examples, accuracy } = means;
  return { loss, examples, ...(accuracy !== undefined && { accuracy }), ...(classes && { classes }) };
}

function labelsOf({ targets }: Batch): ArrayLike<number | bigint> {
  return isTensor(targets) ? targets.data : targets;
}
