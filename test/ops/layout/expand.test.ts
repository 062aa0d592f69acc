import { expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { codeOf, run } from '../applied.js';
import { counted, int64 } from '../values.js';

it('expand', () => {
  expect(run('expand', [counted([2, 1]), int64(2, 3)])).toEqual([
    [0, 0, 0, 1, 1, 1],
    [2, 3],
  ]);
  expect(run('expand', [counted([3, 1]), int64(2, 1, 2)])).toEqual([
    [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2],
    [2, 3, 2],
  ]);
  expect(run('expand', [tensor(4, []), int64()])).toEqual([[4], []]);
  expect(run('expand', [counted([2, 1]), int64(1)])[1]).toEqual([2, 1]);
  expect(codeOf(() => run('expand', [counted([2]), int64(3)]))).toBe('SHAPE');
});
