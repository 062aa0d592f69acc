import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { layerNorm } from '../../reference/normalization/layerNorm.js';
import { codeOfTypes } from '../applied.js';
import { checkGraph, checkOperator } from '../check.js';
import { floatType } from '../values.js';
import { bound, make } from './values.js';

describe('layerNorm, error within 40 roundings of 4 and the value', () => {
  it.each([
    ...[1, 2, 3, 4, 5, 7, 8, 9, 13, 130].map((columns) => ({ shape: [3, columns], axis: -1, shifts: true })),
    { shape: [2, 3, 4, 5], axis: 2, shifts: true },
    { shape: [2, 3, 4, 5], axis: 0, shifts: false },
    { shape: [2, 1, 5, 6], axis: -1, shifts: false },
  ])('%o', ({ shape, axis, shifts }) => {
    const inner = shape.slice(axis);
    const [x, scale, shift] = [make(shape, 3), make(inner), shifts ? make(inner) : undefined];
    const { values } = layerNorm(x.data, sizeOf(inner), scale.data, shift?.data, 1e-3);
    const expected = { shape, values, ...bound(values) };
    checkOperator({ op: 'layerNorm', inputs: [x, scale, shift], attributes: { axis, epsilon: 1e-3 }, expected });
  });

  it('stretches its parameters, and gives means and deviations', () => {
    const x = make([2, 3, 4]);
    const scale = tensor([1.5, -2, 0.5], [3, 1]);
    const whole = Array.from({ length: 12 }, (_, i) => scale.data[Math.floor(i / 4)]);
    const { values, means, inverses } = layerNorm(x.data, 12, whole, undefined, 1e-5);
    const graph = {
      inputs: [{ name: 'x', dtype: 'float32' as const, shape: [2, 3, 4] }],
      outputs: ['y', 'means', 'inverses'],
      nodes: [
        {
          name: 'norm',
          op: 'layerNorm',
          inputs: ['x', 'scale'],
          outputs: ['y', 'means', 'inverses'],
          attributes: { axis: 1 },
        },
      ],
      constants: new Map([['scale', scale]]),
    };
    const statistics = (list: number[]) => ({ shape: [2, 1, 1], values: list, ...bound(list) });
    checkGraph(graph, { x }, [{ shape: [2, 3, 4], values, ...bound(values) }, statistics(means), statistics(inverses)]);
  });
});

it('layerNorm refuses parameters of other shapes', () => {
  expect(codeOfTypes('layerNorm', [floatType(2, 4), floatType(3)], {})).toBe('SHAPE');
});
