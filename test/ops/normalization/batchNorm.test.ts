import { describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../../src/errors.js';
import { batchNorm } from '../../../src/ops/normalization/batchNorm.js';
import { checkOperator } from '../check.js';
import { random } from '../values.js';

describe('batchNorm, error within 16 roundings of the sum of its parts', () => {
  it.each(
    [[5], [1, 13], [4, 3], [0, 4], [2, 3, 4], [1, 5, 4, 8], [1, 2, 3, 2, 9]].map(
      (shape) => [shape.join(), shape] as const,
    ),
  )('of shape [%s]', (_, shape) => {
    const channels = shape.at(-1)!;
    const x = random(shape, -3, 3);
    const [scale, shift, mean] = [random([channels], 0.5, 2), random([channels], -1, 1), random([channels], -2, 2)];
    const variance = random([channels], 0.25, 4);
    const parts = Array.from(x.data, (value, i) => {
      const c = i % channels;
      const factor = scale.data[c] / Math.sqrt(variance.data[c] + 1e-3);
      return {
        y: (value - mean.data[c]) * factor + shift.data[c],
        size: (Math.abs(value) + Math.abs(mean.data[c])) * factor + 1,
      };
    });
    checkOperator({
      op: 'batchNorm',
      inputs: [x, scale, shift, mean, variance],
      attributes: { epsilon: 1e-3 },
      expected: { shape, values: parts.map(({ y }) => y), magnitude: parts.map(({ size }) => size), roundings: 16 },
    });
  });
});

it.each([
  ['a single number', [], [1], '[..., channels], not a single number'],
  [
    'statistics of other channels',
    [2, 3],
    [2],
    '3 channels takes scale, shift, mean and variance of shape [3], not [2]',
  ],
  ['statistics that are numbers', [2, 1], [], '1 channels takes scale, shift, mean and variance of shape [1], not []'],
])('batchNorm refuses %s', (_, shape, statistics, message) => {
  const type = (shape: number[]) => ({ dtype: 'float32', shape }) as const;
  const infer = () => batchNorm.infer([type(shape), ...Array(4).fill(type(statistics))], {});
  expect(infer).toThrow(expect.objectContaining({ code: 'SHAPE', message: expect.stringContaining(message) }));
  expect(infer).toThrow(QuadlaneError);
});
