import { expect, it } from 'vitest';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { codeOf, run } from '../applied.js';
import { bool, counted, int64 } from '../values.js';

it('where', () => {
  expect(run('where', [bool([1, 0], [2, 1]), counted([2]), tensor(9, [])])).toEqual([
    [0, 1, 9, 9],
    [2, 2],
  ]);
  expect(run('where', [bool([1, 0]), int64(1, 2), int64(3, 4)])[0]).toEqual([1, 4]);
  expect(run('where', [bool([1, 0]), bool([0, 0]), bool([1, 1])])[0]).toEqual([0, 1]);
  expect(run('where', [bool([]), counted([0]), counted([0])])[0]).toEqual([]);
  expect(codeOf(() => run('where', [int64(1), int64(1), int64(1)]))).toBe('SHAPE');
});

it('compare', () => {
  const [a, b] = [Float32Array.of(1, 2, 3, Number.NaN), Float32Array.of(2, 2, 2, Number.NaN)].map((x) => tensor(x));
  const expected = {
    less: [1, 0, 0, 0],
    greater: [0, 0, 1, 0],
    equal: [0, 1, 0, 0],
    lessOrEqual: [1, 1, 0, 0],
    greaterOrEqual: [0, 1, 1, 0],
  };
  for (const [operation, holds] of Object.entries(expected)) {
    expect(run('compare', [a, b], { operation })[0], operation).toEqual(holds);
    const integers = [int64(1, 2, 3), int64(2, 2, 2)];
    expect(run('compare', integers, { operation })[0], operation).toEqual(holds.slice(0, 3));
    const bytes = [tensor(Int8Array.of(-1, 2, 3)), tensor(Int8Array.of(2))];
    expect(run('compare', bytes, { operation })[0], operation).toEqual(holds.slice(0, 3));
  }
  const isLess = (left: Tensor, right: Tensor) => run('compare', [left, right], { operation: 'less' })[0];
  expect(isLess(tensor(Uint8Array.of(200)), tensor(Uint8Array.of(3)))).toEqual([0]);
  expect(isLess(tensor(Int32Array.of(-1)), tensor(Int32Array.of(3)))).toEqual([1]);
  expect(codeOf(() => run('compare', [a, int64(1)], { operation: 'less' }))).toBe('SHAPE');
});

it('logical', () => {
  const [a, b] = [bool([0, 0, 1, 1]), bool([0, 1, 0, 1])];
  expect(run('logical', [a, b], { operation: 'and' })[0]).toEqual([0, 0, 0, 1]);
  expect(run('logical', [a, b], { operation: 'or' })[0]).toEqual([0, 1, 1, 1]);
  expect(run('logical', [a, bool([1])], { operation: 'xor' })[0]).toEqual([1, 1, 0, 0]);
  expect(run('logical', [a], { operation: 'not' })[0]).toEqual([1, 1, 0, 0]);
  expect(codeOf(() => run('logical', [a, int64(1)], { operation: 'or' }))).toBe('SHAPE');
});
