import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/ops/operator.js';
import { tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { codeOf, run } from '../applied.js';
import { int64 } from '../values.js';

describe('shapes as values', () => {
  it('shape and size need no values', () => {
    const x = { dtype: 'float32', shape: [2, 3, 4] } as const;
    const shape = (attributes: Attributes) => {
      const types = everything.operators.shape.infer([x], attributes);
      return Array.from(everything.operators.shape.evaluate!([undefined], attributes, types, [x])![0].data, Number);
    };
    expect(shape({})).toEqual([2, 3, 4]);
    expect(shape({ start: 1 })).toEqual([3, 4]);
    expect(shape({ start: -1 })).toEqual([4]);
    expect(shape({ start: -10, end: -1 })).toEqual([2, 3]);
    expect(everything.operators.size.evaluate!([undefined], {}, [], [x])![0].data[0]).toBe(24n);
  });

  it('constantOfShape', () => {
    expect(run('constantOfShape', [int64(2, 2)], { value: 3, dtype: 'int64' })).toEqual([
      [3, 3, 3, 3],
      [2, 2],
    ]);
    expect(run('constantOfShape', [int64(3)], { value: 1, dtype: 'bool' })[0]).toEqual([1, 1, 1]);
    expect(run('constantOfShape', [int64(2)], { value: -1.5, dtype: 'float32' })[0]).toEqual([-1.5, -1.5]);
    expect(run('constantOfShape', [int64(0)])).toEqual([[], [0]]);
    expect(run('constantOfShape', [int64()], { value: 5 })).toEqual([[5], []]);
  });

  it('range', () => {
    expect(run('range', [int64(1), int64(10), int64(4)])).toEqual([[1, 5, 9], [3]]);
    expect(run('range', [int64(10), int64(4), int64(-2)])[0]).toEqual([10, 8, 6]);
    expect(run('range', [int64(4), int64(4), int64(1)])).toEqual([[], [0]]);
    const floats = [1, 2, 0.25].map((value) => tensor(Float32Array.of(value), []));
    expect(run('range', floats)[0]).toEqual([1, 1.25, 1.5, 1.75]);
    expect(codeOf(() => run('range', [int64(0), int64(1), int64(0)]))).toBe('SHAPE');
  });
});
