import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/ops/operator.js';
import { type DType, newArray, Tensor, tensor } from '../../src/tensor.js';
import { randomFloats } from '../kernels/numbers.js';
import { alongLines, cumulativeSums, extremePlace, oneHot, sortedPlaces } from '../reference/order.js';
import { checkGraph, checkOperator } from './check.js';

const SHAPES: [number, number, number][] = [
  [3, 1, 1],
  [2, 3, 4],
  [1, 5, 3],
  [4, 9, 1],
  [2, 13, 7],
  [1, 100, 1],
];
const TYPES = ['float32', 'int32', 'int64', 'int8', 'uint8'] as const;

/** Few different values, so that many are equal. */
function ties(dtype: DType, shape: readonly number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = newArray(dtype, size);
  randomFloats(size)(size).forEach((value, i) => {
    const whole = Math.round(value * 6) + (dtype === 'uint8' ? 6 : 0);
    data[i] = dtype === 'int64' ? BigInt(whole) << 40n : whole;
  });
  return new Tensor(dtype, shape, data);
}

const elements = (x: Tensor) => Array.from<number | bigint>(x.data);
const exact = (shape: readonly number[], values: readonly (number | bigint)[]) => ({ shape, values, roundings: 0 });

describe.each(TYPES)('%s', (dtype) => {
  it.each(SHAPES)('argMax and argMin along the axis of [%i, %i, %i]', (...shape) => {
    const x = ties(dtype, shape);
    for (const [op, largest] of [
      ['argMax', true],
      ['argMin', false],
    ] as const) {
      for (const last of [false, true]) {
        const places = alongLines(elements(x), shape, 1, (line) => [BigInt(extremePlace(line, largest, last))]);
        const attributes = { axis: -2, last, keepDims: shape[0] > 1 };
        const kept = shape[0] > 1 ? [shape[0], 1, shape[2]] : [shape[0], shape[2]];
        checkOperator({ op, attributes, inputs: [x], expected: exact(kept, places) });
      }
    }
  });

  it.each(SHAPES)('topK along the axis of [%i, %i, %i]', (...shape) => {
    const x = ties(dtype, shape);
    for (const k of new Set([0, 1, Math.ceil(shape[1] / 3), shape[1]])) {
      for (const largest of [true, false]) {
        checkTopK(x, shape, k, largest);
      }
    }
  });
});

function checkTopK(x: Tensor, shape: [number, number, number], k: number, largest: boolean): void {
  const first = (line: (number | bigint)[]) => sortedPlaces(line, largest).slice(0, k);
  const places = alongLines(elements(x), shape, k, (line) => first(line).map(BigInt));
  const values = alongLines(elements(x), shape, k, (line) => first(line).map((i) => line[i]));
  const taken = [shape[0], k, shape[2]];
  const node = { name: 'topK', op: 'topK', inputs: ['x'], attributes: { k, axis: 1, largest } };
  for (const [outputs, wanted] of [
    [
      ['values', 'places'],
      [exact(taken, values), exact(taken, places)],
    ],
    [['', 'places'], [exact(taken, places)]],
    [['values'], [exact(taken, values)]],
  ] as const) {
    const graph = {
      ...{ inputs: [{ name: 'x', dtype: x.dtype, shape }], outputs: outputs.filter((name) => name) },
      ...{ nodes: [{ ...node, outputs }], constants: new Map() },
    };
    checkGraph(graph, { x }, wanted);
  }
}

it('NaN is greater than all numbers, 0 and -0 are equal', () => {
  const x = tensor(
    Float32Array.of(0, -0, Number.POSITIVE_INFINITY, Number.NaN, -1, Number.NEGATIVE_INFINITY, -2.5),
    [1, 7, 1],
  );
  checkTopK(x, [1, 7, 1], 7, true);
  checkTopK(x, [1, 7, 1], 7, false);
});

it('topK takes k as an input and refuses more than there is', () => {
  const x = ties('float32', [2, 4]);
  const k = (value: number) => tensor(BigInt64Array.of(BigInt(value)));
  const values = alongLines(elements(x), [2, 4, 1], 2, (line) =>
    sortedPlaces(line, true)
      .slice(0, 2)
      .map((i) => line[i]),
  );
  checkOperator({ op: 'topK', inputs: [x, k(2)], expected: exact([2, 2], values) });
  expect(() => checkOperator({ op: 'topK', inputs: [x, k(5)], expected: exact([], []) })).toThrow(/k is from 0 to 4/);
});

describe.each(['float32', 'int32', 'int64'] as const)('cumSum of %s', (dtype) => {
  it.each(SHAPES)('along the axis of [%i, %i, %i]', (...shape) => {
    const x = ties(dtype, shape);
    for (const [exclusive, reverse] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const sums = alongLines(elements(x).map(Number), shape, shape[1], (line) =>
        cumulativeSums(line, exclusive, reverse),
      );
      const values = dtype === 'int64' ? sums.map(BigInt) : sums;
      const axis = tensor(Int32Array.of(1), []);
      checkOperator({
        op: 'cumSum',
        attributes: { exclusive, reverse },
        inputs: [x, axis],
        expected: exact(shape, values),
      });
    }
  });
});

describe('oneHot', () => {
  const indices = [0, 5, -1, -6, 3, 6, -7, 2];
  const expected = indices.map((index) => oneHot(index, 6, -3, 7));
  const values = tensor(Float32Array.of(-3, 7));
  const depth = tensor(Float32Array.of(6), []);

  it.each([
    ['float32', tensor(Float32Array.from(indices), [2, 4])],
    ['int32', tensor(Int32Array.from(indices), [2, 4])],
    ['int64', tensor(BigInt64Array.from(indices, BigInt), [2, 4])],
  ])('of %s indices, on any axis', (_, x) => {
    checkOperator({ op: 'oneHot', inputs: [x, values, depth], expected: exact([2, 4, 6], expected.flat()) });
    const front = Array.from({ length: 6 }, (_, place) => expected.map((vector) => vector[place]));
    checkOperator({
      ...{ op: 'oneHot', attributes: { axis: 0 }, inputs: [x, values, depth] },
      expected: exact([6, 2, 4], front.flat()),
    });
  });
});

it.each(SHAPES)('hardmax along the axis of [%i, %i, %i]', (...shape) => {
  const x = ties('float32', shape);
  const values = alongLines(elements(x), shape, shape[1], (line) =>
    oneHot(extremePlace(line, true, false), shape[1], 0, 1),
  );
  checkOperator({ op: 'hardmax', attributes: { axis: 1 }, inputs: [x], expected: exact(shape, values) });
});

describe('dropout', () => {
  const x = ties('float32', [3, 4]);
  const check = (attributes: Attributes, ...inputs: Tensor[]) =>
    checkOperator({ op: 'dropout', attributes, inputs: [x, ...inputs], expected: exact(x.shape, elements(x)) });

  it('drops nothing at inference, and at ratio 0', () => {
    check({});
    check({}, tensor(0.3, []));
    check({}, tensor(0, []), tensor(Uint8Array.of(1), [], 'bool'));
  });

  it('refuses to drop', () => {
    expect(() => check({}, tensor(0.3, []), tensor(Uint8Array.of(1), [], 'bool'))).toThrow(/training mode/);
  });
});
