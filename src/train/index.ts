// quadlane/train: training in WebAssembly. A step (forward, loss, backward, update) is one program in linear memory.

import { engineFor } from '../model/load.js';
import type { Trainable } from './parameters.js';
import { Trainer } from './trainer.js';
import { requireOptions, type TrainerOptions } from './trainerOptions.js';

export type { CalibrationMethod, CalibrationOptions, Quantizable } from '../quantize/index.js';
export { Augmentation, type AugmentationOptions, augmentation } from './augmentation/augmentation.js';
export { type MixupOptions, mixup } from './augmentation/mixup.js';
export { type ChannelStatistics, channelStatistics, normalize } from './augmentation/normalization.js';
export { type Picture, type PreviewOptions, preview } from './augmentation/preview.js';
export { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
export type { Constraint } from './constraints.js';
export * as constraints from './constraints.js';
export { type Augment, type Batch, type BatchOptions, batches, type Dataset } from './data.js';
export type { BestEpoch, EarlyStopping } from './earlyStopping.js';
export type { EvaluateOptions, Evaluation } from './evaluate.js';
export type { FitOptions, Progress } from './fit.js';
export type { Loss, Reduction } from './loss.js';
export * as losses from './losses.js';
export { Classification, type ClassificationOptions, type ClassMetrics } from './metrics.js';
export { NearestNeighbours, type NeighboursOptions, nearestNeighbours } from './neighbours.js';
export type { Optimizer } from './optimizers/optimizer.js';
export * as optimizers from './optimizers.js';
export type { Frozen, Trainable } from './parameters.js';
export type { Penalty } from './penalties.js';
export * as penalties from './penalties.js';
export { quantizationAware } from './quantizationAware.js';
export { Random, type RandomState } from './random.js';
export type { Schedule } from './schedules.js';
export * as schedules from './schedules.js';
export type { TrainerState } from './state.js';
export type { StepResult, TestResult, Trainer } from './trainer.js';
export type { TrainerOptions } from './trainerOptions.js';

/**
 * Prepares a network of quadlane/layers or quadlane/zoo, or a loaded model, for training. The network itself stays as it
 * is: the trainer has copies of its parameters.
 * @throws QuadlaneError `ARGUMENT` when nothing is left to train, `LIMIT`, `MEMORY`, `HOST`
 */
export async function createTrainer<Output extends string>(
  network: Trainable<Output>,
  options: TrainerOptions,
): Promise<Trainer<Output>> {
  requireOptions(network, options);
  const engine = await engineFor(options, true);
  const trainer = new Trainer(network, engine, options);
  await engine.settled?.();
  return trainer;
}
