// What a trainer goes on from.

import { QuadlaneError } from '../errors.js';
import { numberIn } from '../options.js';
import { shown } from '../printable.js';
import { kindOf, type Tensor } from '../tensor.js';

/** Everything that a trainer goes on from: with it a new trainer of the same network does the same, bit for bit. */
export interface TrainerState {
  /** Steps done. */
  readonly step: number;
  readonly learningRate: number;
  /** Name of the optimiser that the tensors are of. */
  readonly optimizer: string;
  /** Parameters, statistics and what the optimiser keeps (`<parameter>/<state>`), by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Steps are counted in 32 bits. */
const MOST_STEPS = 2 ** 31 - 1;

/**
 * The state itself, field by field what it should be.
 * @param whose what an error begins with
 * @throws QuadlaneError `ARGUMENT`
 */
export function checkState(whose: string, state: TrainerState): TrainerState {
  const { step, learningRate, optimizer, tensors } = (state ?? {}) as TrainerState;
  numberIn(`${whose}: step`, step, { from: 0, to: MOST_STEPS, whole: true });
  numberIn(`${whose}: learningRate`, learningRate, { from: 0 });
  if (typeof optimizer !== 'string') {
    throw new QuadlaneError('ARGUMENT', `${whose}: optimizer must be a name; got ${shown(optimizer)}`);
  }
  if (kindOf(tensors) !== 'Map') {
    throw new QuadlaneError('ARGUMENT', `${whose}: tensors must be a Map; got ${shown(tensors)}`);
  }
  return state;
}
