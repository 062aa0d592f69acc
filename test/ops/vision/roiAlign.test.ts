import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { roiAlign } from '../../reference/vision/roiAlign.js';
import { codeOfTypes } from '../applied.js';
import { checkOperator } from '../check.js';
import { floatType, random } from '../values.js';

describe('roiAlign, error within 400 roundings', () => {
  it.each(
    [false, true].flatMap((max) =>
      [false, true].flatMap((halfPixel) =>
        [0, 2].map((samples) => ({ max, halfPixel, samples, rows: 3, columns: 2, scale: 0.5 })),
      ),
    ),
  )('%o', (options) => {
    for (const channels of [1, 4, 7, 13]) {
      const shape = [2, 6, 7, channels];
      const x = random(shape);
      const regions = tensor([0, 0, 9.2, 8.1, 3.3, 1.7, 13.9, 11.6, -4.1, -3.3, 6.2, 4.9, 5.2, 5.2, 5.3, 5.3], [4, 4]);
      const images = tensor(BigInt64Array.from([0n, 1n, 1n, 0n]));
      const values = roiAlign(x.data, shape, regions.data, [0, 1, 1, 0], options);
      const expected = { shape: [4, 3, 2, channels], values, magnitude: values.map(() => 1), roundings: 400 };
      checkOperator({ op: 'roiAlign', inputs: [x, regions, images], attributes: options, expected });
    }
  });

  it('survives regions that are no numbers', () => {
    const regions = tensor([Number.NaN, 0, Number.NaN, 1], [1, 4]);
    const images = tensor(Int32Array.of(0));
    const attributes = { rows: 1, columns: 1, halfPixel: true };
    checkOperator({
      op: 'roiAlign',
      inputs: [random([1, 3, 3, 2]), regions, images],
      attributes,
      expected: { shape: [1, 1, 1, 2], values: [0, 0], roundings: 0 },
    });
  });

  it('refuses regions that do not fit', () => {
    const images = { dtype: 'int64', shape: [3] };
    const attributes = { rows: 2, columns: 2 };
    expect(codeOfTypes('roiAlign', [floatType(1, 4, 4, 3), floatType(2, 4), images], attributes)).toBe('SHAPE');
    expect(codeOfTypes('roiAlign', [floatType(1, 4, 4, 3), floatType(3, 4), floatType(3)], attributes)).toBe('SHAPE');
    expect(codeOfTypes('roiAlign', [floatType(1, 4, 4, 3), floatType(3, 4), images], { rows: -1, columns: 2 })).toBe(
      'SHAPE',
    );
  });
});
