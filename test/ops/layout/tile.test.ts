import { expect, it } from 'vitest';
import { codeOf, run } from '../applied.js';
import { counted, int64 } from '../values.js';

it('tile', () => {
  expect(run('tile', [counted([2, 2]), int64(2, 2)])).toEqual([
    [0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3],
    [4, 4],
  ]);
  expect(run('tile', [counted([2]), int64(0)])).toEqual([[], [0]]);
  expect(run('tile', [counted([2, 1, 2], 'int64'), int64(1, 2, 1)])[0]).toEqual([0, 1, 0, 1, 2, 3, 2, 3]);
  expect(codeOf(() => run('tile', [counted([2]), int64(1, 1)]))).toBe('SHAPE');
  expect(codeOf(() => run('tile', [counted([2])], { repeats: [1.5] }))).toBe('SHAPE');
});
