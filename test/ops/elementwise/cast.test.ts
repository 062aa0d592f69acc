import { describe, expect, it } from 'vitest';
import { type DType, type Tensor, tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { run } from '../applied.js';
import { apply } from '../apply.js';
import { bool, counted, int64, MAX, MIN } from '../values.js';

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
