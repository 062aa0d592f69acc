import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import { shapeInputs } from '../../src/graph/specialize.js';
import { tensor } from '../../src/tensor.js';
import { compiled, specialized } from '../ops/check.js';
import { operatorsOf } from './applied.js';
import { Network } from './network.js';

const int64 = (...values: number[]) => tensor(BigInt64Array.from(values, BigInt));

/** What `call` throws. */
function errorOf(call: () => unknown): QuadlaneError {
  try {
    call();
  } catch (error) {
    if (error instanceof QuadlaneError) return error;
    throw error;
  }
  return expect.fail('nothing was thrown');
}

/** y = x in the shape [shape(x)[0], -1], by way of shape arithmetic as exporters write it. */
function flattening(): Network {
  const net = new Network();
  net.input('x', ['batch', 3, 4]);
  net.node('shape', 'shape', ['x']);
  net.constant('zero', int64(0));
  net.node('batch', 'gather', ['shape', 'zero'], { axis: 0 });
  net.constant('rest', int64(-1));
  net.node('target', 'concat', ['batch', 'rest'], { axis: 0 });
  net.node('y', 'reshape', ['x', 'target']);
  return net;
}

describe('specialize', () => {
  it('does shape arithmetic for the given shapes', () => {
    for (const batch of [1, 2, 5]) {
      const net = flattening();
      const graph = specialized(net.graph('y'), { x: net.floats([batch, 3, 4]) });
      expect(operatorsOf(graph)).toEqual(['reshape']);
      expect(graph.types.get('y')?.shape).toEqual([batch, 12]);
    }
  });

  it('takes shapes from the values of inputs', () => {
    const net = new Network();
    net.input('x', [6]);
    net.input('target', [2], 'int64');
    net.constant('one', int64(1));
    net.binary('larger', 'add', 'target', 'one');
    net.node('y', 'reshape', ['x', 'larger']);
    const graph = net.graph('y');
    expect([...shapeInputs(graph)]).toEqual(['target']);
    expect(specialized(graph, { x: net.floats([6]), target: int64(1, 2) }).types.get('y')?.shape).toEqual([2, 3]);
    expect(specialized(graph, { x: net.floats([6]), target: int64(5, 0) }).types.get('y')?.shape).toEqual([6, 1]);
  });

  it('does not take values where shapes suffice', () => {
    expect(shapeInputs(flattening().graph('y')).size).toBe(0);
  });

  it('refuses shapes that are computed from the data, with names and a way out', () => {
    const net = new Network();
    net.input('x', [1, 2]);
    net.node('whole', 'cast', ['x'], { to: 'int64' });
    net.node('target', 'reshape', ['whole'], { shape: [2] });
    net.input('data', [6]);
    net.node('into', 'reshape', ['data', 'target']);
    const error = errorOf(() => specialized(net.graph('into'), { x: net.floats([1, 2]), data: net.floats([6]) }));
    expect(error).toMatchObject({ code: 'UNSUPPORTED', node: 'into', operator: 'reshape' });
    expect(error.message).toContain('reshape "into" takes the shape of its result from "target" [2]');
    expect(error.message).toContain('make it one of these, a constant or a graph input');
  });

  it('names the node, the operator and the shapes where shapes do not fit', () => {
    const net = new Network();
    net.input('x', [2, 3]);
    net.constant('w', [4, 5]);
    net.node('fc1', 'matmul', ['x', 'w']);
    const error = errorOf(() => specialized(net.graph('fc1'), { x: net.floats([2, 3]) }));
    expect(error).toMatchObject({
      code: 'SHAPE',
      node: 'fc1',
      operator: 'matmul',
      shapes: [
        [2, 3],
        [4, 5],
      ],
    });
    expect(error.message).toBe(
      'matmul "fc1" (inputs [2, 3], [4, 5]): matmul of [2, 3] and [4, 5]: 3 columns don\'t meet 4 rows',
    );
  });

  it('refuses operators that the dialect lacks by name', () => {
    const net = new Network();
    net.input('x', [2]);
    net.node('odd', 'frobnicate', ['x']);
    expect(errorOf(() => specialized(net.graph('odd'), { x: net.floats([2]) }))).toMatchObject({
      code: 'UNSUPPORTED',
      message: '"odd": there is no operator "frobnicate"',
    });
  });
});

describe('LeNet-5', () => {
  const graph = readOnnx(readFileSync(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url)));

  it.each([
    [
      1,
      [
        'reshape',
        'conv tanh',
        'averagePool',
        'conv tanh',
        'averagePool',
        'reshape',
        'matmul tanh',
        'matmul tanh',
        'matmul',
      ],
    ],
    [
      3,
      [
        'reshape',
        'conv tanh',
        'averagePool',
        'conv tanh',
        'averagePool',
        'reshape',
        'matmul tanh',
        'matmul tanh',
        'matmul',
      ],
    ],
  ])('compiles to its layers and nothing else at batch %i', (batch, expected) => {
    const image = { dtype: 'float32', shape: [batch, 1, 28, 28] } as const;
    const lenet = compiled(graph, { image });
    expect(operatorsOf(lenet)).toEqual(expected);
    expect(lenet.nodes[1].attributes.padding).toEqual([2, 2, 2, 2]);
    expect(lenet.types.get(lenet.outputs[0])?.shape).toEqual([batch, 10]);
  });
});
