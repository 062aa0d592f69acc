import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { pad } from '../../reference/layout/movement.js';
import { codeOf, run } from '../applied.js';
import { bool, counted, int64 } from '../values.js';
import { checkMove, elements, numbered, shapes } from './moves.js';

describe('pad', () => {
  const x = counted([3]);

  it('with a constant', () => {
    expect(run('pad', [x, int64(1, 2), tensor(9, [])])[0]).toEqual([9, 0, 1, 2, 9, 9]);
    expect(run('pad', [counted([2, 2]), int64(0, 1, 1, 0)])).toEqual([
      [0, 0, 1, 0, 2, 3, 0, 0, 0],
      [3, 3],
    ]);
    expect(run('pad', [counted([2, 2]), int64(1, 0), undefined, int64(-1)])).toEqual([
      [0, 0, 1, 0, 2, 3],
      [2, 3],
    ]);
    expect(run('pad', [int64(5, 6), int64(1, 0), int64(-1)])[0]).toEqual([-1, 5, 6]);
    expect(run('pad', [bool([1, 0]), int64(0, 1), bool([1])])[0]).toEqual([1, 0, 1]);
  });

  it('takes away where it is negative', () => {
    expect(run('pad', [x], { mode: 'constant', padding: [-1, 1] })[0]).toEqual([1, 2, 0]);
    expect(run('pad', [x], { mode: 'edge', padding: [-1, -1] })[0]).toEqual([1]);
    expect(run('pad', [x], { mode: 'constant', padding: [2, -4], value: 7 })[0]).toEqual([7]);
    expect(codeOf(() => run('pad', [x], { padding: [-2, -2] }))).toBe('SHAPE');
  });

  it('with the edge, a reflection or the other side', () => {
    expect(run('pad', [x], { mode: 'edge', padding: [2, 2] })[0]).toEqual([0, 0, 0, 1, 2, 2, 2]);
    expect(run('pad', [x], { mode: 'reflect', padding: [2, 2] })[0]).toEqual([2, 1, 0, 1, 2, 1, 0]);
    expect(run('pad', [x], { mode: 'reflect', padding: [5, 3] })[0]).toEqual([1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1]);
    expect(run('pad', [x], { mode: 'wrap', padding: [2, 4] })[0]).toEqual([1, 2, 0, 1, 2, 0, 1, 2, 0]);
    expect(run('pad', [counted([2, 3])], { mode: 'reflect', padding: [1, 1, 0, 1] })[0]).toEqual([
      4, 3, 4, 5, 4, 1, 0, 1, 2, 1, 4, 3, 4, 5, 4,
    ]);
    expect(codeOf(() => run('pad', [counted([0])], { mode: 'edge', padding: [1, 0] }))).toBe('SHAPE');
    for (const mode of ['mirror', 'toString', '__proto__']) {
      expect(codeOf(() => run('pad', [x], { mode, padding: [1, 0] }))).toBe('ARGUMENT');
    }
    expect(codeOf(() => run('pad', [x], { padding: [1] }))).toBe('SHAPE');
    expect(codeOf(() => run('pad', [x], { padding: [0.5, 0.5] }))).toBe('SHAPE');
  });

  it('goes with its axes when they are reordered', () => {
    const padding = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(everything.operators.pad.permute!({ padding }, [0, 2, 3, 1])).toEqual({ padding: [1, 3, 4, 2, 5, 7, 8, 6] });
  });
});

describe('pad, compiled', () => {
  it.each(shapes)('[%s]', (_, shape) => {
    const x = numbered(shape);
    const before = shape.map((_, axis) => axis % 3);
    const after = shape.map((extent, axis) => (axis % 2 === 0 && extent > 2 ? -1 : 2));
    const padding = [...before, ...after];
    checkMove('pad', x, { mode: 'constant', padding, value: -7 }, pad(elements(x), padding, -7));
  });
});
