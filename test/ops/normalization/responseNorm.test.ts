import { describe, expect, it } from 'vitest';
import { responseNorm, responseNormGradient } from '../../reference/normalization/responseNorm.js';
import { codeOfTypes } from '../applied.js';
import { checkOperator } from '../check.js';
import { floatType } from '../values.js';
import { make } from './values.js';

describe('responseNorm, error within 40 roundings, and its gradient, within 100 of 1', () => {
  it.each(
    [1, 3, 4, 5, 7, 8, 13, 17].flatMap((channels) =>
      [
        { size: 5, alpha: 1e-4, beta: 0.75, bias: 1 },
        { size: 3, alpha: 2, beta: 0.6, bias: 0.5 },
        { size: 4, alpha: 0.5, beta: 1, bias: 2 },
        { size: 40, alpha: 1, beta: 0.75, bias: 1 },
      ].map((attributes) => ({ channels, ...attributes })),
    ),
  )('%o', ({ channels, ...attributes }) => {
    const x = make([2, 2, 3, channels]);
    const values = responseNorm(x.data, channels, attributes.size, attributes);
    checkOperator({ op: 'responseNorm', inputs: [x], attributes, expected: { shape: x.shape, values, roundings: 40 } });
    const gradient = make(x.shape);
    const slopes = responseNormGradient(x.data, gradient.data, channels, attributes.size, attributes);
    checkOperator({
      op: 'responseNormGradient',
      inputs: [x, gradient],
      attributes,
      expected: { shape: x.shape, values: slopes, magnitude: slopes.map(() => 1), roundings: 100 },
    });
  });
});

it('responseNorm refuses empty windows, its gradient other shapes', () => {
  expect(codeOfTypes('responseNorm', [floatType(2, 4)], { size: 0 })).toBe('SHAPE');
  expect(codeOfTypes('responseNormGradient', [floatType(2, 4), floatType(2, 3)], { size: 3 })).toBe('SHAPE');
});
