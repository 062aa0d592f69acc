// Optimisers against plain loops in float64, within 1e-5 of each number and 1e-6 of the largest.
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../src/shape.js';
import type { Optimizer } from '../../src/train/optimizers/optimizer.js';
import * as optimizers from '../../src/train/optimizers.js';
import { moduleOf, supportedBinaries } from '../kernels/harness.js';
import * as reference from '../reference/optimizer/optimizers.js';
import { mismatch } from './golden/case.js';
import { trajectory } from './trajectory.js';

const STEPS = 12;

/** Numbers between -1 and 1 without an order; each fifth gradient is 0. */
const value = (at: number) => Math.sin(at * 12.9898 + 4.1414) * 0.9;
const gradientOf = (step: number, at: number) => (at % 5 === 4 ? 0 : value(step * 31 + at));

const { sgd, rmsprop, adagrad, adam, adamW, adamax, radam, lion } = optimizers;
const lr = 0.03;
const common = { learningRate: lr };
const decay = { ...common, weightDecay: 0.1 };

const cases: [string, Optimizer, typeof reference.sgd, Omit<reference.Settings, 'lr'>][] = [
  [
    'sgd, dampening',
    sgd({ ...common, momentum: 0.9, dampening: 0.4 }),
    reference.sgd,
    { momentum: 0.9, dampening: 0.4 },
  ],
  [
    'sgd, dampening and decay',
    sgd({ ...decay, momentum: 0.8, dampening: 1 }),
    reference.sgd,
    { momentum: 0.8, dampening: 1, weightDecay: 0.1 },
  ],
  [
    'sgd, nesterov',
    sgd({ ...decay, momentum: 0.9, nesterov: true }),
    reference.sgd,
    { momentum: 0.9, nesterov: true, weightDecay: 0.1 },
  ],
  [
    'rmsprop',
    rmsprop({ ...decay, alpha: 0.9, epsilon: 1e-3 }),
    reference.rmsprop,
    { alpha: 0.9, eps: 1e-3, weightDecay: 0.1 },
  ],
  [
    'rmsprop, centred',
    rmsprop({ ...common, alpha: 0.9, epsilon: 1e-2, centered: true }),
    reference.rmsprop,
    { alpha: 0.9, eps: 1e-2, centered: true },
  ],
  [
    'rmsprop, centred with momentum',
    rmsprop({ ...decay, alpha: 0.8, epsilon: 1e-2, centered: true, momentum: 0.5 }),
    reference.rmsprop,
    { alpha: 0.8, eps: 1e-2, centered: true, momentum: 0.5, weightDecay: 0.1 },
  ],
  ['adagrad, falling rate', adagrad({ ...common, learningRateDecay: 0.3 }), reference.adagrad, { lrDecay: 0.3 }],
  [
    'adagrad, first sum',
    adagrad({ ...decay, initialAccumulator: 0.25, epsilon: 0.1 }),
    reference.adagrad,
    { initial: 0.25, eps: 0.1, weightDecay: 0.1 },
  ],
  ['adam', adam({ ...decay, beta1: 0.8, beta2: 0.9 }), reference.adam, { beta1: 0.8, beta2: 0.9, weightDecay: 0.1 }],
  ['adam, amsgrad', adam({ ...common, beta2: 0.5, amsgrad: true }), reference.adam, { beta2: 0.5, amsgrad: true }],
  [
    'adamW, amsgrad',
    adamW({ ...decay, beta2: 0.5, amsgrad: true }),
    reference.adam,
    { beta2: 0.5, amsgrad: true, weightDecay: 0.1, decoupled: true },
  ],
  ['adamax', adamax(common), reference.adamax, {}],
  [
    'adamax, decay',
    adamax({ ...decay, beta1: 0.5, beta2: 0.6, epsilon: 0.01 }),
    reference.adamax,
    { beta1: 0.5, beta2: 0.6, eps: 0.01, weightDecay: 0.1 },
  ],
  ['radam', radam(common), reference.radam, {}],
  [
    'radam, decay',
    radam({ ...decay, beta2: 0.9, epsilon: 1e-3 }),
    reference.radam,
    { beta2: 0.9, eps: 1e-3, weightDecay: 0.1 },
  ],
  [
    'radam, decoupled decay',
    radam({ ...decay, decoupledDecay: true }),
    reference.radam,
    { weightDecay: 0.1, decoupled: true },
  ],
  ['lion', lion(common), reference.lion, {}],
  [
    'lion, decay',
    lion({ ...decay, beta1: 0.6, beta2: 0.7 }),
    reference.lion,
    { beta1: 0.6, beta2: 0.7, weightDecay: 0.1 },
  ],
];

describe.each(supportedBinaries)('%s', (binary) => {
  it.each(cases)('%s', (_, optimizer, walk, settings) => {
    for (const shape of [[], [5], [3, 4, 2]]) {
      const size = sizeOf(shape);
      const initial = Array.from({ length: size }, (_, at) => value(at));
      const gradients = Array.from({ length: STEPS }, (_, step) =>
        Array.from({ length: size }, (_, at) => gradientOf(step, at)),
      );
      // From what float32 holds: Lion's direction is a sign.
      const [first, all] = [initial.map(Math.fround), gradients.map((step) => step.map(Math.fround))];
      const walks = first.map((p, at) =>
        walk(
          p,
          all.map((step) => step[at]),
          { lr, ...settings },
        ),
      );
      trajectory(moduleOf(binary), optimizer, shape, first, all).forEach((after, step) => {
        const wrong = mismatch(
          after,
          walks.map((walk) => walk[step]),
          1e-5,
          1e-6,
        );
        if (wrong !== undefined) throw new Error(`[${shape}] after step ${step + 1}: ${wrong}`);
      });
    }
  });
});

it('centred RMSprop of equal gradients stays finite', () => {
  const [binary] = supportedBinaries;
  const gradients = Array.from({ length: 300 }, () => [0.7]);
  const all = trajectory(moduleOf(binary), rmsprop({ alpha: 0.5, centered: true }), [1], [1], gradients);
  expect(all.flatMap((one) => [...one]).every(Number.isFinite)).toBe(true);
});

it("Nesterov's momentum refuses dampening", () => {
  expect(() => sgd({ momentum: 0.9, nesterov: true, dampening: 0.1 })).toThrow(/Nesterov's momentum has no dampening/);
});
