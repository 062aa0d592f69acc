// Protobuf's encoding as it says: what stands twice is merged, unknown fields of any kind are passed over, and nesting has
// an end. And what a file lacks is listed to the innermost branch.

import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import { loadModel, tensor } from '../../src/index.js';
import { type ModelSpec, type NodeSpec, onnxFile } from './onnx-file.js';
import { failure, image, network } from './onnx-reading.js';

const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const tag = (field: number, wire: number) => field * 8 + wire;
const neg = (from: string, to: string): NodeSpec => ({ op: 'Neg', inputs: [from], outputs: [to] });

describe('a message that stands twice', () => {
  it('is merged: a model of two files, one behind the other', async () => {
    const x = { name: 'x', shape: [2] };
    const first = onnxFile({ inputs: [x], nodes: [neg('x', 'h')] });
    const second = onnxFile({
      outputs: ['y'],
      nodes: [{ op: 'Add', inputs: ['h', 'w'], outputs: ['y'] }],
      initializers: [{ name: 'w', dims: [1], dataType: 1, floats: [10] }],
    });
    using model = await loadModel(joined(first, second));
    expect([...(await model.run({ x: tensor([1, 2]) })).y.data]).toEqual([9, 8]);
  });

  it('is merged where it is a shape', () => {
    const dim = (size: number) => [0x0a, 2, 0x08, size];
    const shape = (...sizes: number[]) => [0x12, sizes.length * 4, ...sizes.flatMap(dim)];
    const tensorType = [0x08, 1, ...shape(2), ...shape(3, 4)];
    const type = [0x0a, tensorType.length, ...tensorType];
    const input = [0x0a, 1, 'x'.charCodeAt(0), 0x12, type.length, ...type];
    const graph = [0x5a, input.length, ...input];
    const file = joined(Uint8Array.from([0x3a, graph.length, ...graph]), network([neg('x', 'y')], { inputs: [] }));
    expect(readOnnx(file).inputs).toEqual([{ name: 'x', dtype: 'float32', shape: [2, 3, 4] }]);
  });
});

describe('groups', () => {
  const file = network([neg('x', 'y')]);
  const group = (...content: number[]) => Uint8Array.from([tag(15, 3), ...content, tag(15, 4)]);

  it.each([
    ['empty', group()],
    [
      'of fields of all kinds',
      group(tag(1, 0), 0x85, 1, tag(2, 1), ...new Array(8).fill(0), tag(3, 2), 2, 1, 1, tag(4, 5), 0, 0, 0, 0),
    ],
    ['within each other', group(tag(1, 3), tag(2, 3), tag(2, 4), tag(1, 4))],
    [
      'within each other 100,000 deep',
      joined(new Uint8Array(1e5).fill(tag(1, 3)), new Uint8Array(1e5).fill(tag(1, 4))),
    ],
  ])('%s are passed over', (_, bytes) => {
    expect(readOnnx(joined(bytes, file, bytes)).nodes).toHaveLength(1);
  });

  it.each([
    ['without an end', [tag(15, 3), tag(1, 0), 1], /group 15 doesn't end/],
    ['without a beginning', [tag(15, 4)], /wire type 4/],
    ['with the end of another', [tag(15, 3), tag(14, 4)], /group 14 ends without a beginning/],
    ['with a field of no kind', [tag(15, 3), tag(1, 6), tag(15, 4)], /wire type 6/],
    ['with a field that is too long', [tag(15, 3), tag(1, 2), 100, tag(15, 4)], /bytes too late/],
  ])('%s are damage', (_, bytes, message) => {
    const error = failure(() => readOnnx(joined(file, Uint8Array.from(bytes))));
    expect(error.code).toBe('FORMAT');
    expect(error.message).toMatch(message);
  });
});

it('subgraphs without end are refused', () => {
  let graph: ModelSpec = { nodes: [neg('x', 'y')] };
  for (let depth = 0; depth < 60; depth++) {
    graph = { nodes: [{ op: 'If', inputs: ['c'], outputs: ['y'], attributes: { then_branch: { graph } } }] };
  }
  const error = failure(() => readOnnx(onnxFile({ ...graph, inputs: [image] })));
  expect(error.code).toBe('FORMAT');
  expect(error.message).toContain('more than 100 messages within each other');
});

it('what branches and bodies lack is listed with the rest, to the innermost', () => {
  const inner: NodeSpec = {
    op: 'Loop',
    name: 'loop',
    inputs: [],
    outputs: ['z'],
    attributes: { body: { graph: { nodes: [{ op: 'StringSplit', inputs: [], outputs: ['g'] }], sparse: ['s'] } } },
  };
  const branch = (op: string): NodeSpec['attributes'] => ({
    then_branch: { graph: { nodes: [{ op, name: 'rnn', inputs: [], outputs: ['z'] }, neg('z', 'w')] } },
    else_branch: { graph: { nodes: [inner, { op: 'Own', domain: 'my.domain', inputs: [], outputs: [] }] } },
  });
  const nodes: NodeSpec[] = [
    { op: 'LoopOver', name: 'branch', inputs: ['x'], outputs: ['a'], attributes: branch('LSTMX') },
    { op: 'Nope', inputs: ['x'], outputs: ['y'] },
  ];
  const error = failure(() => readOnnx(network(nodes)));
  expect(error.code).toBe('UNSUPPORTED');
  for (const line of [
    'LSTMX (opset 13): "branch/rnn"',
    'StringSplit (opset 13): "branch/loop/StringSplit_0"',
    'my.domain.Own (opset unknown): "branch/Own_1"',
    'sparse initializers (make them dense): "branch/loop/s"',
    'Nope (opset 13): "Nope_1"',
  ]) {
    expect(error.message).toContain(line);
  }
  expect(error.message).not.toContain('Neg');
});

it('sparse initializers are named, with all else that is lacking', () => {
  const nodes: NodeSpec[] = [
    { op: 'Add', inputs: ['x', 'w'], outputs: ['h'] },
    { op: 'Nope', inputs: ['h'], outputs: ['y'] },
  ];
  const error = failure(() => readOnnx(network(nodes, { sparse: ['w'] })));
  expect(error.code).toBe('UNSUPPORTED');
  expect(error.message).toContain('sparse initializers (make them dense): "w"');
  expect(error.message).toContain('Nope');
});

it.each<[what: string, spec: ModelSpec]>([
  ['output', { outputs: ['y', ''] }],
  ['input', { inputs: [image, { name: '', shape: [1] }] }],
  ['initializer', { initializers: [{ name: '', dims: [1], dataType: 1, floats: [1] }] }],
])('an %s without a name is damage', (_, spec) => {
  expect(failure(() => readOnnx(network([neg('x', 'y')], spec))).message).toContain('without a name');
});

describe('values that an element type lacks', () => {
  const int = { name: 'x', type: 7, shape: [2] };
  it('integers padded with 1.5', async () => {
    const file = network(
      [{ op: 'Pad', inputs: ['x'], outputs: ['y'], attributes: { pads: [1, 1], value: { float: 1.5 } } }],
      { opset: 10, inputs: [int] },
    );
    await expect(loadModel(file)).rejects.toThrow('a tensor of int64 has no element 1.5');
  });

  it('an axis of nothing split by floats of nothing', async () => {
    const nodes: NodeSpec[] = [{ op: 'Split', inputs: ['x', 'sizes'], outputs: ['y'] }];
    const inputs = [
      { name: 'x', shape: [0] },
      { name: 'sizes', shape: [0] },
    ];
    using model = await loadModel(network(nodes, { inputs }));
    const empty = () => tensor(new Float32Array(0));
    await expect(model.run({ x: empty(), sizes: empty() })).rejects.toThrow('it would have no outputs');
  });
});
