import { expect, it } from 'vitest';
import type { Attributes } from '../../../src/ops/operator.js';
import type { Tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { codeOf } from '../applied.js';
import { apply } from '../apply.js';
import { counted, int64 } from '../values.js';

it('split', () => {
  const parts = (inputs: Tensor[], attributes: Attributes) =>
    apply(everything.operators.split, inputs, attributes).map((part) => [Array.from(part.data, Number), part.shape]);
  expect(parts([counted([2, 4])], { axis: -1, parts: 2 })).toEqual([
    [
      [0, 1, 4, 5],
      [2, 2],
    ],
    [
      [2, 3, 6, 7],
      [2, 2],
    ],
  ]);
  expect(parts([counted([5]), int64(2, 0, 3)], { axis: 0 })).toEqual([
    [[0, 1], [2]],
    [[], [0]],
    [[2, 3, 4], [3]],
  ]);
  expect(parts([counted([7], 'int64')], { axis: 0, parts: 3 }).map(([, shape]) => shape)).toEqual([[3], [3], [1]]);
  expect(codeOf(() => parts([counted([5])], { sizes: [2, 2] }))).toBe('SHAPE');
});
