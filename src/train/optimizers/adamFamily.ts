// Relatives of Adam, put together from other operators. Formulas and defaults are PyTorch's: torch.optim.Adamax, NAdam,
// RAdam; Lion's are those of its paper.

import { power } from '../arithmetic.js';
import { arithmetic, complete, type Optimizer } from './optimizer.js';

/** Options of optimisers that keep means of gradients, and of their squares or sizes. */
export interface MomentOptions {
  learningRate?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  weightDecay?: number;
}

/**
 * Adam with the largest size of gradients in the place of their mean square (Kingma and Ba 2015, section 7.1). Defaults:
 * learning rate 0.002, betas 0.9 and 0.999, epsilon 1e-8.
 *
 * m = beta1 m + (1 - beta1) d; u = max(beta2 u, |d| + epsilon); p -= rate / (1 - beta1^t) m / u.
 */
export function adamax(options: MomentOptions = {}): Optimizer {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = complete('adamax', options, {
    learningRate: 0.002,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  });
  return {
    name: 'adamax',
    learningRate,
    state: ['exp_avg', 'exp_inf'],
    scalars: (step, rate, present = beta1) => [rate / (1 - power(present, step)), present, 1 - present],
    update(update) {
      const { binary, unary, times, plus, entry, descent } = arithmetic(update, weightDecay);
      const [means, sizes] = update.state;
      const mean = binary('add', binary('mul', means, entry(1)), binary('mul', descent, entry(2)));
      const size = binary('max', times(sizes, beta2), plus(unary('abs', descent), epsilon));
      const step = binary('div', binary('mul', mean, entry(0)), size);
      return [binary('sub', update.parameter, step), mean, size];
    },
  };
}

export interface NadamOptions extends MomentOptions {
  /** Shrinks the parameter instead of joining the gradient, as AdamW's. Default: false. */
  decoupledDecay?: boolean;
  /** How fast the momentum of the schedule approaches beta1. */
  momentumDecay?: number;
}

/** Adam with Nesterov's momentum (Dozat 2016). Defaults: learning rate 0.002, momentum decay 0.004, else as Adam. */
export function nadam(options: NadamOptions = {}): Optimizer {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupledDecay, momentumDecay } = complete(
    'nadam',
    options,
    {
      learningRate: 0.002,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      decoupledDecay: false,
      momentumDecay: 0.004,
    },
  );
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
      const steps = [(rate * (1 - now)) / (1 - product), (rate * next) / (1 - product * now * next)];
      return [...steps, scale, 1 - rate * weightDecay];
    },
    update(update) {
      const kept = decoupledDecay ? 3 : undefined;
      const { binary, square, root, plus, blend, entry, start, descent } = arithmetic(update, weightDecay, kept);
      const [means, squares] = update.state;
      const mean = blend(beta1, means, descent);
      const squared = blend(beta2, squares, square(descent));
      const spread = plus(binary('mul', root(squared), entry(2)), epsilon);
      const step = binary('add', binary('mul', descent, entry(0)), binary('mul', mean, entry(1)));
      return [binary('sub', start, binary('div', step, spread)), mean, squared];
    },
  };
}

export interface RadamOptions extends MomentOptions {
  /** Shrinks the parameter instead of joining the gradient, as AdamW's. Default: false. */
  decoupledDecay?: boolean;
}

/**
 * Adam that goes without the mean squares until enough gradients have been seen to trust them (Liu et al. 2020).
 * Defaults: learning rate 0.001, betas 0.9 and 0.999, epsilon 1e-8.
 *
 * With r = 2 / (1 - beta2) - 1 and r_t = r - 2 t beta2^t / (1 - beta2^t): p -= rate / (1 - beta1^t) m while r_t is at most
 * 5, then that times sqrt((r_t - 4) (r_t - 2) r / ((r - 4) (r - 2) r_t)) sqrt(1 - beta2^t) / (sqrt(s) + epsilon).
 */
export function radam(options: RadamOptions = {}): Optimizer {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupledDecay } = complete('radam', options, {
    learningRate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    decoupledDecay: false,
  });
  const longest = 2 / (1 - beta2) - 1;
  return {
    name: 'radam',
    learningRate,
    state: ['exp_avg', 'exp_avg_sq'],
    scalars(step, rate, present = beta1) {
      const unseen = power(beta2, step);
      const length = longest - (2 * step * unseen) / (1 - unseen);
      const corrected = rate / (1 - power(present, step));
      const means = [present, 1 - present, 1 - rate * weightDecay];
      // The mean is divided by the first scalar times the root, plus the second.
      if (!(length > 5)) return [0, 1, corrected, ...means];
      const trust = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length);
      return [1, epsilon, corrected * Math.sqrt(trust) * Math.sqrt(1 - unseen), ...means];
    },
    update(update) {
      const kept = decoupledDecay ? 5 : undefined;
      const { binary, square, root, blend, entry, start, descent } = arithmetic(update, weightDecay, kept);
      const [means, squares] = update.state;
      const mean = binary('add', binary('mul', means, entry(3)), binary('mul', descent, entry(4)));
      const squared = blend(beta2, squares, square(descent));
      const spread = binary('add', binary('mul', root(squared), entry(0)), entry(1));
      const step = binary('div', binary('mul', mean, entry(2)), spread);
      return [binary('sub', start, step), mean, squared];
    },
  };
}

/**
 * Steps of one size in the direction of a mean's signs (Chen et al. 2023, algorithm 2); the decay is decoupled. Defaults:
 * learning rate 1e-4, betas 0.9 and 0.99.
 *
 * p -= rate (sign(beta1 m + (1 - beta1) g) + weightDecay p); m = beta2 m + (1 - beta2) g.
 */
export function lion(options: Omit<MomentOptions, 'epsilon'> = {}): Optimizer {
  const { learningRate, beta1, beta2, weightDecay } = complete('lion', options, {
    learningRate: 1e-4,
    beta1: 0.9,
    beta2: 0.99,
    weightDecay: 0,
  });
  return {
    name: 'lion',
    learningRate,
    state: ['exp_avg'],
    scalars: (_, rate, present = beta1) => [rate, 1 - rate * weightDecay, present, 1 - present],
    update(update) {
      const { binary, unary, blend, entry, start, descent } = arithmetic(update, weightDecay, 1);
      const [means] = update.state;
      const mixed = binary('add', binary('mul', means, entry(2)), binary('mul', descent, entry(3)));
      const step = binary('mul', unary('sign', mixed), entry(0));
      return [binary('sub', start, step), blend(beta2, means, descent)];
    },
  };
}
