// How a model is compiled and run: the options, and what is refused of their values.

import { QuadlaneError } from '../errors.js';
import type { CancelSignal } from '../hostTypes.js';
import { checkOptions, flag, numberIn } from '../options.js';
import { shown } from '../printable.js';
import type { StepReport } from './watch.js';

export interface RunSyncOptions<Name extends string = string> {
  /**
   * Names of the values that are wanted instead of the outputs, any that the network has. A choice of them is planned when it
   * is first asked for, without what it doesn't need.
   */
  outputs?: readonly Name[];
  /** `false`: outputs are views of linear memory that the next run overwrites. Default: true. */
  copy?: boolean;
}

export interface RunOptions<Name extends string = string> extends RunSyncOptions<Name> {
  /** Stops the run between two steps, or the planning before it; the promise rejects with code `ABORTED`. */
  signal?: CancelSignal;
  /**
   * Called after each step. With it, or with `signal`, the run hands back to the event loop at least every 16 ms, between
   * steps.
   */
  onStep?: (report: StepReport) => void;
}

/** The names in `RunSyncOptions`. */
export const runSyncOptions = ['outputs', 'copy'] as const;

/** The names in `RunOptions`. */
export const runOptions = [...runSyncOptions, 'signal', 'onStep'] as const;

export interface ModelLimits {
  /**
   * Most bytes that the model may use: its linear memory, constants that are computed while it is planned, and the copies of
   * outputs that a run returns. Where the fastest forms of all weights don't fit beside the
   * activations of the declared shapes (open sizes as 1), those that save the least time a byte are kept small.
   */
  memory?: number;
  /** Most bytes that the model's file may have. */
  file?: number;
  /**
   * Most milliseconds that a call which can't be interrupted (`runSync`, a trainer's step) waits for another thread's share
   * of one step; then that thread counts as lost. `run` needs no limit: it notices a thread's end. Default: 10,000.
   */
  wait?: number;
}

export interface ModelOptions {
  /**
   * How many threads work on one run, with the same result; 1 where the host has no shared memory: see `info`. Live views
   * are on a SharedArrayBuffer then, which `TextDecoder`, `ImageData` and some others refuse. Default: 1.
   */
  threads?: number;
  /** Same output bits on every engine and CPU, a little slower where fused multiply-adds exist. Default: false. */
  deterministic?: boolean;
  /**
   * Computes convolutions of 3x3 taps and more with fewer multiplications where that is faster (Winograd). It rounds a
   * little more, and those weights take more memory, those of 3x3 taps four times as much, others up to nine times; tiles
   * with a NaN, an infinity or a value far above those around it are convolved directly. `false` always convolves directly. Default: true.
   */
  winograd?: boolean;
  limits?: ModelLimits;
  /** Names of compiler passes to leave out, for debugging. */
  withoutPasses?: readonly string[];
}

/** The names in `ModelOptions`. */
export const modelOptions = ['threads', 'deterministic', 'winograd', 'limits', 'withoutPasses'] as const;

/** @throws QuadlaneError `ARGUMENT` for values that can't be; names of options are checked where they come in */
export function checkModelOptions({
  threads,
  deterministic,
  winograd,
  limits = {},
  withoutPasses = [],
}: ModelOptions): void {
  if (threads !== undefined) numberIn('threads', threads, { from: 1, whole: true });
  if (deterministic !== undefined) flag('deterministic', deterministic);
  if (winograd !== undefined) flag('winograd', winograd);
  const { memory, file, wait } = checkOptions('limits', limits, ['memory', 'file', 'wait']);
  if (wait !== undefined) numberIn('limits.wait', wait, { from: 1, to: 2 ** 31 - 1, whole: true });
  if (memory !== undefined) numberIn('limits.memory', memory, { from: 1, infinite: true });
  if (!Array.isArray(withoutPasses)) {
    throw new QuadlaneError('ARGUMENT', `withoutPasses must be a list of names; got ${shown(withoutPasses)}`);
  }
  if (file !== undefined) numberIn('limits.file', file, { from: 1, infinite: true });
}
