// The loop over epochs and batches: data in, progress out.

import { QuadlaneError } from '../errors.js';
import type { CancelSignal } from '../hostTypes.js';
import { checkOptions, flag, numberIn } from '../options.js';
import { nextTurn } from '../runtime/turns.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { type Augment, type Batch, batches, countBatches, type Dataset } from './data.js';
import { afterEpoch, type BestEpoch, checkEarlyStopping, type EarlyStopping } from './earlyStopping.js';
import { type Evaluation, evaluate, Means, type Tester } from './evaluate.js';
import { Random } from './random.js';
import type { Schedule } from './schedules.js';
import type { TrainerState } from './state.js';

/** What `fit` needs of a trainer. */
export interface Learner extends Tester {
  learningRate: number;
  momentum: number | undefined;
  readonly stepsDone: number;
  step(batch: Batch): { readonly loss: number; readonly correct?: number };
  state(): TrainerState;
  restore(state: TrainerState): void;
}

export interface FitOptions {
  readonly train: Dataset;
  /** Evaluated after each epoch. */
  readonly validation?: Dataset;
  readonly epochs: number;
  /** Examples in a batch, where data is not in batches already. Default: 32. */
  readonly batchSize?: number;
  /** Default: true. */
  readonly shuffle?: boolean;
  /** Decides order and augmentation, together with the number of the epoch. Default: 0. */
  readonly seed?: number;
  readonly augment?: Augment;
  /** The learning rate of each step, and the momentum where the schedule sets it. Default: the trainer's own. */
  readonly schedule?: Schedule;
  readonly earlyStopping?: EarlyStopping;
  /** Stops before the next step: the iteration rejects with code `ABORTED`, and the parameters are those of the last step. */
  readonly signal?: CancelSignal;
  /** What `progress.checkpoint()` gave: goes on behind that epoch. */
  readonly resume?: Uint8Array;
  /** Called before the iteration sees the progress; promises are awaited. */
  readonly callbacks?: { step?(progress: Progress): unknown; epoch?(progress: Progress): unknown };
}

/** Where a training stands after a step. */
export interface Progress {
  /** From 1. */
  readonly epoch: number;
  /** Steps done in all, those of earlier calls included. */
  readonly step: number;
  /** Steps done in this epoch. */
  readonly batch: number;
  /** Steps of a whole epoch, where that is known before. */
  readonly batches: number | undefined;
  /** Loss of this step's batch. */
  readonly loss: number;
  /** Means over the examples of this epoch so far; accuracy only where targets are labels. */
  readonly epochLoss: number;
  readonly epochAccuracy: number | undefined;
  readonly learningRate: number;
  /** Examples a second, in this epoch so far. */
  readonly samplesPerSecond: number;
  /** Whether this is the last step of the epoch. */
  readonly epochDone: boolean;
  /** What the network makes of the validation data, on the last step of an epoch. */
  readonly validation?: Evaluation;
  /** Whether the training ends here, before the last epoch, for want of improvement. */
  readonly stoppedEarly: boolean;
  /**
   * The bytes of a file with which `fit({ resume })` goes on bit for bit.
   * @throws QuadlaneError `ARGUMENT` within an epoch: only whole ones can be gone on from
   */
  checkpoint(): Uint8Array;
}

/** Other work of the same thread gets its turn this often, in milliseconds. */
const TURN_MS = 50;

/**
 * Trains, and tells after each step how far it is. Nothing happens unless the result is iterated. Timers and events of
 * the same thread get their turn, but training takes all the time there is: give it a worker where a page should stay fluid.
 * @throws QuadlaneError `ARGUMENT`, `ABORTED`, `FORMAT` for a damaged checkpoint, and as `Trainer.step`
 */
export async function* trainEpochs(learner: Learner, options: FitOptions): AsyncGenerator<Progress, void, void> {
  if (!options?.train)
    throw new QuadlaneError('ARGUMENT', 'fit() takes { train: { inputs, targets }, epochs } or other data as `train`');
  const { epochs, schedule, earlyStopping, callbacks, batchSize = 32 } = checkFit(options);
  const start = options.resume && readCheckpoint(options.resume);
  if (start) {
    checkResumed(start, options);
    learner.restore(start.trainer);
    if (start.schedule) schedule?.restore?.(start.schedule);
  }
  let best: BestEpoch | undefined = start?.best;
  let turn = performance.now();
  let over = false;
  for (let epoch = 1 + (start?.epoch ?? 0); epoch <= epochs && !over; epoch++) {
    const started = performance.now();
    const means = new Means();
    let batch = 0;
    for await (const { value, isLast } of markLast(epochOf(options, epoch))) {
      throwIfAborted(options.signal);
      if (schedule) {
        learner.learningRate = schedule.rate(learner.stepsDone);
        learner.momentum = schedule.momentum?.(learner.stepsDone);
      }
      const { learningRate } = learner;
      const result = learner.step(value);
      means.add(value, result);
      const samplesPerSecond = (1000 * means.examples) / (performance.now() - started);
      let validation: Evaluation | undefined;
      if (isLast) {
        validation = options.validation && (await evaluate(learner, options.validation, { batchSize }));
        const watched = validation ?? means;
        schedule?.observe?.(watched.loss);
        if (earlyStopping) best = afterEpoch(best, watched, earlyStopping, () => learner.state());
      }
      const stoppedEarly = isLast && epoch < epochs && best !== undefined && best.bad > earlyStopping!.patience;
      const step = learner.stepsDone;
      const progress: Progress = {
        epoch,
        step,
        batch: ++batch,
        batches: countBatches(options.train, batchSize),
        loss: result.loss,
        epochLoss: means.loss,
        epochAccuracy: means.accuracy,
        learningRate,
        samplesPerSecond,
        epochDone: isLast,
        ...(validation && { validation }),
        stoppedEarly,
        checkpoint() {
          if (isLast && learner.stepsDone === step) return checkpointOf(learner, epoch, schedule, best);
          throw new QuadlaneError('ARGUMENT', 'checkpoint() takes what an epoch ended with, before the next step');
        },
      };
      await callbacks?.step?.(progress);
      if (isLast) await callbacks?.epoch?.(progress);
      yield progress;
      over = stoppedEarly;
      if (performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
    }
  }
  if (best?.state && earlyStopping?.restoreBest !== false) learner.restore(best.state);
}

const fitOptions = [
  ...(['train', 'validation', 'epochs', 'batchSize', 'shuffle', 'seed', 'augment', 'schedule'] as const),
  ...(['earlyStopping', 'signal', 'resume', 'callbacks'] as const),
] as const;

/** @throws QuadlaneError `ARGUMENT` for options that aren't there, and values that can't be */
function checkFit(options: FitOptions): FitOptions {
  const { epochs, seed, shuffle, schedule, earlyStopping, callbacks } = checkOptions('fit()', options, fitOptions);
  numberIn('epochs', epochs, { above: 0, whole: true });
  if (seed !== undefined) numberIn('seed', seed, { whole: true });
  if (shuffle !== undefined) flag('shuffle', shuffle);
  if (schedule && typeof schedule.rate !== 'function') {
    throw new QuadlaneError('ARGUMENT', 'schedule is what a function such as schedules.cosine({ ... }) returns');
  }
  if (earlyStopping) checkEarlyStopping(earlyStopping);
  if (callbacks) checkOptions('callbacks', callbacks, ['step', 'epoch']);
  return options;
}

/** @throws QuadlaneError `ARGUMENT` where what the checkpoint knows, and what goes on from it, aren't both there */
function checkResumed(start: Checkpoint, { schedule, earlyStopping }: FitOptions): void {
  const refuse = (what: string) => {
    throw new QuadlaneError('ARGUMENT', `resume: the checkpoint has ${what}`);
  };
  if (schedule?.restore && !start.schedule) {
    refuse(
      'no state of a schedule, but this schedule, as schedules.reduceOnPlateau(), goes on from one: give the schedule that the checkpoint was made with',
    );
  }
  if (start.schedule && !schedule) {
    refuse(
      'the state of a schedule, as schedules.reduceOnPlateau(): give the schedule that it was made with, or another, as schedules.constant(0.01)',
    );
  }
  if (start.best && !earlyStopping) {
    refuse(
      'the best epoch of early stopping: give the earlyStopping that it was made with, or { patience: Infinity, restoreBest: false } to do without',
    );
  }
}

/** The batches of an epoch; order and augmentation follow from the seed and the number of the epoch alone. */
function epochOf({ train, batchSize, shuffle = true, augment, seed = 0 }: FitOptions, epoch: number) {
  const options = { ...(batchSize !== undefined && { batchSize }), ...(augment && { augment }), shuffle };
  return batches(train, options, new Random(Math.imul(seed, 0x9e3779b1) ^ epoch));
}

/** The values of `source`, and which of them is the last. */
async function* markLast<T>(source: AsyncIterable<T>): AsyncGenerator<{ readonly value: T; readonly isLast: boolean }> {
  let held: { readonly value: T } | undefined;
  for await (const value of source) {
    if (held) yield { ...held, isLast: false };
    held = { value };
  }
  if (held) yield { ...held, isLast: true };
}

function checkpointOf(learner: Learner, epoch: number, schedule: Schedule | undefined, best: BestEpoch | undefined) {
  const saved: Checkpoint = {
    epoch,
    trainer: learner.state(),
    ...(schedule?.save && { schedule: schedule.save() }),
    ...(best && { best }),
  };
  return writeCheckpoint(saved);
}

function throwIfAborted(signal: CancelSignal | undefined): void {
  if (signal?.aborted)
    throw new QuadlaneError('ABORTED', 'training was aborted by its signal', { cause: signal.reason });
}
