import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { alongLines, sortedPlaces } from '../../reference/reduction/order.js';
import { checkGraph, checkOperator } from '../check.js';
import { elements, LINES, TYPES, ties } from '../lines.js';
import { exact } from '../values.js';

describe.each(TYPES)('topK of %s', (dtype) => {
  it.each(LINES)('along the axis of [%i, %i, %i]', (...shape) => {
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
      inputs: [{ name: 'x', dtype: x.dtype, shape }],
      outputs: outputs.filter((name) => name),
      nodes: [{ ...node, outputs }],
      constants: new Map(),
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
