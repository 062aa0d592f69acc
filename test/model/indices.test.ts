// Indices that only a run knows: one outside its axis fails the run, and the model goes on.
import { beforeAll, describe, expect, it } from 'vitest';
import { gather } from '../../src/eager/indexing.js';
import { QuadlaneError } from '../../src/errors.js';
import type { Graph } from '../../src/graph/graph.js';
import { compileGraph, ready } from '../../src/model/load.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { Network } from '../graph/network.js';
import { threadedModel, WatchedHost } from '../runtime/threaded.js';

beforeAll(ready);

type Inputs = Record<string, Tensor>;

const int64 = (values: number[], shape = [values.length]) => tensor(BigInt64Array.from(values, BigInt), shape);
const data = tensor(
  Float32Array.from({ length: 12 }, (_, i) => i),
  [3, 4],
);

/** A network of one node. */
function network(op: string, inputs: Inputs, attributes = {}): Graph {
  const net = new Network();
  for (const [name, { dtype, shape }] of Object.entries(inputs)) net.input(name, shape, dtype);
  net.node('y', op, Object.keys(inputs), attributes);
  return net.graph('y');
}

function failure(call: () => unknown): QuadlaneError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(QuadlaneError);
    return error as QuadlaneError;
  }
  return expect.fail('nothing was thrown');
}

const updates = (shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

describe.each<[string, (index: number) => Inputs, object, number, number]>([
  ['gather', (index) => ({ data, indices: int64([0, index]) }), { axis: 1 }, 1, 4],
  ['gather', (index) => ({ data, indices: tensor(Int32Array.of(index), []) }), { axis: 0 }, 0, 3],
  ['gatherElements', (index) => ({ data, indices: int64([0, index], [2, 1]) }), { axis: 0 }, 0, 3],
  ['gatherNd', (index) => ({ data, indices: int64([0, 1, 2, index], [2, 2]) }), {}, 1, 4],
  ['gatherNd', (index) => ({ data, indices: int64([0, index, 1], [3, 1]) }), { batchDims: 1 }, 1, 4],
  [
    'scatterElements',
    (index) => ({ data, indices: int64([index, 1], [1, 2]), updates: updates([1, 2]) }),
    { axis: 1 },
    1,
    4,
  ],
  ['scatterNd', (index) => ({ data, indices: int64([1, index], [2, 1]), updates: updates([2, 4]) }), {}, 0, 3],
  [
    'gatherGradient',
    (index) => ({ gy: updates([2, 4]), indices: int64([1, index]) }),
    { shape: [3, 4], axis: 0 },
    0,
    3,
  ],
  [
    'roiAlign',
    (index) => ({ x: updates([2, 3, 3, 1]), regions: updates([1, 4]), images: int64([index]) }),
    { rows: 1, columns: 1 },
    0,
    2,
  ],
])('%s of an index outside', (op, inputs, attributes, axis, extent) => {
  it.each([extent, -extent - 1, 2 ** 31 - 1, -(2 ** 31)])(`names node, axis ${axis} and index: %i`, (index) => {
    const model = compileGraph(network(op, inputs(0), attributes));
    const sound = model.runSync(inputs(extent - 1));
    const error = failure(() => model.runSync(inputs(index)));
    expect(error).toMatchObject({ code: 'INPUT', node: 'y', operator: op });
    expect(error.message).toMatch(`: index ${index} is outside axis ${axis} of [`);
    expect(error.message).toMatch(`: indices are from ${-extent} to ${extent - 1}`);
    expect(model.runSync(inputs(extent - 1))).toEqual(sound);
    expect(model.runSync(inputs(-1))).toEqual(sound);
  });
});

it('says the index itself, however large', () => {
  const inputs = { data, indices: tensor(BigInt64Array.of(2n ** 62n + 1n)) };
  expect(failure(() => compileGraph(network('gather', inputs)).runSync(inputs)).message).toMatch(
    'index 4611686018427387905 is outside axis 0 of [3, 4]',
  );
});

it('names the first of the nodes that came upon one, and the first index of it', () => {
  const net = new Network();
  net.input('data', [3, 4]);
  net.input('indices', [6], 'int64');
  net.node('rows', 'gather', ['data', 'indices'], { axis: 0 });
  net.node('again', 'gather', ['rows', 'indices'], { axis: 1 });
  const model = compileGraph(net.graph('again'));
  const run = (...indices: number[]) => failure(() => model.runSync({ data, indices: int64(indices) }));
  expect(run(0, 7, 8, 9, 1, 2)).toMatchObject({ node: 'rows', message: expect.stringMatching(/index 7 /) });
  expect(run(0, 0, 3, 0, 0, 9)).toMatchObject({ node: 'rows', message: expect.stringMatching(/index 3 /) });
  expect(run(0, 0, 0, 0, 0, 9)).toMatchObject({ node: 'rows', message: expect.stringMatching(/index 9 /) });
  expect(() => model.runSync({ data, indices: int64([0, 1, 2, 0, 1, 2]) })).not.toThrow();
});

it('fails a call of a single operator', () => {
  expect(failure(() => gather(data, int64([3])))).toMatchObject({ code: 'INPUT', operator: 'gather' });
  expect([...gather(data, int64([2])).data]).toEqual([8, 9, 10, 11]);
});

it('fails a run of several threads, and only that one', async () => {
  const table = tensor(
    Float32Array.from({ length: 64_000 }, (_, i) => i),
    [1000, 64],
  );
  const inputs = (at: number, index: number) => {
    const indices = Array.from({ length: 20_000 }, (_, i) => (i === at ? index : i % 1000));
    return { table, indices: int64(indices) };
  };
  const graph = network('gather', inputs(0, 0));
  const model = await threadedModel(graph, { threads: 2 }, new WatchedHost());
  const expected = compileGraph(graph).runSync(inputs(0, 0));
  for (const at of [0, 12_345, 19_999]) {
    await expect(model.run(inputs(at, 1000))).rejects.toMatchObject({
      code: 'INPUT',
      node: 'y',
      message: expect.stringMatching('index 1000 is outside axis 0 of \\[1000, 64\\]'),
    });
    expect(await model.run(inputs(0, 0))).toEqual(expected);
  }
  model.dispose();
});

it('is no fault behind the rows that a run has: nothing is meant there', () => {
  const net = new Network();
  net.input('boxes', [1, 4, 4]);
  net.input('scores', [1, 1, 4]);
  net.constant('most', int64([4]));
  net.constant('offset', int64([7]));
  net.node('nms', 'nonMaxSuppression', ['boxes', 'scores', '', '', 'most']);
  net.node('third', 'slice', ['nms'], { axes: [1], starts: [2], ends: [3] });
  // Rows that aren't there are zeros, and 7 - 0 is outside; the only one that is there is 7 - 3.
  net.binary('places', 'sub', 'offset', 'third');
  net.input('table', [5, 1]);
  net.node('y', 'gather', ['table', 'places'], { axis: 0 });
  const model = compileGraph(net.graph('y'));
  const boxes = tensor(
    Float32Array.from({ length: 16 }, (_, i) => i % 4),
    [1, 4, 4],
  );
  const table = tensor([0, 1, 2, 3, 4], [5, 1]);
  const run = (scores: number[]) => model.runSync({ boxes, scores: tensor(scores, [1, 1, 4]), table }).y;
  expect([...run([0, 0, 0, 1]).data]).toEqual([4]);
  expect(failure(() => run([1, 0, 0, 0])).message).toMatch(/index 7 is outside axis 0/);
});
