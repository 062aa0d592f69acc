import { expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { codeOf, run } from '../applied.js';
import { counted, int64 } from '../values.js';

it('gather', () => {
  const x = counted([3, 4]);
  expect(run('gather', [x, int64(2, 0)], { axis: 0 })).toEqual([
    [8, 9, 10, 11, 0, 1, 2, 3],
    [2, 4],
  ]);
  expect(run('gather', [x, tensor(BigInt64Array.of(-1n), [])], { axis: 1 })).toEqual([[3, 7, 11], [3]]);
  expect(run('gather', [x, tensor(Int32Array.of(0, 1, 1, 0), [2, 2])], { axis: -1 })).toEqual([
    [0, 1, 1, 0, 4, 5, 5, 4, 8, 9, 9, 8],
    [3, 2, 2],
  ]);
  expect(run('gather', [counted([3, 2], 'int64'), int64(1, -1)])[0]).toEqual([2, 3, 4, 5]);
  expect(run('gather', [counted([3, 5], 'uint8'), int64(2, 1)])[0]).toEqual([10, 11, 12, 13, 14, 5, 6, 7, 8, 9]);
  expect(run('gather', [x, int64()])).toEqual([[], [0, 4]]);
  expect(codeOf(() => run('gather', [x, int64(3)], { axis: 0 }))).toBe('SHAPE');
});
