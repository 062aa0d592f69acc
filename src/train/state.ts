// What a trainer goes on from.

import type { Tensor } from '../tensor.js';

/** Everything that a trainer goes on from: with it a new trainer of the same network does the same, bit for bit. */
export interface TrainerState {
  /** Steps done. */
  readonly step: number;
  readonly learningRate: number;
  /** Parameters, statistics and what the optimiser keeps (`<parameter>/<state>`), by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}
