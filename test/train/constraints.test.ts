// Constraints against Keras's formulas in float64, within 1e-6.
import { describe, expect, it } from 'vitest';
import { conv2d, dense, flatten, input, sequential } from '../../src/layers/index.js';
import { type Constraint, constraints, createTrainer, losses, optimizers } from '../../src/train/index.js';
import { sample } from './gradients.js';

const { maxNorm, nonNegative, unitNorm } = constraints;

async function trained(constraint: Constraint | readonly Constraint[] | undefined) {
  const network = sequential([
    input([4, 4, 2]),
    conv2d({ filters: 3, kernelSize: 2, name: 'conv' }),
    flatten(),
    dense({ units: 5, name: 'head', biasInitializer: { normal: 1 } }),
  ]);
  const trainer = await createTrainer(network, {
    loss: losses.meanSquaredError(),
    optimizer: optimizers.sgd({ learningRate: 0.5 }),
    ...(constraint && { constraint }),
  });
  trainer.step({ inputs: sample([3, 4, 4, 2]), targets: sample([3, 5], 2) });
  return trainer.parameters();
}

/** Scales each group of elements of `[outer, axis, inner]` whose norm `wanted` changes: w wanted(norm) / (1e-7 + norm). */
function scaled(values: ArrayLike<number>, [outer, axis, inner]: readonly number[], wanted: (norm: number) => number) {
  const result = Array.from(values);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const places = Array.from({ length: axis }, (_, a) => (o * axis + a) * inner + i);
      const norm = Math.sqrt(places.reduce((sum, at) => sum + values[at] ** 2, 0));
      for (const at of places) result[at] = (values[at] * wanted(norm)) / (1e-7 + norm);
    }
  }
  return result;
}

function expectClose(actual: ArrayLike<number | bigint>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, at) => {
    expect(Math.abs(Number(actual[at]) - value)).toBeLessThanOrEqual(1e-6);
  });
}

describe('after a step', async () => {
  const free = await trained(undefined);
  const data = (name: string) => free.get(name)!.data as Float32Array;

  it.each<[string, Constraint, (norm: number) => number]>([
    ['maxNorm', maxNorm(0.4), (norm) => Math.min(norm, 0.4)],
    ['unitNorm', unitNorm(), () => 1],
  ])('%s of filters and units, biases as they were', async (_, constraint, wanted) => {
    const held = await trained(constraint);
    expectClose(held.get('conv.weight')!.data, scaled(data('conv.weight'), [3, 8, 1], wanted));
    expectClose(held.get('head.weight')!.data, scaled(data('head.weight'), [5, 27, 1], wanted));
    expect(held.get('head.bias')).toEqual(free.get('head.bias'));
    expect(held.get('conv.weight')).not.toEqual(free.get('conv.weight'));
  });

  it('maxNorm over axes of its own, of a layer', async () => {
    const held = await trained(maxNorm(0.3, { axes: [0], of: ['head.weight'] }));
    expectClose(
      held.get('head.weight')!.data,
      scaled(data('head.weight'), [1, 5, 27], (norm) => Math.min(norm, 0.3)),
    );
    expect(held.get('conv.weight')).toEqual(free.get('conv.weight'));
  });

  it('a layer by name has its bias held too, over its one axis', async () => {
    const held = await trained([nonNegative({ of: ['head'] }), maxNorm(0.1, { of: (name) => name === 'head.bias' })]);
    expectClose(
      held.get('head.weight')!.data,
      Array.from(data('head.weight'), (w) => Math.max(w, 0)),
    );
    const positive = Array.from(data('head.bias'), (w) => Math.max(w, 0));
    expectClose(
      held.get('head.bias')!.data,
      scaled(positive, [1, 5, 1], (norm) => Math.min(norm, 0.1)),
    );
  });
});

it.each<[string, () => unknown, RegExp]>([
  ['a norm below 0', () => maxNorm(-1), /maxNorm\(\): max must be a number from 0 on; got -1/],
  ['axes that are no list', () => unitNorm({ axes: 0 as never }), /unitNorm\(\): axes must be a list of whole numbers/],
  ['an option that is not there', () => maxNorm(1, { axis: 0 } as never), /did you mean "axes"/],
  ['another one', () => nonNegative({ axes: [0] } as never), /nonNegative\(\) has no option "axes"/],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }));
});

it('names of layers and axes that are not there are refused in the first step', async () => {
  await expect(trained(maxNorm(1, { of: ['tail'] }))).rejects.toThrow(/of: there is no parameter or layer "tail"/);
  await expect(trained(maxNorm(1, { axes: [2] }))).rejects.toThrow(expect.objectContaining({ code: 'SHAPE' }));
});

it('what a constraint throws passes as it is', async () => {
  const mine = new RangeError('mine');
  const throwing = {
    name: 'mine',
    apply: () => {
      throw mine;
    },
  };
  await expect(trained(throwing)).rejects.toBe(mine);
});
