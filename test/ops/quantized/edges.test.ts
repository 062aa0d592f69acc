// Where integers meet floats, and means of integers: bits of the plain references.
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/ops/operator.js';
import { windowCounts, windowsOf } from '../../../src/shape.js';
import { newArray, Tensor, tensor } from '../../../src/tensor.js';
import { randomFloats } from '../../kernels/numbers.js';
import { dynamicAffine, type EightBit, integerAveragePool, scaleSums } from '../../reference/quantized/quantized.js';
import { checkGraph, checkOperator, runWatched, specialized } from '../check.js';
import { exact } from '../values.js';

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function random(dtype: EightBit, shape: readonly number[], seed: number): Tensor<EightBit> {
  const low = dtype === 'int8' ? -128 : 0;
  const data = newArray(dtype, product(shape));
  randomFloats(seed)(data.length).forEach((value, i) => {
    data[i] = low + Math.floor((value + 1) * 128);
  });
  return new Tensor(dtype, shape, data);
}

interface Pool {
  readonly shape: readonly number[];
  readonly kernelShape: readonly number[];
  readonly strides?: readonly number[];
  readonly padding?: readonly number[];
  readonly dilations?: readonly number[];
  readonly includePadding?: boolean;
}

/** The means of a 2-D pool. */
function means(x: Tensor, pool: Pool, zeros: readonly [number, number], multiplier: number, dtype: EightBit) {
  const [images, rows, columns, channels] = x.shape;
  const windows = windowsOf(pool.kernelShape, pool.strides, pool.padding, pool.dilations);
  const counts = windowCounts([rows, columns], windows);
  const [top, left, bottom, right] = windows.padding;
  const values: number[] = [];
  for (let n = 0; n < images; n++)
    for (let y = 0; y < counts[0]; y++)
      for (let z = 0; z < counts[1]; z++)
        for (let c = 0; c < channels; c++) {
          const cells: number[] = [];
          let padded = 0;
          for (let i = 0; i < pool.kernelShape[0]; i++)
            for (let j = 0; j < pool.kernelShape[1]; j++) {
              const row = y * windows.strides[0] - top + i * windows.dilations[0];
              const column = z * windows.strides[1] - left + j * windows.dilations[1];
              const isInside = row >= 0 && row < rows && column >= 0 && column < columns;
              if (isInside) cells.push(Number(x.data[((n * rows + row) * columns + column) * channels + c]));
              if (row < rows + bottom && column < columns + right) padded++;
            }
          const count = pool.includePadding ? padded : cells.length;
          values.push(integerAveragePool(cells, zeros[0], count, multiplier, zeros[1], dtype));
        }
  return exact([images, ...counts, channels], values);
}

describe.each(['uint8', 'int8'] as const)('means of %s', (dtype) => {
  it.each<Pool>([
    { shape: [1, 1, 1, 1], kernelShape: [1, 1] },
    { shape: [2, 5, 7, 13], kernelShape: [2, 3], strides: [2, 1] },
    { shape: [1, 4, 9, 16], kernelShape: [3, 3], padding: [1, 2, 0, 1], includePadding: true },
    { shape: [1, 4, 9, 17], kernelShape: [3, 3], padding: [1, 2, 0, 1] },
    { shape: [1, 9, 8, 5], kernelShape: [2, 2], dilations: [3, 2], padding: [1, 1, 1, 1] },
    { shape: [3, 7, 7, 33], kernelShape: [7, 7] },
    { shape: [1, 23, 19, 9], kernelShape: [23, 19] },
    { shape: [0, 3, 3, 4], kernelShape: [2, 2] },
  ])('$shape, windows of $kernelShape', (pool) => {
    const x = random(dtype, pool.shape, 3);
    const { shape: _, ...attributes } = pool;
    for (const [own, to] of [
      [0, 0],
      [dtype === 'int8' ? -7 : 131, 60],
    ]) {
      const inputs = [x, tensor(0.83, []), new Tensor('uint8', [], Uint8Array.of(to))];
      const zero = new Tensor(dtype, [], newArray(dtype, 1).fill(own as never) as never);
      checkOperator({
        op: 'integerAveragePool',
        attributes: attributes as unknown as Attributes,
        inputs: own ? [...inputs, zero] : inputs,
        expected: means(x, pool, [own, to], 0.83, 'uint8'),
      });
    }
  });

  it('over all space, its axes left out, and of ends of the type', () => {
    const end = dtype === 'int8' ? -128 : 255;
    const x = new Tensor(dtype, [1, 40, 50, 3], newArray(dtype, 6000).fill(end as never) as never);
    checkOperator({
      op: 'integerAveragePool',
      attributes: { kernelShape: [40, 50], keepDims: false },
      inputs: [x, tensor(0.5, []), new Tensor('int8', [], Int8Array.of(3))],
      expected: exact([1, 3], new Array(3).fill(dtype === 'int8' ? -61 : 127)),
    });
  });
});

describe('sums as floats', () => {
  it.each([
    [[], 1],
    [[3], 3],
    [[4, 8], 8],
    [[2, 3, 13], 13],
    [[0, 5], 5],
  ])('%j', (shape, channels) => {
    const sums = tensor(
      Int32Array.from(randomFloats(4)(product(shape)), (value) => Math.round(value * 2 ** 26)),
      shape,
    );
    if (shape.length === 0) {
      expect(() => checkOperator({ op: 'scaleSums', inputs: [sums, tensor(1, [])], expected: exact([], [0]) })).toThrow(
        /of the last axis/,
      );
      return;
    }
    for (const [scales, biases] of [
      [1, 0],
      [channels, channels],
      [1, channels],
      [channels, 1],
    ]) {
      const scale = tensor(randomFloats(5)(scales), [scales]);
      const bias = biases > 0 ? [tensor(randomFloats(6)(biases), [biases])] : [];
      const at = (vector: Tensor<'float32'> | undefined, i: number) =>
        vector ? vector.data[vector.size === 1 ? 0 : i % channels] : 0;
      const values = Array.from(sums.data, (sum, i) => scaleSums(sum, at(scale, i), at(bias[0], i)));
      checkOperator({ op: 'scaleSums', inputs: [sums, scale, ...bias], expected: exact(shape, values) });
      checkOperator({
        op: 'scaleSums',
        attributes: { activation: 'clip', alpha: 0, beta: 6 },
        inputs: [sums, scale, ...bias],
        expected: exact(
          shape,
          values.map((value) => Math.max(0, Math.min(6, value))),
        ),
      });
    }
  });
});

it.each([[0], [1], [3], [17], [4096], [70_001]])('the scale and the zero that a run finds, of %i elements', (count) => {
  const values = randomFloats(9)(count).map((value) => value * 3 + 1);
  const { scale, zero } = dynamicAffine(Array.from(values));
  const node = { name: 'range', op: 'dynamicAffine', inputs: ['x'], outputs: ['scale', 'zero'], attributes: {} };
  const graph = {
    inputs: [{ name: 'x', dtype: 'float32', shape: [count] } as const],
    outputs: ['scale', 'zero'],
    nodes: [node],
    constants: new Map(),
  };
  checkGraph(graph, { x: tensor(values, [count]) }, [exact([], [scale]), exact([], [zero])]);
  if (count === 0) return;
  values[count - 1] = Number.NaN;
  const [, ofNaN] = runWatched(
    specialized(graph, { x: tensor(values, [count]) }),
    { x: tensor(values, [count]) },
    'strict',
  );
  expect(Array.from(ofNaN.data, Number)).toEqual([0]);
});
