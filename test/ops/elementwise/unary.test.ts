import { describe, it } from 'vitest';
import { erf } from '../../reference/elementwise/activation.js';
import { unaryFunctions } from '../../reference/elementwise/unary.js';
import { checkOperator } from '../check.js';
import { types, whole } from '../integers.js';
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

  const rules: Readonly<Record<string, (x: bigint) => bigint>> = {
    abs: (x) => (x < 0n ? -x : x),
    neg: (x) => -x,
    sign: (x) => (x < 0n ? -1n : x > 0n ? 1n : 0n),
    floor: (x) => x,
  };

  it.each(types.flatMap((dtype) => Object.keys(rules).map((operation) => [operation, dtype] as const)))(
    '%s of %s',
    (operation, dtype) => {
      const values = [0n, 1n, 2n, 100n, 127n, ...(dtype === 'uint8' ? [128n, 255n] : [-1n, -2n, -127n])];
      const x = whole(dtype, values);
      const expected = whole(dtype, values.map(rules[operation]));
      checkOperator({
        op: 'unary',
        inputs: [x],
        attributes: { operation },
        expected: { shape: x.shape, values: Array.from<number | bigint>(expected.data) as number[], roundings: 0 },
      });
    },
  );
});
