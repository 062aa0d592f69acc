// Networks written as ONNX files: read back they do the same, and what is written is an ordinary channels-first graph.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { exporters } from '../../src/formats/onnx/exporters.js';
import { readModelProto } from '../../src/formats/onnx/proto.js';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import { writeOnnx } from '../../src/formats/onnx/writer.js';
import { controls } from '../../src/graph/control/index.js';
import type { Graph, Node } from '../../src/graph/graph.js';
import { inference } from '../../src/graph/inference.js';
import { compileGraph, loadModelSync, ready } from '../../src/model/load.js';
import type { Model, Tensors } from '../../src/model/model.js';
import { exportOnnx } from '../../src/onnx.js';
import type { Attributes } from '../../src/ops/operator.js';
import { operators } from '../../src/ops/operators.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import {
  type Case,
  dataSets,
  difference,
  externalData,
  listCases,
  modelBytes,
  operatorsIn,
  readValue,
} from '../conformance/case.js';

beforeAll(ready);

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = [here('../../../shared/golden'), here('../fixtures/golden')].find(existsSync)!;

/** Types of the ONNX nodes of a file. */
const nodeTypes = (bytes: Uint8Array) => readModelProto(bytes).graph!.nodes.map(({ opType }) => opType);

/** What a case's model computes from its stored inputs; undefined where it isn't one that runs. */
function run(model: Model, set: string): Record<string, Tensor> | undefined {
  const inputs = Object.keys(model.inputs).map((name, index) => [name, readValue(set, `input_${index}`)] as const);
  try {
    return model.runSync(Object.fromEntries(inputs));
  } catch (error) {
    if (error instanceof QuadlaneError && error.code === 'UNSUPPORTED') return undefined;
    throw error;
  }
}

/** Models, by the ends of their paths, that ONNX has no equivalent for in operator set 18, and why. */
const refused: Readonly<Record<string, string>> = {
  test_resize_downsample_sizes_nearest_tf_half_pixel_for_nn: 'operator set 13 dropped these coordinates',
  'node-1.5/test_resize_downsample_nearest': 'operator set 10 rounds by whether an axis grows, which the run decides',
  'node-1.5/test_resize_nearest': 'operator set 10 rounds by whether an axis grows, which the run decides',
};

/** How a case's model, written and read back, differs from itself; undefined where it isn't one that loads. */
function roundTrip(test: Case): string | undefined {
  const at = join(folder, test.path);
  let model: Model;
  try {
    model = loadModelSync(modelBytes(at), { externalData: externalData(at) });
  } catch (error) {
    if (error instanceof QuadlaneError && error.code === 'UNSUPPORTED') return undefined;
    throw error;
  }
  try {
    const copy = loadModelSync(exportOnnx(model));
    for (const set of dataSets(at)) {
      const [expected, actual] = [run(model, set), run(copy, set)];
      if (!expected || !actual) return undefined;
      if (Object.keys(actual).join() !== Object.keys(expected).join()) return `${test.path}: other outputs`;
      for (const [name, value] of Object.entries(expected)) {
        if (!(difference(actual[name], value, test) <= 1)) return `${test.path}: "${name}" differs`;
      }
    }
  } catch (error) {
    return `${test.path}: ${error}`;
  }
  return '';
}

describe('reference models, written and read back', () => {
  it('compute the same', () => {
    const found = listCases(folder)
      .filter(({ path }) => !path.startsWith('nets/') && !Object.keys(refused).some((end) => path.endsWith(end)))
      .map(roundTrip);
    expect(found.filter((text) => text)).toEqual([]);
    expect(found.filter((text) => text === '').length).toBeGreaterThan(450);
  }, 300_000);

  it.each(['lenet5', 'm5_audio', 'tinyvgg'])('%s has the nodes of the file it came from', (name) => {
    const at = join(folder, 'nets-full', name);
    const ordinary = (types: string[]) => types.filter((type) => type !== 'Constant').sort();
    expect(ordinary(nodeTypes(exportOnnx(loadModelSync(modelBytes(at)))))).toEqual(ordinary(operatorsIn(at)));
  });

  it('keep the names of values, and those of open sizes', () => {
    const bytes = modelBytes(join(folder, 'nets-full/lenet5'));
    const [before, after] = [readOnnx(bytes), readOnnx(exportOnnx(loadModelSync(bytes)))];
    const names = ({ nodes }: Graph) =>
      new Set(nodes.flatMap(({ outputs }) => outputs).filter((name) => name.startsWith('/')));
    expect(names(after)).toEqual(names(before));
    expect(after.inputs).toEqual(before.inputs);
    expect(after.outputs).toEqual(before.outputs);
  });
});

/** A network of one input `x` [batch, ...shape] whose last node writes `y`. */
function network(shape: readonly number[], nodes: readonly Node[], constants: Tensors): Graph {
  return {
    dialect: inference,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', ...shape] }],
    outputs: ['y'],
    nodes,
    constants: new Map(Object.entries(constants)),
  };
}

function node(op: string, inputs: readonly string[], output: string, attributes: Attributes = {}): Node {
  return { name: output, op, inputs, outputs: [output], attributes };
}

function numbers(...shape: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7) / 2),
    shape,
  );
}

/** The node types of a network as ONNX, after checking that it computes the same. */
function exported(graph: Graph): string[] {
  const model = compileGraph(graph);
  const bytes = exportOnnx(model);
  const x = numbers(2, ...(graph.inputs[0].shape.slice(1) as number[]));
  const [expected, actual] = [model, loadModelSync(bytes)].map((each) => each.runSync({ x }).y);
  const test = { path: '', op: '', rtol: 1e-4, atol: 1e-5 };
  expect(difference(actual, expected, test)).toBeLessThanOrEqual(1);
  return nodeTypes(bytes);
}

const conv = (input: string, filters: string, output: string, attributes: Attributes = {}) =>
  node('conv', [input, filters], output, { padding: [1, 1, 1, 1], ...attributes });
const relu = { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY };

describe('channels-last networks', () => {
  it('are transposed at their input only', () => {
    const nodes = [
      conv('x', 'w', 'a', relu),
      node('binary', ['a', 'scale'], 'b', { operation: 'mul' }),
      {
        name: 'c',
        op: 'conv',
        inputs: ['b', 'v', '', 'a'],
        outputs: ['c'],
        attributes: { padding: [1, 1, 1, 1], ...relu },
      },
      node('maxPool', ['c'], 'd', { kernelShape: [2, 2], strides: [2, 2] }),
      node('pad', ['d'], 'e', { padding: [0, 1, 0, 0, 0, 0, 2, 0], value: 3 }),
      node('concat', ['e', 'e'], 'f', { axis: -1 }),
      node('globalAveragePool', ['f'], 'g'),
      node('flatten', ['g'], 'h'),
      node('matmul', ['h', 'u', 'bias'], 'i', { transposeB: true }),
      node('softmax', ['i'], 'y', { axis: -1 }),
    ];
    const constants = {
      w: numbers(4, 3, 3, 3),
      v: numbers(4, 4, 3, 3),
      u: numbers(5, 8),
      bias: numbers(5),
      scale: numbers(4),
    };
    const chain = 'Transpose Conv Relu Mul Conv Add Relu MaxPool Pad Concat GlobalAveragePool Flatten Gemm Softmax';
    expect(exported(network([6, 6, 3], nodes, constants))).toEqual(chain.split(' '));
  });

  it('are transposed where the order of elements is seen', () => {
    const flattened = network([4, 4, 2], [conv('x', 'w', 'a'), node('flatten', ['a'], 'y')], {
      w: numbers(3, 2, 3, 3),
    });
    expect(exported(flattened)).toEqual(['Transpose', 'Conv', 'Transpose', 'Flatten']);
    const returned = network([4, 4, 2], [conv('x', 'w', 'y')], { w: numbers(3, 2, 3, 3) });
    expect(exported(returned)).toEqual(['Transpose', 'Conv', 'Transpose']);
  });

  it('are transposed before a constant of more axes', () => {
    const nodes = [conv('x', 'w', 'a'), node('binary', ['a', 'c'], 'y', { operation: 'add' })];
    const constants = { w: numbers(3, 2, 3, 3), c: numbers(2, 1, 1, 1, 3) };
    expect(exported(network([4, 4, 2], nodes, constants))).toEqual(['Transpose', 'Conv', 'Transpose', 'Add']);
  });

  it('keep the remainder that has the sign of the dividend', () => {
    const remainder = node('binary', ['x', 'c'], 'y', { operation: 'remainder' });
    expect(exported(network([3], [remainder], { c: numbers(3) }))).toEqual(['Mod']);
  });

  it('give one value two names where it is put out twice', () => {
    const graph = network([3], [node('activation', ['x'], 'a', relu), node('identity', ['a'], 'y')], {});
    const twice = { ...graph, outputs: ['y', 'a'] };
    const model = compileGraph(twice);
    const read = loadModelSync(exportOnnx(model));
    expect(read.runSync({ x: numbers(2, 3) })).toEqual(model.runSync({ x: numbers(2, 3) }));
    expect(exported(network([3], [node('identity', ['x'], 'y')], {}))).toEqual(['Identity']);
  });

  it('name an output once that the network names twice', () => {
    const graph = network([3], [node('activation', ['x'], 'y', relu), node('identity', ['x'], 'z')], {});
    const model = compileGraph({ ...graph, outputs: ['y', 'z', 'y'] });
    const file = exportOnnx(model);
    expect(readModelProto(file).graph!.outputs.map(({ name, shape }) => [name, shape?.length])).toEqual([
      ['y', 2],
      ['z', 2],
    ]);
    expect(loadModelSync(file).runSync({ x: numbers(2, 3) })).toEqual(model.runSync({ x: numbers(2, 3) }));
  });

  it.each(['none', 'leakyRelu', 'elu', 'selu', 'celu', 'sigmoid', 'tanh', 'hardSigmoid', 'hardSwish', 'silu', 'gelu'])(
    'keep the activation %s',
    (activation) => {
      const attributes = { activation, alpha: 0.3, beta: 0.7 };
      exported(network([4, 4, 2], [conv('x', 'w', 'y', attributes)], { w: numbers(3, 2, 3, 3) }));
    },
  );

  it.each(['geluTanh', 'mish', 'softplus', 'softsign', 'thresholdedRelu', 'clip'])(
    'keep the activation %s',
    (activation) => {
      exported(network([7], [node('activation', ['x'], 'y', { activation, alpha: -0.1, beta: 0.2 })], {}));
    },
  );
});

describe('refusals', () => {
  it('name what is no model', () => {
    expect(() => exportOnnx(network([3], [], {}) as never)).toThrow(/takes a model/);
  });

  it('list every node that ONNX has no equivalent for', () => {
    const graph = network(
      [3],
      [node('activation', ['x'], 'a', relu), node('unary', ['a'], 'y', { operation: 'exp' })],
      {},
    );
    const odd = {
      ...graph,
      nodes: graph.nodes.map((each) =>
        each.op === 'activation' ? { ...each, attributes: { activation: 'odd' } } : { ...each, op: 'odd' },
      ),
    };
    expect(() => writeOnnx(odd, [])).toThrow(
      /no equivalent.*\n.*activation "a": its activation is "odd"\n.*odd "y": there is no such operator/,
    );
  });

  it.each<[string, Attributes, RegExp]>([
    ['concat', { axis: 1.5 }, /^concat "y" \(inputs .*\): its attribute "axis" must be a whole number; got 1\.5: /],
    ['concat', { axis: Number.NaN }, /"axis" must be a whole number; got NaN/],
    ['concat', { axis: 1e300 }, /"axis" must be a whole number; got 1e\+300/],
    ['depthToSpace', {}, /"blocksize" must be a whole number; got undefined/],
    ['cumSum', {}, /"axis" must be a whole number; got undefined/],
    ['maxPool', {}, /"kernelShape" must be a list of whole numbers; got undefined/],
    ['maxPool', { kernelShape: [2, 0.5] }, /"kernel_shape" must be a list of whole numbers; got \[2, 0\.5\]/],
    ['reshape', { shape: [0.5] }, /must be of whole numbers; got \[0\.5\]/],
    ['transpose', { permutation: [0, 3, -100, 2] }, /"permutation" must be each of its input's axes once; got/],
    ['transpose', { permutation: [0, 1] }, /"permutation" must be each of its input's axes once/],
    ['unary', {}, /there is no operation undefined; choose one of abs, /],
    ['unary', { operation: '' }, /there is no operation ""/],
    ['compare', { operation: 'odd' }, /there is no operation "odd"/],
    ['reduce', { reduction: 'odd' }, /there is no reduction "odd"; choose one of sum, /],
    ['cast', {}, /there is no to undefined/],
  ])('%s with %j names node and attribute', (op, attributes, message) => {
    const inputs = op === 'compare' || op === 'concat' ? ['x', 'x'] : ['x'];
    const graph = network([4, 4, 8], [{ name: 'y', op, inputs, outputs: ['y'], attributes }], {});
    expect(() => writeOnnx(graph, [])).toThrow(
      expect.objectContaining({
        name: 'QuadlaneError',
        node: 'y',
        operator: op,
        message: expect.stringMatching(message),
      }),
    );
  });

  it('every operator of inference has an equivalent, but controls and those that only passes write', () => {
    const lacking = Object.keys(operators).filter((name) => !(name in exporters));
    const ofPasses = ['identity', 'integerAveragePool', 'lookUp', 'quantizedBinary', 'scaleSums', 'transpose'];
    expect(lacking.sort()).toEqual([...Object.keys(controls), ...ofPasses].sort());
  });
});
