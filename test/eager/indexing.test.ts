// Operators that choose, and those between floats and integers, each called by itself.
import { beforeAll, describe, expect, it } from 'vitest';
import * as ops from '../../src/eager/index.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { oneHot } from '../reference/indexing/oneHot.js';
import { dequantize, quantize } from '../reference/quantized/quantized.js';
import { alongLines, cumulativeSums, extremePlace, sortedPlaces } from '../reference/reduction/order.js';

beforeAll(ops.ready);

const x = tensor([
  [3, 1, 4, 1],
  [5, 9, 2, 6],
]);
const lines: [number, number, number] = [2, 4, 1];
const values = Array.from(x.data);
const int64 = (list: number[], shape?: number[]) => tensor(BigInt64Array.from(list, BigInt), shape);

function expectTensor(actual: Tensor, shape: readonly number[], expected: readonly number[]): void {
  expect(actual.shape).toEqual(shape);
  expect(Array.from(actual.data, Number)).toEqual(expected);
}

describe('by value', () => {
  it('argMax, argMin', () => {
    const places = (largest: boolean, last = false) =>
      alongLines(values, lines, 1, (line) => [extremePlace(line, largest, last)]);
    expectTensor(ops.argMax(x), [2], places(true));
    expectTensor(ops.argMin(x, { keepDims: true }), [2, 1], places(false));
    expectTensor(ops.argMin(x, { axis: 1, last: true }), [2], places(false, true));
  });

  it('topK', () => {
    const first = (line: number[]) => sortedPlaces(line, true).slice(0, 2);
    const { values: taken, indices } = ops.topK(x, 2);
    expectTensor(indices, [2, 2], alongLines(values, lines, 2, first));
    expectTensor(
      taken,
      [2, 2],
      alongLines(values, lines, 2, (line) => first(line).map((i) => line[i])),
    );
    expectTensor(ops.topK(x, 1, { axis: 0, largest: false }).values, [1, 4], [3, 1, 2, 1]);
  });

  it('cumSum', () => {
    const sums = alongLines(values, lines, 4, (line) => cumulativeSums(line, true, false));
    expectTensor(ops.cumSum(x, { axis: 1, exclusive: true }), [2, 4], sums);
  });

  it('oneHot', () => {
    expectTensor(ops.oneHot(int64([1, -1]), 3), [2, 3], [...oneHot(1, 3, 0, 1), ...oneHot(-1, 3, 0, 1)]);
  });

  it('nonMaxSuppression', () => {
    const boxes = tensor([
      [
        [0, 0, 2, 2],
        [0, 0, 2, 1.9],
        [5, 5, 6, 6],
      ],
    ]);
    const scores = tensor([[[0.5, 0.9, 0.1]]]);
    expectTensor(ops.nonMaxSuppression(boxes, scores, { overlap: 0.5 }), [2, 3], [0, 0, 1, 0, 0, 2]);
    expectTensor(ops.nonMaxSuppression(boxes, scores, { overlap: 0.5, score: 0.2 }), [1, 3], [0, 0, 1]);
    expectTensor(ops.nonMaxSuppression(boxes, scores, { mostPerClass: 1 }), [1, 3], [0, 0, 1]);
  });
});

it('by index', () => {
  expectTensor(ops.gatherElements(x, int64([0, 3], [2, 1]), { axis: 1 }), [2, 1], [3, 6]);
  expectTensor(ops.gatherNd(x, int64([1, 0, 0, 2], [2, 2])), [2], [5, 4]);
  const updates = tensor([10, 20], [2, 1]);
  expectTensor(ops.scatterElements(x, int64([0, 3], [2, 1]), updates, { axis: 1 }), [2, 4], [10, 1, 4, 1, 5, 9, 2, 20]);
  const rows = ops.scatterNd(x, int64([1], [1, 1]), tensor([[1, 1, 1, 1]]), { reduction: 'add' });
  expectTensor(rows, [2, 4], [3, 1, 4, 1, 6, 10, 3, 7]);
});

it('quantize, dequantize', () => {
  const scale = tensor([0.5, 2]);
  const zero = tensor(Int8Array.of(-3, 4));
  const whole = values.map((value, i) => quantize(value, scale.data[i >> 2], zero.data[i >> 2], 'int8'));
  const quantized = ops.quantize(x, scale, zero, { axis: 0 });
  expectTensor(quantized, [2, 4], whole);
  const back = whole.map((value, i) => dequantize(value, scale.data[i >> 2], zero.data[i >> 2]));
  expectTensor(ops.dequantize(quantized, scale, zero, { axis: 0 }), [2, 4], back);
  expectTensor(
    ops.quantize(x, tensor(2, [])),
    [2, 4],
    values.map((value) => quantize(value, 2, 0, 'uint8')),
  );
  const blocks = { axis: 1, blockSize: 2 };
  expectTensor(
    ops.quantize(
      x,
      tensor([
        [1, 2],
        [1, 2],
      ]),
      undefined,
      blocks,
    ),
    [2, 4],
    [3, 1, 2, 0, 5, 9, 1, 3],
  );
});
