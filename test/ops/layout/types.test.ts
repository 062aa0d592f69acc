import { describe, it } from 'vitest';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { checkOperator, type Expected } from '../check.js';

describe('tensors of other types move too', () => {
  it.each([
    ['int32', tensor(Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
    ['int64', tensor(BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n), [2, 3])],
    ['uint8', tensor(Uint8Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
    ['int8', tensor(Int8Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
    ['float16', tensor(Uint16Array.of(1, 0x8000, 0x7c00, 0x7e01, 0xffff, 0x3c00), [2, 3], 'float16')],
    ['float64', tensor(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
  ] as [string, Tensor][])('%s', (_, x) => {
    const values = Array.from<number | bigint>(x.data);
    const turned = [0, 3, 1, 4, 2, 5].map((i) => values[i]);
    const transposed: Expected = { shape: [3, 2], values: turned as number[], roundings: 0 };
    checkOperator({ op: 'transpose', inputs: [x], attributes: { permutation: [1, 0] }, expected: transposed });
    const part: Expected = { shape: [2, 1], values: [values[1], values[4]] as number[], roundings: 0 };
    checkOperator({ op: 'slice', inputs: [x], attributes: { starts: [1], ends: [2], axes: [1] }, expected: part });
  });
});
