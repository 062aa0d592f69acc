import { describe, expect, it } from 'vitest';
import { followsFromOutput } from '../../../src/ops/elementwise/activationGradient.js';
import { sizeOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { randomFloats } from '../../kernels/numbers.js';
import { type ActivationName, activations, slopes } from '../../reference/elementwise/activation.js';
import { checkOperator } from '../check.js';

const parameters: Partial<Record<ActivationName, { alpha: number; beta?: number }>> = {
  clip: { alpha: -0.5, beta: 2 },
  leakyRelu: { alpha: 0.1 },
  elu: { alpha: 0.7 },
  selu: { alpha: 1.67, beta: 1.05 },
  celu: { alpha: 1.3 },
  hardSigmoid: { alpha: 0.2, beta: 0.5 },
  thresholdedRelu: { alpha: 0.3 },
};

function checkGradient(activation: ActivationName, of: 'input' | 'output', values: Float32Array, shape: number[]) {
  const { alpha = 0, beta = 0 } = parameters[activation] ?? {};
  const rounded = [alpha, beta].map(Math.fround) as [number, number];
  const outputs = values.map((x) => activations[activation](x, ...rounded));
  const gradient = tensor(randomFloats(5)(values.length), shape);
  const expected = Array.from(values, (x, i) => gradient.data[i] * slopes[activation](x, ...rounded));
  checkOperator({
    op: 'activationGradient',
    inputs: [tensor(of === 'input' ? values : outputs, shape), gradient],
    attributes: { activation, alpha, beta, of },
    expected: { shape, values: expected, magnitude: expected.map((value) => 1 + Math.abs(value)), roundings: 16 },
  });
}

describe('activationGradient, error within 16 roundings of 1 + |y|', () => {
  const ofOutput = (Object.keys(activations) as ActivationName[]).filter((activation) =>
    followsFromOutput({ activation, ...parameters[activation] }),
  );

  it.each(Object.keys(activations) as ActivationName[])('%s of the input', (activation) => {
    for (const shape of [[13], [0], [2, 3, 4, 5]]) {
      checkGradient(
        activation,
        'input',
        randomFloats(1)(sizeOf(shape)).map((x) => 7 * x),
        shape,
      );
    }
    const far = Float32Array.of(-1e30, -1000, -120, -30, -21, -15, -8, 8, 15, 21, 30, 120, 1000, 1e30);
    checkGradient(activation, 'input', far, [14]);
  });

  it.each(ofOutput)('%s of the output', (activation) => {
    for (const shape of [[1], [3, 5], [1, 3, 4, 7]]) {
      checkGradient(
        activation,
        'output',
        randomFloats(2)(sizeOf(shape)).map((x) => 7 * x),
        shape,
      );
    }
  });

  it('is 0 for relu at 0', () => {
    checkOperator({
      op: 'activationGradient',
      inputs: [tensor([0, -0, 1e-30, -1]), tensor([1, 2, 3, 4])],
      attributes: { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY, of: 'output' },
      expected: { shape: [4], values: [0, 0, 3, 0], roundings: 0 },
    });
  });
});

it('tells which gradients follow from the output', () => {
  expect(followsFromOutput({ activation: 'leakyRelu', alpha: -0.1 })).toBe(false);
  expect(followsFromOutput({ activation: 'silu' })).toBe(false);
  expect(followsFromOutput({})).toBe(true);
});

it('refuses what it cannot differentiate', () => {
  const type = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
  const infer = (attributes: object, ...inputs: object[]) =>
    everything.operators.activationGradient.infer(inputs as never, attributes);
  const refuse = (code: string, attributes: object, ...inputs: object[]) =>
    expect(() => infer(attributes, ...inputs)).toThrow(expect.objectContaining({ code }));
  refuse('ARGUMENT', { activation: 'gelu', of: 'output' }, type(3), type(3));
  refuse('ARGUMENT', { activation: 'elu', alpha: -1, of: 'output' }, type(3), type(3));
  refuse('ARGUMENT', { activation: 'tanh', of: 'both' }, type(3), type(3));
  refuse('SHAPE', { activation: 'tanh', of: 'output' }, type(3), type(4));
});
