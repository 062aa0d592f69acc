// What a trainer is made with, and what is refused before anything is compiled.

import { QuadlaneError } from '../errors.js';
import type { Address, WasmModule } from '../hostTypes.js';
import { checkOptions, flag, numberIn } from '../options.js';
import { shown } from '../printable.js';
import type { Frozen, Trainable } from './parameters.js';
import type { StepOptions } from './stepGraph.js';

/** What `createTrainer` takes. */
export interface TrainerOptions extends Omit<StepOptions, 'output' | 'seed'> {
  /** The output that the loss is of. Default: the network's first. */
  readonly output?: string;
  /** Decides what dropout drops. Default: 0. */
  readonly seed?: number;
  /** Layers or parameters that stay as they are; batch norms among them normalise by their running statistics. */
  readonly frozen?: Frozen;
  /** As of `loadModel`. */
  readonly deterministic?: boolean;
  readonly winograd?: boolean;
  readonly limits?: { readonly memory?: number };
  /**
   * How many threads work on a step, a test or a prediction, with the same result; 1 where the host has no shared memory,
   * and in the main thread of a page: see `info`. Default: 1.
   */
  readonly threads?: number;
  /** The compiled binary, for hosts that can't fetch or compile one; it should match `deterministic`. */
  readonly wasm?: WasmModule;
  /** As of `loadModel`. */
  readonly wasmUrl?: string | Address;
}

const trainerOptions = [
  ...(['loss', 'optimizer', 'output', 'clipNorm', 'clipValue', 'penalty', 'constraint', 'frozen', 'seed'] as const),
  ...(['deterministic', 'winograd', 'limits', 'threads', 'wasm', 'wasmUrl'] as const),
] as const;

/** @throws QuadlaneError `ARGUMENT` for options that aren't there, for what is no network, loss or optimiser, for bounds that are no numbers from 0 on */
export function requireOptions(network: Trainable, options: TrainerOptions): void {
  checkOptions('createTrainer()', options, trainerOptions);
  const { loss, optimizer, penalty = [], constraint = [], frozen = [], deterministic, winograd, limits = {} } = options;
  const require = (holds: boolean, message: string) => {
    if (!holds) throw new QuadlaneError('ARGUMENT', `createTrainer(): ${message}`);
  };
  require(Array.isArray(network?.graph?.nodes), 'the first argument is a network of layers, or a model');
  require(typeof loss?.terms === 'function', 'loss is what a function such as losses.crossEntropy() returns');
  require(typeof optimizer?.update === 'function', 'optimizer is what a function such as optimizers.adam() returns');
  for (const { terms } of [penalty].flat()) {
    require(typeof terms === 'function', 'penalty is what a function such as penalties.l2(1e-4) returns, or a list');
  }
  for (const { apply } of [constraint].flat()) {
    require(typeof apply ===
      'function', 'constraint is what a function such as constraints.maxNorm(2) returns, or a list');
  }
  const reductions = ['mean', 'sum', 'batchMean'];
  require(reductions.includes(
    loss.reduction,
  ), `the reduction ${shown(loss.reduction)} is none of ${reductions.join(', ')}`);
  require(Array.isArray(frozen) || typeof frozen === 'function', 'frozen is a list of names, or a function of a name');
  for (const name of ['clipNorm', 'clipValue'] as const) {
    const bound = options[name];
    if (bound !== undefined) numberIn(`createTrainer(): ${name}`, bound, { from: 0, infinite: true });
  }
  if (options.seed !== undefined) numberIn('createTrainer(): seed', options.seed, { whole: true });
  if (deterministic !== undefined) flag('createTrainer(): deterministic', deterministic);
  if (winograd !== undefined) flag('createTrainer(): winograd', winograd);
  const { memory } = checkOptions('limits', limits, ['memory']);
  if (memory !== undefined) numberIn('limits.memory', memory, { from: 1, infinite: true });
}
