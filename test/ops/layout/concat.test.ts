import { describe, expect, it } from 'vitest';
import { everything } from '../../graph/everything.js';
import { concat } from '../../reference/layout/movement.js';
import { codeOf, run } from '../applied.js';
import { apply } from '../apply.js';
import { checkGraph, checkOperator } from '../check.js';
import { counted, EDGES, int64, MAX, MIN } from '../values.js';
import { elements, exactly, numbered } from './moves.js';

it('concat', () => {
  const [a, b] = [counted([2, 1]), counted([2, 2])];
  expect(run('concat', [a, b], { axis: 1 })).toEqual([
    [0, 0, 1, 1, 2, 3],
    [2, 3],
  ]);
  expect(run('concat', [a, a], { axis: -2 })).toEqual([
    [0, 1, 0, 1],
    [4, 1],
  ]);
  expect(run('concat', [counted([0, 2]), b], { axis: 0 })).toEqual([
    [0, 1, 2, 3],
    [2, 2],
  ]);
  expect(run('concat', [int64(1, MAX), int64(3)], { axis: 0 })[1]).toEqual([3]);
  expect(apply(everything.operators.concat, [int64(MIN), int64(MAX)], { axis: 0 })[0].data).toEqual(
    BigInt64Array.of(MIN, MAX),
  );
  expect(codeOf(() => run('concat', [a, counted([3, 1])], { axis: 1 }))).toBe('SHAPE');
  expect(codeOf(() => run('concat', [a, int64(1)], { axis: 0 }))).toBe('SHAPE');
});

describe('concat, compiled', () => {
  it.each(EDGES.map((extent) => [extent] as const))('an extent of %i along every axis', (extent) => {
    const shape = [2, 3, 4, 5];
    shape.forEach((_, axis) => {
      const parts = [numbered(shape), numbered(shape.with(axis, extent), 1000), numbered(shape.with(axis, 1), 5000)];
      const expected = exactly(concat(parts.map(elements), axis));
      checkOperator({ op: 'concat', inputs: parts, attributes: { axis: axis - 4 }, expected });
    });
  });

  it('of one part, and of the same part twice', () => {
    const x = numbered([1, 2, 2, 3]);
    checkOperator({ op: 'concat', inputs: [x], attributes: { axis: 3 }, expected: exactly(elements(x)) });
    const twice = exactly(concat([elements(x), elements(x)], 3));
    checkGraph(
      {
        inputs: [{ name: 'x', dtype: 'float32', shape: [1, 2, 2, 3] }],
        outputs: ['y'],
        nodes: [
          { name: 'neg', op: 'unary', inputs: ['x'], outputs: ['computed'], attributes: { operation: 'neg' } },
          { name: 'concat', op: 'concat', inputs: ['computed', 'computed'], outputs: ['y'], attributes: { axis: 3 } },
        ],
        constants: new Map(),
      },
      { x },
      [{ ...twice, values: Array.from(twice.values, (value) => -Number(value)) }],
    );
  });
});
