import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.js';
import { reductions } from '../../reference/reduction/reduce.js';
import { checkOperator } from '../check.js';
import { types, whole } from '../integers.js';

describe.each(types)('reduce of %s', (dtype) => {
  const isNarrow = dtype === 'int8' || dtype === 'uint8';
  const sums = ['sum', 'mean', 'prod', 'l1', 'sumSquare'] as const;
  const extremes = ['max', 'min'] as const;

  it.each(isNarrow ? extremes : [...extremes, ...sums])('by %s', (reduction) => {
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
        op: 'reduce',
        inputs: [x],
        attributes: { reduction, axes },
        expected: { shape: kept, values: whole(dtype, results).data, roundings: 0 },
      });
    }
  });

  it.runIf(isNarrow).each(sums)('is refused by %s, which would wrap', (reduction) => {
    const inputs = [whole(dtype, [100n, 100n], [2])];
    const expected = { shape: [1], values: [200], roundings: 0 };
    const refused = () => checkOperator({ op: 'reduce', inputs, attributes: { reduction }, expected });
    expect(refused).toThrow(`${reduction} of ${dtype} would wrap: cast it to int32 or float32`);
  });
});

it('reduces bools by max and min', () => {
  const x = tensor(Uint8Array.of(0, 0, 0, 1, 1, 1), [3, 2], 'bool');
  const expected = (values: number[]) => ({ shape: [3, 1], values, roundings: 0 });
  const attributes = (reduction: string) => ({ reduction, axes: [1] });
  checkOperator({ op: 'reduce', inputs: [x], attributes: attributes('max'), expected: expected([0, 1, 1]) });
  checkOperator({ op: 'reduce', inputs: [x], attributes: attributes('min'), expected: expected([0, 0, 1]) });
});

it('refuses logarithms of integers', () => {
  const inputs = [tensor(Int32Array.of(1, 2))];
  const expected = { shape: [1], values: [0], roundings: 0 };
  const refused = () => checkOperator({ op: 'reduce', inputs, attributes: { reduction: 'logSum' }, expected });
  expect(refused).toThrow(/logSum runs on float32, not int32/);
});
