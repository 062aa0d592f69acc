import { describe, expect, it } from 'vitest';
import { type DType, newArray, Tensor, tensor } from '../../src/tensor.js';
import { binaryFunctions, integerFunctions } from '../reference/elementwise.js';
import { reductions } from '../reference/reduce.js';
import { checkOperator } from './check.js';

const types = ['int32', 'int64', 'int8', 'uint8'] as const;
type Whole = (typeof types)[number];

/** These values as elements of a type, cut to its bits. */
function whole(dtype: DType, values: readonly bigint[], shape: readonly number[] = [values.length]): Tensor {
  const data = newArray(dtype, values.length);
  values.forEach((value, i) => {
    data[i] = dtype === 'int64' ? BigInt.asIntN(64, value) : Number(BigInt.asIntN(32, value));
  });
  return new Tensor(dtype, shape, data);
}

const big = (t: Tensor) => Array.from<number | bigint, bigint>(t.data, BigInt);

const bounds: Record<Whole, bigint[]> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  int8: [-128n, 127n],
  uint8: [0n, 255n],
};

describe.each(types)('%s', (dtype) => {
  const values = [...bounds[dtype], 0n, 1n, 2n, 7n, ...(dtype === 'uint8' ? [] : [-1n, -2n, -7n])];

  it.each(Object.keys(binaryFunctions) as (keyof typeof binaryFunctions)[])('%s of all pairs', (operation) => {
    const exponents = [0n, 1n, 2n, 7n, ...(dtype === 'uint8' ? [] : [-1n, -2n])];
    const others = operation === 'pow' ? exponents : values;
    const [a, b] = [whole(dtype, values, [values.length, 1]), whole(dtype, others)];
    const results = big(a).flatMap((x) => big(b).map((y) => integerFunctions[operation](x, y)));
    const shape = [values.length, others.length];
    checkOperator({
      ...{ op: 'binary', inputs: [a, b], attributes: { operation } },
      expected: { shape, values: whole(dtype, results, shape).data, roundings: 0 },
    });
  });

  it.each(['sum', 'mean', 'max', 'min', 'prod', 'l1', 'sumSquare'] as const)('reduces by %s', (reduction) => {
    const small = Array.from({ length: 60 }, (_, i) => BigInt((i * 7) % 11) - (dtype === 'uint8' ? 0n : 5n));
    const x = whole(dtype, small, [3, 4, 5]);
    for (const axes of [[1], [0, 2], [2], [0, 1, 2]]) {
      const kept = [3, 4, 5].map((extent, axis) => (axes.includes(axis) ? 1 : extent));
      const cells = new Map<string, number[]>();
      Array.from(x.data, Number).forEach((value, i) => {
        const at = [Math.floor(i / 20), Math.floor(i / 5) % 4, i % 5].filter((_, axis) => !axes.includes(axis)).join();
        cells.set(at, [...(cells.get(at) ?? []), value]);
      });
      const results = [...cells.values()].map((list) => BigInt(Math.trunc(reductions[reduction](list))));
      checkOperator({
        ...{ op: 'reduce', inputs: [x], attributes: { reduction, axes } },
        expected: { shape: kept, values: whole(dtype, results).data, roundings: 0 },
      });
    }
  });
});

it('reduces bools by max and min', () => {
  const x = tensor(Uint8Array.of(0, 0, 0, 1, 1, 1), [3, 2], 'bool');
  const expected = (values: number[]) => ({ shape: [3, 1], values, roundings: 0 });
  const attributes = (reduction: string) => ({ reduction, axes: [1] });
  checkOperator({ op: 'reduce', inputs: [x], attributes: attributes('max'), expected: expected([0, 1, 1]) });
  checkOperator({ op: 'reduce', inputs: [x], attributes: attributes('min'), expected: expected([0, 0, 1]) });
});

it('raises floats to integers and integers to floats', () => {
  const expected = { shape: [3], values: [1, 32, 729], roundings: 0 };
  const [floats, int32s] = [Float32Array.of(1, 2, 3), Int32Array.of(1, 2, 3)];
  for (const exponents of [BigInt64Array.of(4n, 5n, 6n), Int32Array.of(4, 5, 6), Float32Array.of(4, 5, 6)]) {
    for (const bases of [floats, int32s]) {
      const inputs = [tensor(bases), tensor(exponents)];
      checkOperator({ op: 'binary', inputs, attributes: { operation: 'pow' }, expected });
    }
  }
});

it('refuses logarithms of integers', () => {
  const inputs = [tensor(Int32Array.of(1, 2))];
  const expected = { shape: [1], values: [0], roundings: 0 };
  const refused = () => checkOperator({ op: 'reduce', inputs, attributes: { reduction: 'logSum' }, expected });
  expect(refused).toThrow(/logSum runs on float32, not int32/);
});
