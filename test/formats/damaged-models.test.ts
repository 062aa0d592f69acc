// Saved models whose plan waits for a run (open sizes, inputs that decide shapes), damaged node by node: whatever loading,
// telling outputs, running, exporting and saving makes of them is a QuadlaneError.

import { beforeAll, describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { readHeader } from '../../src/formats/safetensors/header.js';
import { writeSafetensors } from '../../src/formats/safetensors/writer.js';
import { loadModel, loadModelSync, ready, Tensor, tensor } from '../../src/index.js';
import { exportOnnx } from '../../src/onnx.js';
import { Random } from '../../src/train/index.js';
import { type NodeSpec, onnxFile, type TensorSpec, type ValueSpec } from './onnx-file.js';
import { int64 } from './onnx-reading.js';

beforeAll(ready);

// biome-ignore lint/suspicious/noExplicitAny: damaged on purpose
type AnyGraph = any;

interface Sample {
  readonly inputs: ValueSpec[];
  readonly nodes: NodeSpec[];
  readonly run: Record<string, Tensor>;
}

const list = (...values: number[]) => tensor(BigInt64Array.from(values, BigInt));
const floats = (...shape: number[]) =>
  new Tensor(
    'float32',
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
  );

const samples: Record<string, Sample> = {
  'open sizes': {
    inputs: [{ name: 'x', shape: ['n', 3, 'h', 'w'] }],
    nodes: [
      { op: 'MaxPool', inputs: ['x'], outputs: ['a'], attributes: { kernel_shape: [3, 3] } },
      { op: 'Softmax', inputs: ['a'], outputs: ['b'], attributes: { axis: 1 } },
      { op: 'Transpose', inputs: ['b'], outputs: ['c'], attributes: { perm: [0, 2, 3, 1] } },
      { op: 'Reshape', inputs: ['c', 'shape'], outputs: ['d'] },
      { op: 'ReduceMean', inputs: ['d'], outputs: ['e'], attributes: { axes: [1] } },
      { op: 'Concat', inputs: ['d', 'd'], outputs: ['f'], attributes: { axis: 2 } },
      { op: 'Split', inputs: ['f'], outputs: ['g', 'h'], attributes: { axis: 2 } },
      { op: 'Resize', inputs: ['x', '', 'scales'], outputs: ['r'], attributes: { mode: 'linear' } },
      {
        op: 'AveragePool',
        inputs: ['r'],
        outputs: ['p'],
        attributes: { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER' },
      },
      { op: 'Relu', inputs: ['p'], outputs: ['q'] },
      { op: 'Mul', inputs: ['e', 'e'], outputs: ['y'] },
    ],
    run: { x: floats(1, 3, 8, 8) },
  },
  'shapes from inputs': {
    inputs: [
      { name: 'x', shape: ['n', 'm'] },
      { name: 'shape', type: 7, shape: [2] },
      { name: 'starts', type: 7, shape: [1] },
      { name: 'pads', type: 7, shape: [4] },
    ],
    nodes: [
      { op: 'Expand', inputs: ['x', 'shape'], outputs: ['a'] },
      { op: 'Slice', inputs: ['a', 'starts', 'shape1'], outputs: ['b'] },
      { op: 'Pad', inputs: ['b', 'pads'], outputs: ['c'], attributes: { mode: 'edge' } },
      { op: 'Tile', inputs: ['c', 'shape'], outputs: ['d'] },
      { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['e'] },
      { op: 'Gather', inputs: ['d', 'starts'], outputs: ['f'], attributes: { axis: 1 } },
      { op: 'Cast', inputs: ['f'], outputs: ['g'], attributes: { to: 6 } },
      { op: 'CumSum', inputs: ['c', 'axis'], outputs: ['h'] },
      { op: 'Shape', inputs: ['h'], outputs: ['i'] },
      { op: 'Add', inputs: ['i', 'starts'], outputs: ['y'] },
    ],
    run: { x: floats(1, 3), shape: list(4, 3), starts: list(1), pads: list(1, 0, 0, 1) },
  },
};

const constants: TensorSpec[] = [
  int64('shape1', 9n),
  { name: 'axis', dims: [], dataType: 7, integers: [1] },
  { name: 'scales', dims: [4], dataType: 1, floats: [1, 1, 2, 2] },
];

const damages = [
  undefined,
  null,
  -1,
  0,
  1,
  1.5,
  1e300,
  '',
  'x',
  '__proto__',
  true,
  false,
  [],
  [0],
  [-1, 1],
  [1.5],
  [1e300, 1],
  {},
  [''],
  [[1]],
];

function damage(graph: AnyGraph, random: Random): void {
  const any = <T>(from: readonly T[]): T => from[random.integer(from.length)];
  const node = any<AnyGraph>(graph.nodes);
  const values = [
    '',
    ...graph.inputs.map(({ name }: AnyGraph) => name),
    ...graph.nodes.flatMap(({ outputs }: AnyGraph) => outputs),
  ];
  const ways = [
    () => {
      node.attributes[any([...Object.keys(node.attributes), 'axis', 'axes', 'shape'])] = any(damages);
    },
    () => {
      delete node.attributes[any([...Object.keys(node.attributes), 'axis'])];
    },
    () => {
      node.inputs[random.integer(node.inputs.length + 1)] = any(values);
    },
    () => {
      node.inputs.splice(random.integer(node.inputs.length), 1);
    },
    () => {
      node.outputs[random.integer(node.outputs.length + 1)] = any(['', 'new', '__proto__']);
    },
    () => {
      node.op = any<AnyGraph>(graph.nodes).op;
    },
    () => {
      graph.outputs.push(any(values));
    },
    () => {
      const input = any<AnyGraph>(graph.inputs);
      input.shape[random.integer(input.shape.length + 1)] = any(damages);
    },
    () => {
      any<AnyGraph>(graph.inputs).dtype = any(['float32', 'int64', 'bool', 'int8', 'x']);
    },
  ];
  any(ways)();
}

async function check(call: () => unknown, what: string): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof QuadlaneError)) throw new Error(`${what}: ${error}`, { cause: error });
    return false;
  }
}

describe.each(Object.entries(samples))('%s', (_, { inputs, nodes, run }) => {
  const names = nodes.map(({ outputs }) => outputs[0]).filter((name) => !['b', 'c'].includes(name));
  const saved = async () => {
    const used: TensorSpec[] = constants.filter(({ name }) => nodes.some((node) => node.inputs?.includes(name!)));
    if (nodes.some((node) => node.inputs?.includes('shape')) && !inputs.some(({ name }) => name === 'shape'))
      used.push(int64('shape', 0n, -1n, 3n));
    return loadModel(onnxFile({ inputs, nodes, outputs: names, initializers: used }));
  };

  it('is sound before', async () => {
    using model = await saved();
    expect(Object.keys(await model.run(run))).toEqual(names);
    expect(exportOnnx(model).length).toBeGreaterThan(100);
  });

  it('damaged 400 times', async () => {
    using model = await saved();
    const { constants: tensors } = model.graph;
    const plain = readHeader(await model.save()).metadata.get('graph')!;
    const random = new Random(7);
    let loaded = 0;
    let ran = 0;
    for (let round = 0; round < 400; round++) {
      const graph: AnyGraph = JSON.parse(plain);
      for (let times = 1 + random.integer(2); times > 0; times--) damage(graph, random);
      const text = JSON.stringify(graph);
      const file = writeSafetensors(tensors, { quadlane: '1', graph: text });
      let damaged: ReturnType<typeof loadModelSync> | undefined;
      await check(() => {
        damaged = loadModelSync(file, { limits: { memory: 2 ** 26 } });
      }, text);
      if (!damaged) continue;
      loaded++;
      await check(() => damaged!.outputs, `outputs: ${text}`);
      await check(() => exportOnnx(damaged!), `exportOnnx: ${text}`);
      await check(() => damaged!.save(), `save: ${text}`);
      if (await check(() => damaged!.run(run), `run: ${text}`)) ran++;
      await check(() => exportOnnx(damaged!), `exportOnnx after: ${text}`);
      damaged.dispose();
    }
    expect(loaded).toBeGreaterThan(50);
    expect(ran).toBeGreaterThan(5);
  });
});
