import { describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import type { Attributes } from '../../src/ops/operator.js';
import { type DType, newArray, Tensor, type TensorType, tensor } from '../../src/tensor.js';
import { everything } from '../graph/everything.js';
import { apply } from './apply.js';

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** 0, 1, 2, .. in `shape`. */
function counted(shape: number[], dtype: DType = 'float32'): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = newArray(dtype, size);
  for (let i = 0; i < size; i++) data[i] = dtype === 'int64' ? BigInt(i) : i;
  return new Tensor(dtype, shape, data);
}

const int64 = (...values: (number | bigint)[]) => tensor(BigInt64Array.from(values, BigInt));
const bool = (values: number[], shape?: number[]) => tensor(Uint8Array.from(values), shape, 'bool');

function run(op: string, inputs: (Tensor | undefined)[], attributes?: Attributes): [number[], number[]] {
  const [result] = apply(everything.operators[op], inputs, attributes);
  return [Array.from(result.data, Number), [...result.shape]];
}

function shapeOf(op: string, input: TensorType, attributes?: Attributes): readonly number[] {
  return everything.operators[op].infer([input], attributes)[0].shape;
}

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof QuadlaneError) return error.code;
    throw error;
  }
  return 'none';
}

describe('reshape and its relatives', () => {
  const x = counted([2, 3, 4]);

  it('reshape', () => {
    expect(run('reshape', [x, int64(4, 6)])[1]).toEqual([4, 6]);
    expect(run('reshape', [x, int64(0, -1)])[1]).toEqual([2, 12]);
    expect(run('reshape', [x, int64(-1)])).toEqual([Array.from(x.data, Number), [24]]);
    expect(run('reshape', [tensor(5, []), int64()])).toEqual([[5], []]);
    expect(run('reshape', [counted([0, 3]), int64(3, 0)], { allowZero: true })[1]).toEqual([3, 0]);
    expect(shapeOf('reshape', counted([0, 3]), { shape: [0, -1] })).toEqual([0, 0]);
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

  it('identity keeps every type', () => {
    for (const dtype of ['float32', 'int32', 'int64', 'int8', 'uint8', 'bool'] as const) {
      expect(run('identity', [counted([2, 2], dtype)])[0]).toEqual([0, 1, 2, 3]);
    }
  });
});

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

describe('split and concat', () => {
  it('split', () => {
    const parts = (inputs: Tensor[], attributes: Attributes) =>
      apply(everything.operators.split, inputs, attributes).map((part) => [Array.from(part.data, Number), part.shape]);
    expect(parts([counted([2, 4])], { axis: -1, parts: 2 })).toEqual([
      [
        [0, 1, 4, 5],
        [2, 2],
      ],
      [
        [2, 3, 6, 7],
        [2, 2],
      ],
    ]);
    expect(parts([counted([5]), int64(2, 0, 3)], { axis: 0 })).toEqual([
      [[0, 1], [2]],
      [[], [0]],
      [[2, 3, 4], [3]],
    ]);
    expect(parts([counted([7], 'int64')], { axis: 0, parts: 3 }).map(([, shape]) => shape)).toEqual([[3], [3], [1]]);
    expect(codeOf(() => parts([counted([5])], { sizes: [2, 2] }))).toBe('SHAPE');
  });

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
});

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

describe('expand, tile, gather', () => {
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
});

describe('cast', () => {
  const to = (input: Tensor, dtype: DType) => run('cast', [input], { to: dtype })[0];

  it('cuts floats toward zero, at the bounds of the integers', () => {
    const x = tensor(Float32Array.of(1.9, -1.9, 1e20, -1e20, Number.NaN, Number.POSITIVE_INFINITY, -0.5));
    expect(to(x, 'int32')).toEqual([1, -1, 2147483647, -2147483648, 0, 2147483647, 0]);
    expect(apply(everything.operators.cast, [x], { to: 'int64' })[0].data).toEqual(
      BigInt64Array.of(1n, -1n, MAX, MIN, 0n, MAX, 0n),
    );
    expect(to(x, 'bool')).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(to(tensor(Float32Array.of(3.7, 255, -1)), 'uint8')).toEqual([3, 255, 255]);
    expect(to(tensor(Float32Array.of(3.7, -128)), 'int8')).toEqual([3, -128]);
  });

  it('between integers and back', () => {
    expect(to(int64(5, -5, 2 ** 32 + 7), 'int32')).toEqual([5, -5, 7]);
    expect(to(int64(5, -5, 0), 'float32')).toEqual([5, -5, 0]);
    expect(to(int64(2 ** 32, 0), 'bool')).toEqual([1, 0]);
    expect(to(tensor(Int8Array.of(-3, 3)), 'float32')).toEqual([-3, 3]);
    expect(to(tensor(Int8Array.of(-3, 3)), 'int64')).toEqual([-3, 3]);
    expect(to(tensor(Uint8Array.of(200, 3)), 'int32')).toEqual([200, 3]);
    expect(to(bool([0, 1]), 'float32')).toEqual([0, 1]);
    expect(to(bool([0, 1]), 'bool')).toEqual([0, 1]);
    expect(to(counted([5, 7]), 'int64').at(-1)).toBe(34);
  });
});

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

  it('leaves large tensors to the kernels', () => {
    const large = { dtype: 'float32', shape: [257, 256] } as const;
    expect(everything.operators.constantOfShape.evaluate!([], { shape: [257, 256] }, [large], [])).toBeUndefined();
    expect(everything.operators.transpose.evaluate!([counted([257, 256])], {}, [large], [])).toBeUndefined();
  });

  it('wait for values that are not known', () => {
    const type = { dtype: 'float32', shape: [2] } as const;
    for (const op of ['transpose', 'concat', 'cast', 'where', 'gather', 'reshape', 'identity']) {
      expect(
        everything.operators[op].evaluate!([undefined, undefined, undefined], { axis: 0, to: 'bool' }, [type], [type]),
        op,
      ).toBeUndefined();
    }
  });
});

describe('where, compare, logical', () => {
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
});
