// What an optimiser is: what it keeps for each parameter, what changes from step to step, the operators of one update.

import type { Composition } from '../../ops/operator.js';
import { checkNames, flag, numberIn, type Range } from '../../options.js';
import { sizeOf } from '../../shape.js';
import { type Tensor, tensor } from '../../tensor.js';

/** One update as nodes of a graph; values go by name. */
export interface Update {
  readonly build: Composition;
  /** The first `count` outputs of an operator. */
  applyAll: (
    op: string,
    inputs: readonly string[],
    attributes: Record<string, number | boolean>,
    count: number,
  ) => string[];
  readonly parameter: string;
  readonly gradient: string;
  /** What the optimiser kept, in the order of `Optimizer.state`. */
  readonly state: readonly string[];
  /** float32 `[n]`: what `Optimizer.scalars` gave for this step. */
  readonly scalars: string;
}

export interface Optimizer {
  /** What checkpoints call it. */
  readonly name: string;
  /** The rate while no other is set. */
  readonly learningRate: number;
  /** Names of the tensors kept for each parameter, of its shape. */
  readonly state: readonly string[];
  /** What fills them at first, by name. Default: zero. */
  readonly initialState?: Readonly<Record<string, number>>;
  /**
   * What changes from step to step, for step `step` counted from 1.
   * @param momentum that of the step (Adam's beta1), where a schedule sets it; optimisers without one don't mind
   */
  scalars(step: number, learningRate: number, momentum?: number): readonly number[];
  /** The parameter and the state after the step. */
  update(update: Update): readonly string[];
}

/** Where the numbers among the options of optimisers may lie, by name. */
const ranges: Readonly<Record<string, Range>> = {
  learningRate: { from: 0 },
  learningRateDecay: { from: 0 },
  initialAccumulator: { from: 0 },
  momentum: { from: 0, below: 1 },
  dampening: { from: 0, to: 1 },
  momentumDecay: { from: 0 },
  beta1: { from: 0, below: 1 },
  beta2: { from: 0, below: 1 },
  alpha: { from: 0, below: 1 },
  rho: { from: 0, below: 1 },
  epsilon: { from: 0 },
  weightDecay: { from: 0 },
};

/**
 * `options` in full; `defaults` have all that there are.
 * @throws QuadlaneError `ARGUMENT` for options that the optimiser hasn't, and values that can't be
 */
export function complete<Options extends object>(
  optimizer: string,
  options: Options,
  defaults: Required<Options>,
): Required<Options> {
  checkNames(`${optimizer}()`, options, Object.keys(defaults));
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const all = { ...defaults, ...Object.fromEntries(given) };
  for (const [name, value] of Object.entries(all)) {
    if (name in ranges) numberIn(`${optimizer}(): ${name}`, value, ranges[name]);
    else flag(`${optimizer}(): ${name}`, value);
  }
  return all;
}

/** The state of every parameter before the first step: float32 of its shape. */
export function initialState({ initialState = {} }: Optimizer, state: string, shape: readonly number[]): Tensor {
  return tensor(new Float32Array(sizeOf(shape)).fill(initialState[state] ?? 0), shape);
}

/** The update as one operator of src/ops/optimizer/optimizers.ts. */
export function fused(op: string, attributes: Record<string, number | boolean>): Optimizer['update'] {
  return ({ applyAll, parameter, gradient, scalars, state }) =>
    applyAll(op, [parameter, gradient, scalars, ...state], attributes, 1 + state.length);
}

/**
 * Arithmetic of an update that is put together from other operators.
 * @param kept the scalar that is 1 - rate weightDecay, where the decay is decoupled: it shrinks the parameter instead of
 * joining the gradient
 */
export function arithmetic({ build, scalars, parameter, gradient }: Update, weightDecay: number, kept?: number) {
  const { apply, binary, scalar, unary } = build;
  const times = (value: string, factor: number) => binary('mul', value, scalar(factor));
  const entry = (index: number) => {
    const one = apply('slice', [scalars], { starts: [index], ends: [index + 1], axes: [0] });
    return apply('reshape', [one], { shape: [] });
  };
  const decays = weightDecay > 0;
  return {
    binary,
    unary,
    times,
    /** Entry `index` of the scalars. */
    entry,
    square: (value: string) => binary('mul', value, value),
    root: (value: string) => unary('sqrt', value),
    plus: (value: string, term: number) => binary('add', value, scalar(term)),
    /** keep a + (1 - keep) b */
    blend: (keep: number, a: string, b: string) => binary('add', times(a, keep), times(b, 1 - keep)),
    /** What the step is subtracted from. */
    start: decays && kept !== undefined ? binary('mul', parameter, entry(kept)) : parameter,
    descent: decays && kept === undefined ? binary('add', gradient, times(parameter, weightDecay)) : gradient,
  };
}
