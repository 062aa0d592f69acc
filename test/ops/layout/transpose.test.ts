import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { transpose } from '../../reference/layout/movement.js';
import { codeOf, run } from '../applied.js';
import { apply } from '../apply.js';
import { counted } from '../values.js';
import { checkMove, elements, numbered, shapes } from './moves.js';

describe('transpose', () => {
  it.each(['float32', 'int64', 'uint8'] as const)('of %s', (dtype) => {
    const x = counted([2, 3], dtype);
    expect(run('transpose', [x])).toEqual([
      [0, 3, 1, 4, 2, 5],
      [3, 2],
    ]);
    expect(run('transpose', [counted([2, 1, 3], dtype)], { permutation: [2, 0, 1] })).toEqual([
      [0, 3, 1, 4, 2, 5],
      [3, 2, 1],
    ]);
  });

  it('of larger and of empty tensors', () => {
    const x = counted([2, 5, 6, 7]);
    const [there] = apply(everything.operators.transpose, [x], { permutation: [0, 2, 3, 1] });
    expect(apply(everything.operators.transpose, [there], { permutation: [0, 3, 1, 2] })).toEqual([x]);
    expect(run('transpose', [counted([0, 3])])).toEqual([[], [3, 0]]);
    expect(run('transpose', [tensor(3, [])])).toEqual([[3], []]);
    expect(codeOf(() => run('transpose', [x], { permutation: [0, 1, 1, 2] }))).toBe('SHAPE');
  });
});

describe('transpose, compiled', () => {
  it.each(shapes)('of [%s]', (_, shape) => {
    const x = numbered(shape);
    const orders =
      shape.length === 2
        ? [[1, 0]]
        : [
            [0, 2, 3, 1],
            [0, 3, 1, 2],
            [3, 2, 1, 0],
            [0, 2, 1, 3],
          ];
    for (const permutation of orders) checkMove('transpose', x, { permutation }, transpose(elements(x), permutation));
  });
});
