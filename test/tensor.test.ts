// Tensors of every element type: made, read as numbers, refused.

import { describe, expect, it } from 'vitest';
import { dtypes, newArray, Tensor, tensor } from '../src/tensor.js';

describe('tensor() takes', () => {
  it('doubles, over the same memory', () => {
    const data = Float64Array.of(0.1, 2 ** 60);
    expect(tensor(data)).toMatchObject({ dtype: 'float64', shape: [2] });
    expect(tensor(data).data).toBe(data);
    expect(tensor(data).toFloat32()).toEqual(Float32Array.of(0.1, 2 ** 60));
  });

  it('clamped bytes, over the same memory', () => {
    const data = new Uint8ClampedArray([300, 7, 0, 9]).subarray(1);
    const made = tensor(data, [3]);
    expect(made).toMatchObject({ dtype: 'uint8', data: Uint8Array.of(7, 0, 9) });
    expect(made.data.buffer).toBe(data.buffer);
  });

  it('numbers as halves, rounded; bits as halves where that is named', () => {
    const made = tensor(
      [
        [1.5, 70000],
        [Math.PI, -0],
      ] as const,
      undefined,
      'float16',
    );
    expect(made.data).toEqual(Uint16Array.of(0x3e00, 0x7c00, 0x4248, 0x8000));
    expect(made.toFloat32()).toEqual(Float32Array.of(1.5, Infinity, 3.140625, -0));
    expect(tensor(made.data, [2, 2], 'float16')).toEqual(made);
  });

  const Float16Array = (globalThis as { Float16Array?: { of(...values: number[]): never } }).Float16Array;
  it.skipIf(!Float16Array)('a Float16Array, whose bits are copied', () => {
    const data = Float16Array!.of(1.5, -2) as unknown as Uint16Array;
    const made = tensor(data as never) as unknown as Tensor<'float16'>;
    data[0] = 9;
    expect(made).toMatchObject({ dtype: 'float16', data: Uint16Array.of(0x3e00, 0xc000) });
  });
});

it.each(dtypes)('toFloat32() of %s', (dtype) => {
  const data = newArray(dtype, 2);
  data[1] = dtype === 'int64' ? 1n : dtype === 'float16' ? 0x3c00 : 1;
  expect(new Tensor(dtype, [2], data).toFloat32()).toEqual(Float32Array.of(0, 1));
});
