import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { type GridOptions, gridSample } from '../../reference/vision/gridSample.js';
import { codeOfTypes } from '../applied.js';
import { checkOperator } from '../check.js';
import { floatType, random } from '../values.js';

describe('gridSample, error within 400 roundings of the weights', () => {
  const options = (['nearest', 'linear', 'cubic'] as const).flatMap((mode) =>
    (['zeros', 'border', 'reflection'] as const).flatMap((outside) =>
      [false, true].map((alignCorners): GridOptions => ({ mode, outside, alignCorners })),
    ),
  );
  it.each(options)('%o', (given) => {
    for (const [shape, points] of [
      [
        [2, 5, 6, 5],
        [3, 4],
      ],
      [
        [1, 3, 4, 2, 8],
        [2, 1, 5],
      ],
      [[1, 7, 3], [9]],
      [
        [1, 1, 5, 13],
        [2, 6],
      ],
    ]) {
      const axes = shape.length - 2;
      const [x, grid] = [random(shape), random([shape[0], ...points, axes], -1.75, 1.75)];
      const values = gridSample(x.data, shape, grid.data, sizeOf(points), given);
      // Places are rounded, and weights have slopes of up to 2 on each axis.
      const exact = given.mode === 'nearest';
      const expected = {
        shape: [shape[0], ...points, shape.at(-1)!],
        values,
        magnitude: values.map(() => 3),
        roundings: exact ? 0 : 400,
      };
      checkOperator({ op: 'gridSample', inputs: [x, grid], attributes: { ...given }, expected });
    }
  });

  it.each(['nearest', 'linear', 'cubic'])(
    '%s of a place that is NaN is NaN: it is neither inside nor outside',
    (mode) => {
      const x = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
      const grid = tensor([Number.NaN, 0, 0, Number.NaN], [1, 2, 1, 2]);
      for (const outside of ['zeros', 'border', 'reflection']) {
        const expected = { shape: [1, 2, 1, 1], values: [Number.NaN, Number.NaN], roundings: 0 };
        checkOperator({ op: 'gridSample', inputs: [x, grid], attributes: { mode, outside }, expected });
      }
    },
  );

  it('is outside at infinity', () => {
    const grid = tensor([Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, 0, 0, 1e30], [1, 3, 1, 2]);
    const x = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
    const sampled = (outside: string, values: number[]) =>
      checkOperator({
        op: 'gridSample',
        inputs: [x, grid],
        attributes: { outside },
        expected: { shape: [1, 3, 1, 1], values, roundings: 4 },
      });
    sampled('zeros', [0, 0, 0]);
    sampled('border', [3, 2, 3.5]);
  });

  // ONNX leaves open whether a place outside is brought to the border before its taps are taken, or the taps are: for
  // cubic ones that differs. PyTorch, from which the operator comes, and ONNX Runtime pad first and then interpolate.
  it('cubic beyond the border is of the map with its border repeated', () => {
    const x = tensor([1, 5, 2, 8], [1, 4, 1]);
    // Place -0.75: taps -2, -1, 0 and 1 of 1, 1, 1, 5, a quarter from -1 on.
    const grid = tensor([-1.125], [1, 1, 1]);
    const weight = -0.75 * (1.75 ** 3 - 5 * 1.75 ** 2 + 8 * 1.75 - 4);
    checkOperator({
      op: 'gridSample',
      inputs: [x, grid],
      attributes: { mode: 'cubic', outside: 'border' },
      expected: { shape: [1, 1, 1], values: [1 + 4 * weight], roundings: 8 },
    });
  });

  it('samples nothing', () => {
    checkOperator({
      op: 'gridSample',
      inputs: [random([1, 3, 3, 2]), random([1, 0, 4, 2])],
      expected: { shape: [1, 0, 4, 2], values: [], roundings: 0 },
    });
  });

  it('refuses grids that do not fit', () => {
    expect(codeOfTypes('gridSample', [floatType(1, 4, 4, 3), floatType(1, 2, 2, 3)], {})).toBe('SHAPE');
    expect(codeOfTypes('gridSample', [floatType(2, 4, 4, 3), floatType(1, 2, 2, 2)], {})).toBe('SHAPE');
    expect(codeOfTypes('gridSample', [floatType(1, 4, 0, 3), floatType(1, 2, 2, 2)], {})).toBe('SHAPE');
    expect(codeOfTypes('gridSample', [floatType(1, 4, 4, 3), floatType(1, 2, 2, 2)], { mode: 'toString' })).toBe(
      'ARGUMENT',
    );
  });
});
