// Trajectories of optimisers: parameters after each of some steps with given gradients.

import { readFileSync } from 'node:fs';
import type { Optimizer } from '../../../src/train/optimizers/optimizer.js';
import { adadelta, adagrad, adam, adamW, nadam, rmsprop, sgd } from '../../../src/train/optimizers.js';
import { trajectory } from '../trajectory.js';
import { mismatch, type Outcome } from './case.js';

interface Trajectories {
  readonly shapes: readonly (readonly number[])[];
  readonly initial: readonly (readonly number[])[];
  readonly gradients: readonly (readonly (readonly number[])[])[];
  readonly cases: readonly {
    readonly kind: string;
    readonly given: Readonly<Record<string, number>>;
    // biome-ignore lint/suspicious/noExplicitAny: each optimiser has parameters of its own
    readonly hyperparameters: Readonly<Record<string, any>>;
    readonly after: readonly (readonly (readonly number[])[])[];
  }[];
}

function optimizerOf(kind: string, h: Trajectories['cases'][number]['hyperparameters']): Optimizer {
  const common = { learningRate: h.lr, weightDecay: h.weight_decay };
  const adamOptions = { ...common, beta1: h.betas?.[0], beta2: h.betas?.[1], epsilon: h.eps };
  switch (kind) {
    case 'sgd':
    case 'sgd_momentum':
    case 'nesterov':
      return sgd({ ...common, momentum: h.momentum, nesterov: h.nesterov });
    case 'adam':
      return adam(adamOptions);
    case 'adamw':
      return adamW(adamOptions);
    case 'nadam':
      return nadam({ ...adamOptions, momentumDecay: h.momentum_decay });
    case 'rmsprop':
      return rmsprop({ ...common, alpha: h.alpha, epsilon: h.eps, momentum: h.momentum });
    case 'adagrad':
      return adagrad({ ...common, learningRateDecay: h.lr_decay, epsilon: h.eps });
    case 'adadelta':
      return adadelta({ ...common, rho: h.rho, epsilon: h.eps });
    default:
      throw new Error(`no optimiser ${kind}`);
  }
}

export function runOptimizers(folder: string, module: WebAssembly.Module, binary: string): Outcome[] {
  const data = JSON.parse(readFileSync(`${folder}/optimizers.json`, 'utf8')) as Trajectories;
  return data.cases.map(({ kind, given, hyperparameters, after }) => {
    const optimizer = optimizerOf(kind, hyperparameters);
    const name = [kind, ...Object.entries(given).flat()].join(' ');
    let failure: string | undefined;
    data.shapes.forEach((shape, index) => {
      const gradients = data.gradients.map((step) => step[index]);
      const wanted = after.map((step) => step[index]);
      trajectory(module, optimizer, shape, data.initial[index], gradients).forEach((reached, step) => {
        const wrong = mismatch(reached, wanted[step], 1e-5, 1e-5);
        if (wrong) failure ??= `after step ${step + 1}: ${wrong}`;
      });
    });
    return { family: 'optimizers', name, binary, failure };
  });
}
