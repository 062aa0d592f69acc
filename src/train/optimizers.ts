// Optimisers: what they keep for each parameter, what changes from step to step, and the operators of one update.
// Formulas and defaults are PyTorch's (torch.optim).

import type { Composition } from '../ops/operator.js';
import { checkNames, flag, numberIn, type Range } from '../options.js';
import { power } from './arithmetic.js';

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
  /** Names of the tensors kept for each parameter, of its shape, zero at first. */
  readonly state: readonly string[];
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
  momentum: { from: 0, below: 1 },
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
function complete<Options extends object>(
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

/** The update as one operator of src/ops/optimizer/optimizers.ts. */
function fused(op: string, attributes: Record<string, number | boolean>): Optimizer['update'] {
  return ({ applyAll, parameter, gradient, scalars, state }) =>
    applyAll(op, [parameter, gradient, scalars, ...state], attributes, 1 + state.length);
}

export interface SgdOptions {
  learningRate?: number;
  momentum?: number;
  /** Nesterov's momentum. */
  nesterov?: boolean;
  /** Added to the gradient, times the parameter. */
  weightDecay?: number;
}

/** Stochastic gradient descent. Defaults: learning rate 0.01, no momentum. */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate, momentum, nesterov, weightDecay } = complete('sgd', options, {
    learningRate: 0.01,
    momentum: 0,
    nesterov: false,
    weightDecay: 0,
  });
  return {
    name: 'sgd',
    learningRate,
    state: momentum > 0 ? ['momentum_buffer'] : [],
    scalars: (_, rate, present = momentum) => [rate, present],
    update: fused('sgdStep', { nesterov, weightDecay }),
  };
}

export interface RmspropOptions {
  learningRate?: number;
  /** How much of the mean square stays. */
  alpha?: number;
  epsilon?: number;
  momentum?: number;
  weightDecay?: number;
}

/** RMSprop (Hinton 2012). Defaults: learning rate 0.01, alpha 0.99, epsilon 1e-8. */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { learningRate, momentum, ...rest } = complete('rmsprop', options, {
    learningRate: 0.01,
    alpha: 0.99,
    epsilon: 1e-8,
    momentum: 0,
    weightDecay: 0,
  });
  return {
    name: 'rmsprop',
    learningRate,
    state: momentum > 0 ? ['square_avg', 'momentum_buffer'] : ['square_avg'],
    scalars: (_, rate, present = momentum) => [rate, present],
    update: fused('rmspropStep', rest),
  };
}

export interface AdamOptions {
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  weightDecay?: number;
}

function adamOf(options: AdamOptions, decoupled: boolean): Optimizer {
  const { learningRate, beta1, ...rest } = complete(decoupled ? 'adamW' : 'adam', options, {
    learningRate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: decoupled ? 0.01 : 0,
  });
  return {
    name: decoupled ? 'adamW' : 'adam',
    learningRate,
    state: ['exp_avg', 'exp_avg_sq'],
    scalars(step, rate, present = beta1) {
      const corrected = rate / (1 - power(present, step));
      return [rate, corrected, 1 / Math.sqrt(1 - power(rest.beta2, step)), present, 1 - present];
    },
    update: fused('adamStep', { ...rest, decoupled }),
  };
}

/** Adam (Kingma and Ba 2015). Defaults: learning rate 0.001, betas 0.9 and 0.999, epsilon 1e-8. */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamOf(options, false);
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019). Default decay: 0.01. */
export function adamW(options: AdamOptions = {}): Optimizer {
  return adamOf(options, true);
}

/** Arithmetic of an update that is put together from other operators. */
function arithmetic({ build, scalars, parameter, gradient }: Update, weightDecay: number) {
  const { binary, scalar, unary } = build;
  const times = (value: string, factor: number) => binary('mul', value, scalar(factor));
  const square = (value: string) => binary('mul', value, value);
  return {
    binary,
    times,
    square,
    root: (value: string) => unary('sqrt', value),
    plus: (value: string, term: number) => binary('add', value, scalar(term)),
    /** keep a + (1 - keep) b */
    blend: (keep: number, a: string, b: string) => binary('add', times(a, keep), times(b, 1 - keep)),
    /** Entry `index` of the scalars. */
    entry: (index: number) => build.apply('slice', [scalars], { starts: [index], ends: [index + 1], axes: [0] }),
    descent: weightDecay > 0 ? binary('add', gradient, times(parameter, weightDecay)) : gradient,
  };
}

export interface AdagradOptions {
  learningRate?: number;
  /** The rate of step t is divided by 1 + (t - 1) learningRateDecay. */
  learningRateDecay?: number;
  epsilon?: number;
  weightDecay?: number;
}

/** AdaGrad (Duchi et al. 2011). Defaults: learning rate 0.01, epsilon 1e-10. */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { learningRate, learningRateDecay, epsilon, weightDecay } = complete('adagrad', options, {
    learningRate: 0.01,
    learningRateDecay: 0,
    epsilon: 1e-10,
    weightDecay: 0,
  });
  return {
    name: 'adagrad',
    learningRate,
    state: ['sum'],
    scalars: (step, rate) => [rate / (1 + (step - 1) * learningRateDecay)],
    update(update) {
      const { binary, square, root, plus, entry, descent } = arithmetic(update, weightDecay);
      const sum = binary('add', update.state[0], square(descent));
      const step = binary('div', binary('mul', descent, entry(0)), plus(root(sum), epsilon));
      return [binary('sub', update.parameter, step), sum];
    },
  };
}

export interface AdadeltaOptions {
  learningRate?: number;
  /** How much of the mean squares stays. */
  rho?: number;
  epsilon?: number;
  weightDecay?: number;
}

/** AdaDelta (Zeiler 2012). Defaults: learning rate 1, rho 0.9, epsilon 1e-6. */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const { learningRate, rho, epsilon, weightDecay } = complete('adadelta', options, {
    learningRate: 1,
    rho: 0.9,
    epsilon: 1e-6,
    weightDecay: 0,
  });
  return {
    name: 'adadelta',
    learningRate,
    state: ['square_avg', 'acc_delta'],
    scalars: (_, rate) => [rate],
    update(update) {
      const { binary, square, root, plus, blend, entry, descent } = arithmetic(update, weightDecay);
      const [squares, deltas] = update.state;
      const mean = blend(rho, squares, square(descent));
      const ratio = root(binary('div', plus(deltas, epsilon), plus(mean, epsilon)));
      const delta = binary('mul', descent, ratio);
      const moved = binary('sub', update.parameter, binary('mul', delta, entry(0)));
      return [moved, mean, blend(rho, deltas, square(delta))];
    },
  };
}

export interface NadamOptions extends AdamOptions {
  /** How fast the momentum of the schedule approaches beta1. */
  momentumDecay?: number;
}

/** Adam with Nesterov's momentum (Dozat 2016). Defaults: learning rate 0.002, momentum decay 0.004, else as Adam. */
export function nadam(options: NadamOptions = {}): Optimizer {
  const { learningRate, beta1, beta2, epsilon, weightDecay, momentumDecay } = complete('nadam', options, {
    learningRate: 0.002,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    momentumDecay: 0.004,
  });
  const momentumOf = (step: number) => beta1 * (1 - 0.5 * power(0.96, step * momentumDecay));
  /** The product of the momenta up to the step asked for last. */
  let latest = { step: 0, product: 1 };
  const productOf = (step: number) => {
    if (step < latest.step) latest = { step: 0, product: 1 };
    for (let at = latest.step + 1; at <= step; at++) latest = { step: at, product: latest.product * momentumOf(at) };
    return latest.product;
  };
  return {
    name: 'nadam',
    learningRate,
    state: ['exp_avg', 'exp_avg_sq'],
    scalars(step, rate) {
      const [now, next, product] = [momentumOf(step), momentumOf(step + 1), productOf(step)];
      const scale = 1 / Math.sqrt(1 - power(beta2, step));
      // As PyTorch 1.13 has it: the present momentum counts twice in the second product.
      return [(rate * (1 - now)) / (1 - product), (rate * next) / (1 - product * now * next), scale];
    },
    update(update) {
      const { binary, square, root, plus, blend, entry, descent } = arithmetic(update, weightDecay);
      const [means, squares] = update.state;
      const mean = blend(beta1, means, descent);
      const squared = blend(beta2, squares, square(descent));
      const spread = plus(binary('mul', root(squared), entry(2)), epsilon);
      const step = binary('add', binary('mul', descent, entry(0)), binary('mul', mean, entry(1)));
      return [binary('sub', update.parameter, binary('div', step, spread)), mean, squared];
    },
  };
}
