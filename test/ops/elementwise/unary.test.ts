import { describe, it } from 'vitest';
import { erf } from '../../reference/elementwise/activation.js';
import { unaryFunctions } from '../../reference/elementwise/unary.js';
import { checkOperator } from '../check.js';
import { atLeastOne, random, SHAPES } from '../values.js';

describe('unary, error within 8 roundings of max(1, |y|)', () => {
  it.each(Object.entries({ ...unaryFunctions, erf }))('%s', (operation, rule) => {
    for (const shape of [[1], [9], [2, 3, 5]]) {
      const x = operation === 'log' || operation === 'sqrt' ? random(shape, 0.1, 5) : random(shape, -5, 5);
      const values = Array.from(x.data, rule);
      checkOperator({
        op: 'unary',
        inputs: [x],
        attributes: { operation },
        expected: { shape, values, magnitude: atLeastOne(values), roundings: 8 },
      });
    }
  });

  it.each(SHAPES.map((shape) => [shape.join(), shape] as const))('of shape [%s]', (_, shape) => {
    const x = random(shape);
    const values = Array.from(x.data, (value) => -value);
    checkOperator({
      op: 'unary',
      inputs: [x],
      attributes: { operation: 'neg' },
      expected: { shape, values, roundings: 0 },
    });
  });
});
