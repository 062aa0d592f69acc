// quadlane/train: training in WebAssembly. A step (forward, loss, backward, update) is one program in linear memory.

import { engineFor } from '../model/load.js';
import type { Trainable } from './parameters.js';
import { requireOptions, Trainer, type TrainerOptions } from './trainer.js';

export { Augmentation, type AugmentationOptions, augmentation } from './augmentation/augmentation.js';
export { mixup } from './augmentation/mixup.js';
export { type ChannelStatistics, channelStatistics, normalize } from './augmentation/normalization.js';
export { type Picture, preview } from './augmentation/preview.js';
export { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
export { type Augment, type Batch, type BatchOptions, batches, type Dataset } from './data.js';
export type { BestEpoch, EarlyStopping } from './earlyStopping.js';
export type { EvaluateOptions, Evaluation } from './evaluate.js';
export type { FitOptions, Progress } from './fit.js';
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  type CrossEntropyOptions,
  crossEntropy,
  huber,
  klDivergence,
  type Loss,
  type LossOptions,
  l1,
  type MultiMarginOptions,
  meanSquaredError,
  multiMargin,
  type Reduction,
  smoothL1,
} from './losses.js';
export { Classification, type ClassMetrics } from './metrics.js';
export { NearestNeighbours, type NeighboursOptions, nearestNeighbours } from './neighbours.js';
export {
  type AdadeltaOptions,
  type AdagradOptions,
  type AdamOptions,
  adadelta,
  adagrad,
  adam,
  adamW,
  type NadamOptions,
  nadam,
  type Optimizer,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  sgd,
} from './optimizers.js';
export type { Frozen, Trainable } from './parameters.js';
export { Random, type RandomState } from './random.js';
export * from './schedules.js';
export type { TrainerState } from './state.js';
export type { StepResult, TestResult, Trainer, TrainerOptions } from './trainer.js';

/** What `createTrainer` takes. */
export interface CreateTrainerOptions extends TrainerOptions {
  /** The compiled binary, for hosts that can't fetch or compile one; it should match `deterministic`. */
  readonly wasm?: WebAssembly.Module;
}

/**
 * Prepares a network of quadlane/layers or quadlane/zoo, or a loaded model, for training. The network itself stays as it
 * is: the trainer has copies of its parameters.
 * @throws QuadlaneError `ARGUMENT` when nothing is left to train, `LIMIT`, `MEMORY`, `HOST`
 */
export async function createTrainer(network: Trainable, options: CreateTrainerOptions): Promise<Trainer> {
  requireOptions(network, options);
  const engine = await engineFor(options, true);
  const trainer = new Trainer(network, engine, options);
  await engine.settled?.();
  return trainer;
}
