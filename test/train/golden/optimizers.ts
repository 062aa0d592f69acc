// Trajectories of optimisers: parameters after each of some steps with given gradients.

import { readFileSync } from 'node:fs';
import { QuadlaneError } from '../../../src/errors.js';
import type { Optimizer } from '../../../src/train/optimizers/optimizer.js';
import * as optimizers from '../../../src/train/optimizers.js';
import { trajectory } from '../trajectory.js';
import { mismatch, type Outcome, outcome } from './case.js';
import { Cannot, plain } from './given.js';

interface Trajectories {
  readonly shapes: readonly (readonly number[])[];
  readonly initial: readonly (readonly number[])[];
  readonly gradients: readonly (readonly (readonly number[])[])[];
  readonly cases: readonly {
    readonly kind: string;
    readonly given: Readonly<Record<string, number>>;
    readonly hyperparameters: Settings;
    readonly after: readonly (readonly (readonly number[])[])[];
  }[];
}

// biome-ignore lint/suspicious/noExplicitAny: each optimiser has settings of its own
type Settings = Readonly<Record<string, any>>;

/** Our optimisers by PyTorch's names, with PyTorch's settings by their names without spaces. */
const kinds: Readonly<Record<string, (h: Settings) => Optimizer>> = {
  sgd: ({ momentum, dampening, nesterov, ...h }) => optimizers.sgd({ ...common(h), momentum, dampening, nesterov }),
  adam: ({ amsgrad, ...h }) => optimizers.adam({ ...moments(h), amsgrad }),
  adamw: ({ amsgrad, ...h }) => optimizers.adamW({ ...moments(h), amsgrad }),
  adamax: (h) => optimizers.adamax(moments(h)),
  nadam: ({ momentumdecay, decoupledweightdecay, ...h }) =>
    optimizers.nadam({ ...moments(h), momentumDecay: momentumdecay, decoupledDecay: decoupledweightdecay }),
  radam: ({ decoupledweightdecay, ...h }) => optimizers.radam({ ...moments(h), decoupledDecay: decoupledweightdecay }),
  lion: (h) => optimizers.lion(moments(h)),
  rmsprop: ({ alpha, eps, momentum, centered, ...h }) =>
    optimizers.rmsprop({ ...common(h), alpha, epsilon: eps, momentum, centered }),
  adagrad: ({ lrdecay, initialaccumulatorvalue, eps, ...h }) =>
    optimizers.adagrad({
      ...common(h),
      learningRateDecay: lrdecay,
      initialAccumulator: initialaccumulatorvalue,
      epsilon: eps,
    }),
  adadelta: ({ rho, eps, ...h }) => optimizers.adadelta({ ...common(h), rho, epsilon: eps }),
};

/** What every optimiser has; anything else is passed on under its own name, for the optimiser to refuse. */
function common({ lr, weightdecay, ...rest }: Settings) {
  return { ...rest, learningRate: lr, weightDecay: weightdecay };
}

function moments({ betas, beta1, beta2, eps, ...rest }: Settings) {
  return { ...common(rest), beta1: betas?.[0] ?? beta1, beta2: betas?.[1] ?? beta2, epsilon: eps };
}

const aliases: Readonly<Record<string, string>> = { sgdmomentum: 'sgd', momentum: 'sgd', nesterov: 'sgd' };
const settingAliases: Readonly<Record<string, string>> = {
  learningrate: 'lr',
  epsilon: 'eps',
  initialaccumulator: 'initialaccumulatorvalue',
};

/** Settings that choose how a step is computed, not what comes of it. */
const ways = new Set(['foreach', 'fused', 'capturable', 'differentiable']);

/**
 * The optimiser of a kind with all of its settings.
 * @throws Cannot for a kind or a setting that quadlane doesn't have
 */
export function optimizerOf(kind: string, given: Settings): Optimizer {
  const name = aliases[plain(kind)] ?? plain(kind);
  const make = kinds[name];
  if (!make) throw new Cannot(`there is no optimiser ${kind}`);
  const settings: Record<string, unknown> = plain(kind) === 'nesterov' ? { nesterov: true } : {};
  for (const [key, value] of Object.entries(given)) {
    const setting = settingAliases[plain(key)] ?? plain(key);
    // Ascent is descent of what is negated, and no one's but PyTorch's.
    if (ways.has(setting) || (setting === 'maximize' && value === false)) continue;
    settings[setting] = value;
  }
  try {
    return make(settings);
  } catch (error) {
    if (!(error instanceof QuadlaneError)) throw error;
    throw new Cannot(`the optimiser ${kind} with ${JSON.stringify(given)}: ${error.message}`);
  }
}

export function runOptimizers(folder: string, module: WebAssembly.Module, binary: string): Outcome[] {
  const data = JSON.parse(readFileSync(`${folder}/optimizers.json`, 'utf8')) as Trajectories;
  return data.cases.map(({ kind, given, hyperparameters, after }) => {
    const name = [kind, ...Object.entries(given).flat()].join(' ');
    return outcome({ family: 'optimizers', name, binary }, () => {
      const optimizer = optimizerOf(kind, hyperparameters);
      let failure: string | undefined;
      data.shapes.forEach((shape, index) => {
        const gradients = data.gradients.map((step) => step[index]);
        const wanted = after.map((step) => step[index]);
        trajectory(module, optimizer, shape, data.initial[index], gradients).forEach((reached, step) => {
          const wrong = mismatch(reached, wanted[step], 1e-5, 1e-5);
          if (wrong) failure ??= `after step ${step + 1}: ${wrong}`;
        });
      });
      return failure;
    });
  });
}
