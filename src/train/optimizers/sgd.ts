// Gradient descent with and without momentum. Formulas and defaults are PyTorch's: torch.optim.SGD.

import { QuadlaneError } from '../../errors.js';
import { complete, fused, type Optimizer } from './optimizer.js';

export interface SgdOptions {
  learningRate?: number;
  momentum?: number;
  /** How much less than whole gradients join the momentum, behind the first step. */
  dampening?: number;
  /** Nesterov's momentum, which has no dampening. */
  nesterov?: boolean;
  /** Added to the gradient, times the parameter. */
  weightDecay?: number;
}

/**
 * Stochastic gradient descent. Defaults: learning rate 0.01, no momentum, no dampening.
 * @throws QuadlaneError `ARGUMENT` as every optimiser, and for Nesterov's momentum with dampening
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate, momentum, dampening, nesterov, weightDecay } = complete('sgd', options, {
    learningRate: 0.01,
    momentum: 0,
    dampening: 0,
    nesterov: false,
    weightDecay: 0,
  });
  if (nesterov && dampening > 0) {
    throw new QuadlaneError('ARGUMENT', "sgd(): Nesterov's momentum has no dampening: leave one of them out");
  }
  return {
    name: 'sgd',
    learningRate,
    state: momentum > 0 ? ['momentum_buffer'] : [],
    scalars: (step, rate, present = momentum) => [rate, present, step === 1 ? 1 : 1 - dampening],
    update: fused('sgdStep', { nesterov, weightDecay }),
  };
}
