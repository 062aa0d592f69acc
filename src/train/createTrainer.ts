// How a trainer comes to its engine.

import { engineFor } from '../model/load.js';
import type { Trainable } from './parameters.js';
import { Trainer } from './trainer.js';
import { requireOptions, type TrainerOptions } from './trainerOptions.js';

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
