// Optimisers that divide gradients by the root of what their squares come to. Formulas and defaults are PyTorch's:
// torch.optim.RMSprop, Adagrad, Adadelta.

import { arithmetic, complete, fused, type Optimizer } from './optimizer.js';

export interface RmspropOptions {
  learningRate?: number;
  /** How much of the mean square stays. */
  alpha?: number;
  epsilon?: number;
  momentum?: number;
  /** Divides by the deviation of gradients instead of their root mean square. */
  centered?: boolean;
  weightDecay?: number;
}

/** RMSprop (Hinton 2012; centred: Graves 2013). Defaults: learning rate 0.01, alpha 0.99, epsilon 1e-8. */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { learningRate, momentum, ...rest } = complete('rmsprop', options, {
    learningRate: 0.01,
    alpha: 0.99,
    epsilon: 1e-8,
    momentum: 0,
    centered: false,
    weightDecay: 0,
  });
  return {
    name: 'rmsprop',
    learningRate,
    state: ['square_avg', ...(rest.centered ? ['grad_avg'] : []), ...(momentum > 0 ? ['momentum_buffer'] : [])],
    scalars: (_, rate, present = momentum) => [rate, present],
    update: fused('rmspropStep', rest),
  };
}

export interface AdagradOptions {
  learningRate?: number;
  /** The rate of step t is divided by 1 + (t - 1) learningRateDecay. */
  learningRateDecay?: number;
  /** What sums of squares begin with. */
  initialAccumulator?: number;
  epsilon?: number;
  weightDecay?: number;
}

/** AdaGrad (Duchi et al. 2011). Defaults: learning rate 0.01, sums begin with 0, epsilon 1e-10. */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { learningRate, learningRateDecay, initialAccumulator, epsilon, weightDecay } = complete('adagrad', options, {
    learningRate: 0.01,
    learningRateDecay: 0,
    initialAccumulator: 0,
    epsilon: 1e-10,
    weightDecay: 0,
  });
  return {
    name: 'adagrad',
    learningRate,
    state: ['sum'],
    initialState: { sum: initialAccumulator },
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
