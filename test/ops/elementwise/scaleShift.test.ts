import { describe, expect, it } from 'vitest';
import { everything } from '../../graph/everything.js';
import { activations } from '../../reference/elementwise/activation.js';
import { scaleShift } from '../../reference/elementwise/scaleShift.js';
import { checkOperator } from '../check.js';
import { random } from '../values.js';

describe('scaleShift, error within 8 roundings of 2 and the value', () => {
  it.each([
    ...[1, 2, 3, 4, 5, 7, 8, 9, 13].map((channels) => [2, 3, 3, channels]),
    [4],
    [3, 5],
    [2, 3, 1, 4, 5, 6],
    [0, 4],
  ])('of shape %o', (...shape) => {
    const [x, scale, shift] = [random(shape), random(shape.slice(-1)), random(shape.slice(-1))];
    const values = scaleShift(x.data, scale.data, shift.data);
    for (const activation of ['none', 'clip', 'hardSwish'] as const) {
      const activated = values.map((value) => activations[activation](value, 0, 0.5));
      checkOperator({
        op: 'scaleShift',
        inputs: [x, scale, shift],
        attributes: { activation, alpha: 0, beta: 0.5 },
        expected: { shape, values: activated, magnitude: values.map((value) => 2 + Math.abs(value)), roundings: 8 },
      });
    }
  });

  it('takes a scale and a shift of the channels', () => {
    const types = (...shapes: number[][]) => shapes.map((shape) => ({ dtype: 'float32' as const, shape }));
    for (const shapes of [
      [[2, 3], [3]],
      [[2, 3], [2], [3]],
      [[2, 3], [3], [1]],
      [[], [], []],
    ])
      expect(() => everything.operators.scaleShift.infer(types(...shapes), {})).toThrow(/scale and a shift of shape/);
  });
});
