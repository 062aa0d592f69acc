import { describe, it } from 'vitest';
import type { Attributes } from '../../../src/ops/operator.js';
import { Network } from '../../graph/network.js';
import { type ActivationName, activations } from '../../reference/elementwise/activation.js';
import { checkGraph, checkOperator } from '../check.js';
import { atLeastOne, random, SHAPES } from '../values.js';

describe('activation, error within 8 roundings of max(1, |y|)', () => {
  const parameters: Partial<Record<ActivationName, Attributes>> = {
    clip: { alpha: -0.5, beta: 2 },
    leakyRelu: { alpha: 0.1 },
    elu: { alpha: 0.7 },
    selu: { alpha: 1.67, beta: 1.05 },
    celu: { alpha: 1.3 },
    hardSigmoid: { alpha: 0.2, beta: 0.5 },
    thresholdedRelu: { alpha: 0.3 },
  };

  it.each(Object.keys(activations) as ActivationName[])('%s', (activation) => {
    const { alpha = 0, beta = 0 } = (parameters[activation] ?? {}) as { alpha?: number; beta?: number };
    for (const shape of [[13], [0], [2, 3, 4, 5]]) {
      const x = random(shape, -6, 6);
      const values = Array.from(x.data, (value) =>
        activations[activation](value, Math.fround(alpha), Math.fround(beta)),
      );
      checkOperator({
        op: 'activation',
        inputs: [x],
        attributes: { activation, alpha, beta },
        expected: { shape, values, magnitude: atLeastOne(values), roundings: 8 },
      });
    }
  });

  it('of a clip whose bounds cross is the upper one: min(high, max(low, x)), in a convolution and before a pool too', () => {
    const crossed = { activation: 'clip', alpha: 3, beta: -1 };
    const x = random([1, 3, 3, 4], -6, 6);
    const values = new Array<number>(x.size).fill(-1);
    checkOperator({ op: 'activation', inputs: [x], attributes: crossed, expected: { ...x, values, roundings: 0 } });
    const filters = random([4, 4, 1, 1], -1, 1);
    checkOperator({ op: 'conv', inputs: [x, filters], attributes: crossed, expected: { ...x, values, roundings: 0 } });
    // Zeros around what is below 0 are its maximum.
    const net = new Network();
    net.input('x', [1, 2, 2, 1]);
    net.node('clip', 'activation', ['x'], { ...crossed, alpha: 0 });
    net.node('pad', 'pad', ['clip'], { padding: [0, 1, 1, 0, 0, 1, 1, 0] });
    net.node('y', 'maxPool', ['pad'], { kernelShape: [2, 2] });
    const nine = { shape: [1, 3, 3, 1], values: [0, 0, 0, 0, -1, 0, 0, 0, 0], roundings: 0 };
    checkGraph(net.graph('y'), { x: random([1, 2, 2, 1], -6, 6) }, [nine]);
  });

  it.each(SHAPES.map((shape) => [shape.join(), shape] as const))('of shape [%s]', (_, shape) => {
    const x = random(shape, -6, 6);
    const values = Array.from(x.data, (value) => Math.max(0, value));
    checkOperator({
      op: 'activation',
      inputs: [x],
      attributes: { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY },
      expected: { shape, values, roundings: 0 },
    });
  });
});
