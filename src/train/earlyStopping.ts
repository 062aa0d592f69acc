// When to stop: the best epoch so far, and how long ago it was.

import { QuadlaneError } from '../errors.js';
import { checkOptions, flag, numberIn, oneOf } from '../options.js';
import type { TrainerState } from './state.js';

export interface EarlyStopping {
  /** Epochs without an improvement that are borne. */
  readonly patience: number;
  /** An improvement is bigger than this. Default: 0. */
  readonly minDelta?: number;
  /** What is watched: of the validation, or of the training where there is none. Default: `loss`. */
  readonly monitor?: 'loss' | 'accuracy';
  /** Goes back to the parameters (and all else) of the best epoch when the iteration is over. Default: true. */
  readonly restoreBest?: boolean;
}

/** @throws QuadlaneError `ARGUMENT` for options that aren't there, and values that can't be */
export function checkEarlyStopping(options: EarlyStopping): void {
  const known = ['patience', 'minDelta', 'monitor', 'restoreBest'] as const;
  const {
    patience,
    minDelta = 0,
    monitor = 'loss',
    restoreBest = true,
  } = checkOptions('earlyStopping', options, known);
  numberIn('earlyStopping: patience', patience, { from: 0, infinite: true });
  numberIn('earlyStopping: minDelta', minDelta, { from: 0 });
  oneOf('earlyStopping: monitor', monitor, ['loss', 'accuracy']);
  flag('earlyStopping: restoreBest', restoreBest);
}

/** What early stopping knows after an epoch. */
export interface BestEpoch {
  /** The best loss, or 1 minus the best accuracy. */
  readonly value: number;
  /** Epochs since. */
  readonly bad: number;
  /** What to go back to. */
  readonly state?: TrainerState;
}

/**
 * The knowledge after one more epoch.
 * @param state asked for when the epoch is the best one and will be gone back to
 * @throws QuadlaneError `ARGUMENT` when accuracy is watched and targets aren't labels
 */
export function afterEpoch(
  best: BestEpoch | undefined,
  result: { readonly loss: number; readonly accuracy?: number | undefined },
  { monitor = 'loss', minDelta = 0, restoreBest = true }: EarlyStopping,
  state: () => TrainerState,
): BestEpoch {
  if (monitor === 'accuracy' && result.accuracy === undefined) {
    throw new QuadlaneError('ARGUMENT', "earlyStopping can't watch the accuracy: the targets are no labels");
  }
  const value = monitor === 'loss' ? result.loss : 1 - result.accuracy!;
  if (best && !(value < best.value - minDelta)) return { ...best, bad: best.bad + 1 };
  return { value, bad: 0, ...(restoreBest && { state: state() }) };
}
