// Adam and AdamW. Formulas and defaults are PyTorch's: torch.optim.Adam, AdamW.

import { power } from '../arithmetic.js';
import { complete, fused, type Optimizer } from './optimizer.js';

export interface AdamOptions {
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  weightDecay?: number;
  /** Divides by the largest mean square so far (Reddi et al. 2018). Default: false. */
  amsgrad?: boolean;
}

function adamOf(options: AdamOptions, decoupled: boolean): Optimizer {
  const { learningRate, beta1, amsgrad, ...rest } = complete(decoupled ? 'adamW' : 'adam', options, {
    learningRate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: decoupled ? 0.01 : 0,
    amsgrad: false,
  });
  return {
    name: decoupled ? 'adamW' : 'adam',
    learningRate,
    state: ['exp_avg', 'exp_avg_sq', ...(amsgrad ? ['max_exp_avg_sq'] : [])],
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
