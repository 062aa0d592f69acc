// Operators that take, repeat and rearrange elements, and exact products, each called by itself.
import { beforeAll, describe, expect, it } from 'vitest';
import * as ops from '../../src/eager/index.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { type Elements, elementAt, fromIndices } from '../reference/elements.js';
import { pad, slice } from '../reference/layout/movement.js';
import { matmul } from '../reference/matmul/matmul.js';
import { requantize } from '../reference/quantized/quantized.js';

beforeAll(ops.ready);

const x = tensor(
  Array.from({ length: 24 }, (_, i) => i),
  [2, 3, 4],
);
const elements: Elements = { shape: [2, 3, 4], values: Array.from(x.data) };
const int32 = (...values: number[]) => tensor(Int32Array.from(values), [values.length]);

function expectElements(actual: Tensor, { shape, values }: Elements): void {
  expect(actual.shape).toEqual(shape);
  expect(Array.from<number | bigint>(actual.data).map(Number)).toEqual(values);
}

describe('parts', () => {
  it('slice', () => {
    expectElements(ops.slice(x, [1, -2], [2, 3]), slice(elements, [1, 1, 0], [1, 2, 4], [1, 1, 1]));
    const backwards = ops.slice(x, [-1], [-5], { axes: [2], steps: [-2] });
    expectElements(backwards, slice(elements, [0, 0, 3], [2, 3, 2], [1, 1, -2]));
  });

  it('split', () => {
    const [left, right] = ops.split(x, [1, 3], { axis: -1 });
    expectElements(left, slice(elements, [0, 0, 0], [2, 3, 1], [1, 1, 1]));
    expectElements(right, slice(elements, [0, 0, 1], [2, 3, 3], [1, 1, 1]));
    expect(ops.split(x, 2, { axis: 1 }).map(({ shape }) => shape)).toEqual([
      [2, 2, 4],
      [2, 1, 4],
    ]);
    expect(() => ops.split(x, [1, 2], { axis: -1 })).toThrow(/can't be split/);
  });

  it('gather', () => {
    const places = [2, 0, 1, 2];
    const wanted = fromIndices([2, 2, 2, 4], ([i, j, k, l]) => elementAt(elements, [i, places[2 * j + k], l]));
    expectElements(ops.gather(x, ops.reshape(int32(-1, 0, 1, 2), [2, 2]), { axis: 1 }), wanted);
  });

  it('centerCropPad', () => {
    expectElements(ops.centerCropPad(x, [2, 6], { axes: [2, 1] }), pad(elements, [0, 1, -1, 0, 2, -1], 0));
  });
});

describe('shapes', () => {
  it('expand and tile', () => {
    expectElements(
      ops.expand(tensor([1, 2], [2, 1]), [3, 2, 2]),
      fromIndices([3, 2, 2], ([, row]) => row + 1),
    );
    expectElements(
      ops.tile(x, [1, 2, 1]),
      fromIndices([2, 6, 4], ([i, j, k]) => elementAt(elements, [i, j % 3, k])),
    );
  });

  it('flatten, squeeze and unsqueeze', () => {
    const { values } = elements;
    expectElements(ops.flatten(x), { shape: [2, 12], values });
    expectElements(ops.flatten(x, { axis: 2 }), { shape: [6, 4], values });
    expectElements(ops.unsqueeze(x, [0, -1]), { shape: [1, 2, 3, 4, 1], values });
    expectElements(ops.squeeze(ops.unsqueeze(x, [0, -1])), elements);
    expectElements(ops.squeeze(ops.unsqueeze(x, [0, -1]), { axes: [0] }), { shape: [2, 3, 4, 1], values });
  });

  it('shapeOf and sizeOf', () => {
    expect(ops.shapeOf(x).dtype).toBe('int64');
    expectElements(ops.shapeOf(x), { shape: [3], values: [2, 3, 4] });
    expectElements(ops.sizeOf(x), { shape: [], values: [24] });
  });

  it('fill and range', () => {
    const large = [70, 90];
    expectElements(ops.fill(large, 2.5), { shape: large, values: new Array(6300).fill(2.5) });
    expect(ops.fill([2], 3, { dtype: 'int64' }).data).toEqual(BigInt64Array.of(3n, 3n));
    expectElements(ops.range(1, 2, { delta: 0.25 }), { shape: [4], values: [1, 1.25, 1.5, 1.75] });
    expect(ops.range(5, 0, { delta: -2, dtype: 'int32' }).data).toEqual(Int32Array.of(5, 3, 1));
    expectElements(ops.range(3, 3), { shape: [0], values: [] });
  });
});

describe('choices and exact products', () => {
  it('hardmax', () => {
    const rows = tensor([
      [1, 3, 3],
      [5, 2, 0],
    ]);
    expectElements(ops.hardmax(rows), { shape: [2, 3], values: [0, 1, 0, 1, 0, 0] });
    expectElements(ops.hardmax(rows, { axis: 0 }), { shape: [2, 3], values: [0, 1, 1, 1, 0, 0] });
  });

  it('maxPoolWithIndices', () => {
    const image = tensor([1, 5, 2, 8, 0, 3, 9, 4], [1, 2, 2, 2]);
    const { values, indices } = ops.maxPoolWithIndices(image, { kernelSize: 2 });
    expectElements(values, { shape: [1, 1, 1, 2], values: [9, 8] });
    expect(indices.dtype).toBe('int64');
    expectElements(indices, { shape: [1, 1, 1, 2], values: [3, 5] });
  });

  const [a, b] = [
    [3, -2, 100, 7, 0, -128],
    [5, 1, -1, 127, 2, 4],
  ];
  const [left, right] = [tensor(Int8Array.from(a), [2, 3]), tensor(Int8Array.from(b), [3, 2])];
  const less = (values: readonly number[], zero: number) => values.map((value) => value - zero);
  const sums = matmul(less(a, 3), less(b, -1), [0, 0], 2, 3, 2);

  it('matmulInteger', () => {
    const zeros = { zero: tensor(Int8Array.of(3)), weightZero: tensor(Int8Array.of(-1)) };
    const exact = ops.matmulInteger(left, right, zeros);
    expect(exact.dtype).toBe('int32');
    expectElements(exact, { shape: [2, 2], values: Array.from(sums) });
    const [factor, zero] = [0.0625, 10];
    const scales = { multiplier: tensor([factor]), resultZero: tensor(Uint8Array.of(zero)) };
    const brought = ops.matmulInteger(left, right, { ...zeros, ...scales });
    expect(brought.dtype).toBe('uint8');
    const values = Array.from(sums, (sum) => requantize(sum, factor, zero, 'uint8'));
    expectElements(brought, { shape: [2, 2], values });
  });

  it('convInteger', () => {
    // A kernel of one pixel: rows of pixels times columns of filters.
    const pixels = ops.reshape(left, [1, 1, 2, 3]);
    const filters = ops.reshape(ops.transpose(right, [1, 0]), [2, 3, 1, 1]);
    const zeros = { zero: tensor(Int8Array.of(3)), weightZero: tensor(Int8Array.of(-1)) };
    const bias = int32(1000, -1000);
    const values = Array.from(sums, (sum, i) => sum + (i % 2 ? -1000 : 1000));
    expectElements(ops.convInteger(pixels, filters, { ...zeros, bias }), { shape: [1, 1, 2, 2], values });
    // Padding holds the zero, so that what it adds is nothing.
    const padded = ops.convInteger(pixels, filters, { ...zeros, bias, padding: [1, 0, 0, 0], strides: [1, 2] });
    expectElements(padded, { shape: [1, 2, 1, 2], values: [1000, -1000, ...values.slice(0, 2)] });
  });
});
