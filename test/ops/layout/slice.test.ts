import { describe, expect, it } from 'vitest';
import { everything } from '../../graph/everything.js';
import { slice } from '../../reference/layout/movement.js';
import { codeOf, run, shapeOf } from '../applied.js';
import { counted, int64, MAX, MIN } from '../values.js';
import { checkMove, elements, numbered, shapes } from './moves.js';

describe('slice', () => {
  const x = counted([4, 5]);

  it('takes parts by NumPy rules', () => {
    expect(run('slice', [x, int64(1, 0), int64(3, MAX)])).toEqual([
      [5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
      [2, 5],
    ]);
    expect(run('slice', [x, int64(-2), int64(MAX), int64(-1)])[0]).toEqual([3, 4, 8, 9, 13, 14, 18, 19]);
    expect(run('slice', [x, int64(0), int64(MAX), int64(1), int64(2)])).toEqual([
      [0, 2, 4, 5, 7, 9, 10, 12, 14, 15, 17, 19],
      [4, 3],
    ]);
    expect(run('slice', [x], { starts: [100], ends: [200] })).toEqual([[], [0, 5]]);
  });

  it('walks backwards', () => {
    expect(run('slice', [counted([5]), int64(-1), int64(MIN), int64(0), int64(-1)])[0]).toEqual([4, 3, 2, 1, 0]);
    expect(run('slice', [counted([5]), int64(MAX), int64(0), int64(0), int64(-2)])[0]).toEqual([4, 2]);
    expect(run('slice', [x, int64(3, 4), int64(0, -6), int64(0, 1), int64(-1, -4)])).toEqual([
      [19, 15, 14, 10, 9, 5],
      [3, 2],
    ]);
  });

  it('refuses steps of 0, axes given twice, lists of other lengths and parts of elements', () => {
    expect(codeOf(() => shapeOf('slice', x, { starts: [0], ends: [1], steps: [0] }))).toBe('SHAPE');
    expect(codeOf(() => shapeOf('slice', x, { starts: [0, 0], ends: [1, 1], axes: [0, -2] }))).toBe('SHAPE');
    expect(codeOf(() => shapeOf('slice', x, { starts: [0, 0], ends: [1] }))).toBe('SHAPE');
    expect(codeOf(() => shapeOf('slice', x, { starts: [0.5], ends: [1.5] }))).toBe('SHAPE');
    expect(codeOf(() => shapeOf('slice', x, { starts: [0], ends: [1], steps: [0.5] }))).toBe('SHAPE');
  });

  it('goes with its axes when they are reordered', () => {
    const { permute } = everything.operators.slice;
    expect(permute!({ starts: [1], ends: [2], axes: [-1] }, [0, 2, 3, 1])).toMatchObject({ axes: [2] });
    expect(permute!({ starts: [1, 1], ends: [2, 2] }, [0, 2, 3, 1])).toMatchObject({ axes: [0, 3] });
  });
});

describe('slice, compiled', () => {
  it.each(shapes)('of [%s]', (_, shape) => {
    const x = numbered(shape);
    const extents = shape.map((extent) => Math.max(0, Math.ceil((extent - 1) / 2)));
    const starts = shape.map(() => 1);
    const expected = slice(
      elements(x),
      starts,
      extents,
      shape.map(() => 2),
    );
    checkMove('slice', x, { starts, ends: shape.map(() => 1000), steps: shape.map(() => 2) }, expected);
    const backwards = slice(
      elements(x),
      shape.map((extent) => extent - 1),
      shape,
      shape.map(() => -1),
    );
    const far = shape.map(() => -1000);
    checkMove('slice', x, { starts: shape.map(() => 1000), ends: far, steps: shape.map(() => -1) }, backwards);
  });
});

describe('sliceGradient', () => {
  it('is zero but where the slice was taken', () => {
    const attributes = { shape: [3, 4], starts: [2, 0], ends: [-4, 4], steps: [-2, 3] };
    checkMove('sliceGradient', numbered([2, 2]), attributes, {
      shape: [3, 4],
      values: [3, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 2],
    });
  });

  it('refuses gradients of another shape', () => {
    const gradient = numbered([2, 3]);
    const moved = () =>
      checkMove('sliceGradient', gradient, { shape: [4], starts: [0], ends: [2] }, elements(gradient));
    expect(moved).toThrow(/the gradient of a slice has its shape/);
  });
});
