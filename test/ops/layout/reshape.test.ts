import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { codeOf, run, shapeOf } from '../applied.js';
import { counted, int64 } from '../values.js';
import { checkMove, numbered, shapes } from './moves.js';

describe('reshape and its relatives', () => {
  const x = counted([2, 3, 4]);

  it('reshape', () => {
    expect(run('reshape', [x, int64(4, 6)])[1]).toEqual([4, 6]);
    expect(run('reshape', [x, int64(0, -1)])[1]).toEqual([2, 12]);
    expect(run('reshape', [x, int64(-1)])).toEqual([Array.from(x.data, Number), [24]]);
    expect(run('reshape', [tensor(5, []), int64()])).toEqual([[5], []]);
    expect(run('reshape', [counted([0, 3]), int64(3, 0)], { allowZero: true })[1]).toEqual([3, 0]);
    expect(shapeOf('reshape', counted([0, 3]), { shape: [-1, 3] })).toEqual([0, 3]);
    // Any size would do for -1 here: ONNX's reference evaluator (NumPy) and ONNX Runtime refuse it.
    expect(codeOf(() => shapeOf('reshape', counted([0, 3]), { shape: [0, -1] }))).toBe('SHAPE');
    expect(codeOf(() => run('reshape', [x, int64(5, 5)]))).toBe('SHAPE');
    expect(codeOf(() => run('reshape', [x, int64(-1, -1)]))).toBe('SHAPE');
    expect(codeOf(() => run('reshape', [x, int64(5, -1)]))).toBe('SHAPE');
  });

  it('flatten', () => {
    expect(run('flatten', [x])[1]).toEqual([2, 12]);
    expect(run('flatten', [x], { axis: 0 })[1]).toEqual([1, 24]);
    expect(run('flatten', [x], { axis: 3 })[1]).toEqual([24, 1]);
    expect(run('flatten', [x], { axis: -1 })[1]).toEqual([6, 4]);
    expect(run('flatten', [tensor(1, [])], { axis: 0 })[1]).toEqual([1, 1]);
  });

  it('squeeze and unsqueeze', () => {
    const y = counted([1, 3, 1, 2]);
    expect(run('squeeze', [y])[1]).toEqual([3, 2]);
    expect(run('squeeze', [y, int64(-2)])[1]).toEqual([1, 3, 2]);
    expect(run('squeeze', [y], { axes: [0, 2] })[1]).toEqual([3, 2]);
    expect(codeOf(() => run('squeeze', [y], { axes: [1] }))).toBe('SHAPE');
    expect(run('unsqueeze', [x, int64(0, -1)])[1]).toEqual([1, 2, 3, 4, 1]);
    expect(run('unsqueeze', [tensor(1, [])], { axes: [0] })[1]).toEqual([1]);
    expect(codeOf(() => run('unsqueeze', [x], { axes: [0, 0] }))).toBe('SHAPE');
  });
});

describe('reshape, compiled', () => {
  it.each(shapes)('of [%s]', (_, shape) => {
    const x = numbered(shape);
    for (const target of [[sizeOf(shape)], [...shape, 1], [1, ...shape]]) {
      checkMove('reshape', x, { shape: target, allowZero: true }, { shape: target, values: Array.from(x.data) });
    }
  });
});
