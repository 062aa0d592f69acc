import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import type { Graph } from '../../src/graph/graph.js';
import { compileGraph } from '../../src/load.js';
import { tensor, Unaligned } from '../../src/tensor.js';
import { bytesOf, type ModelSpec, type NodeSpec, onnxFile, type TensorSpec } from './onnx-file.js';

const lenet = new Uint8Array(readFileSync(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url)));

function failure(read: () => unknown): QuadlaneError {
  try {
    read();
  } catch (error) {
    if (error instanceof QuadlaneError) return error;
    throw error;
  }
  throw new Error('no error');
}

const image = { name: 'x', shape: [1, 3, 8, 8] };

/** A file of nodes from x to y. */
function network(nodes: NodeSpec[], more: ModelSpec = {}): Uint8Array {
  return onnxFile({ inputs: [image], outputs: ['y'], nodes, ...more });
}

function read(nodes: NodeSpec[], more: ModelSpec = {}): Graph {
  return readOnnx(network(nodes, more));
}

function only(op: string, attributes: NodeSpec['attributes'], more: ModelSpec = {}, inputs = ['x']) {
  const nodes = read([{ op, inputs, outputs: ['y'], attributes }], more).nodes;
  return nodes.map(({ op: name, inputs: from, attributes: values }) => ({
    op: name,
    inputs: from,
    attributes: values,
  }));
}

const int64 = (name: string, ...values: bigint[]): TensorSpec => ({
  name,
  dims: [values.length],
  dataType: 7,
  raw: bytesOf(BigInt64Array.from(values)),
});

function constant(tensor: TensorSpec) {
  const graph = readOnnx(
    onnxFile({
      initializers: [{ name: 'w', ...tensor }],
      outputs: ['y'],
      nodes: [{ op: 'Neg', inputs: ['w'], outputs: ['y'] }],
    }),
  );
  return graph.constants.get('w')!;
}

describe('a trained network', () => {
  const graph = readOnnx(lenet);

  it('has its interface by name', () => {
    expect(graph.inputs).toEqual([{ name: 'image', dtype: 'float32', shape: ['batch', 1, 28, 28] }]);
    expect(graph.outputs).toEqual(['logits']);
  });

  it('has its operators, spatial ones between changes of layout', () => {
    const count = (op: string) => graph.nodes.filter((node) => node.op === op).length;
    expect([count('conv'), count('averagePool'), count('matmul'), count('activation')]).toEqual([2, 2, 3, 4]);
    const conv = graph.nodes.find((node) => node.op === 'conv')!;
    const before = graph.nodes.find((node) => node.outputs[0] === conv.inputs[0])!;
    const after = graph.nodes.find((node) => node.inputs[0] === conv.outputs[0])!;
    expect(before.attributes).toEqual({ permutation: [0, 2, 3, 1] });
    expect(after.attributes).toEqual({ permutation: [0, 3, 1, 2] });
  });

  it('has all its weights', () => {
    const floats = [...graph.constants.values()].filter((value) => value.dtype === 'float32');
    const parameters = floats.filter((value) => value.size > 1).reduce((sum, value) => sum + value.size, 0);
    expect(parameters).toBe(61706);
  });

  it('is refused with FORMAT at every length short of whole', { timeout: 120_000 }, () => {
    const lengths = Array.from({ length: 4096 }, (_, length) => length);
    for (let length = 4096; length < lenet.length; length += 997) lengths.push(length);
    for (let short = 1; short < 64; short++) lengths.push(lenet.length - short);
    for (const length of lengths) {
      expect(failure(() => readOnnx(lenet.subarray(0, length))).code, `at ${length}`).toBe('FORMAT');
    }
  });

  it('never fails in another way when single bytes are wrong', () => {
    for (let at = 0; at < 3000; at++) {
      const bytes = lenet.slice();
      bytes[at] ^= 1 << (at % 8);
      try {
        readOnnx(bytes);
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(QuadlaneError);
      }
    }
  });
});

describe('bytes that are no model', () => {
  it.each([
    ['nothing', '', /empty/],
    ['text', 'Not Found', /get the file again/],
    ['a web page', '<!doctype html><html>', /web page/],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid', /git lfs pull/],
    ['an archive', 'PK\u0003\u0004', /ZIP/],
  ])('%s', (_, text, message) => {
    const error = failure(() => readOnnx(new TextEncoder().encode(text)));
    expect(error.code).toBe('FORMAT');
    expect(error.message).toMatch(message);
  });

  it('lengths of 2^63 and lists cut inside a value', () => {
    const lengths = [0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    expect(failure(() => readOnnx(Uint8Array.from([8, 8, ...lengths]))).code).toBe('FORMAT');
    expect(failure(() => readOnnx(Uint8Array.from([8, 8, 0x3b, 0x3b, 0x3b]))).message).toMatch(/wire type/);
    const cut = { name: 'w', dims: [1], dataType: 7, encodedInt64: Uint8Array.of(0xff) };
    expect(failure(() => constant(cut)).message).toMatch(/inside a value/);
  });
});

describe('tensors', () => {
  it('keep the bytes of each type', () => {
    expect(constant({ dims: [2], dataType: 1, raw: bytesOf(Float32Array.of(1.5, -2)) }).data).toEqual(
      Float32Array.of(1.5, -2),
    );
    expect(constant({ dims: [2], dataType: 1, floats: [1.5, -2] }).data).toEqual(Float32Array.of(1.5, -2));
    expect(constant({ dims: [2], dataType: 6, raw: bytesOf(Int32Array.of(-5, 7)) }).data).toEqual(Int32Array.of(-5, 7));
    expect(constant({ dims: [2], dataType: 3, raw: bytesOf(Int8Array.of(-5, 7)) }).data).toEqual(Int8Array.of(-5, 7));
    expect(constant({ dims: [2], dataType: 3, integers: [-5, 7] }).data).toEqual(Int8Array.of(-5, 7));
    expect(constant({ dims: [2], dataType: 2, integers: [5, 255] }).data).toEqual(Uint8Array.of(5, 255));
    const flags = constant({ dims: [2], dataType: 9, raw: Uint8Array.of(0, 1) });
    expect([flags.dtype, ...flags.data]).toEqual(['bool', 0, 1]);
    expect(constant({ dims: [0, 3], dataType: 1 }).shape).toEqual([0, 3]);
    expect(constant({ dataType: 1, floats: [3] }).shape).toEqual([]);
  });

  it('stay in the file, wherever they begin, until memory takes them', () => {
    const filters = Float32Array.from({ length: 48 }, (_, index) => Math.sin(index));
    const file = network([{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'] }], {
      initializers: [{ name: 'w', dims: [4, 3, 2, 2], dataType: 1, raw: bytesOf(filters) }],
    });
    const pixels = tensor(
      Float32Array.from({ length: 192 }, (_, index) => Math.cos(index)),
      [1, 3, 8, 8],
    );
    const results = [0, 1, 2, 3].map((shift) => {
      const bytes = new Uint8Array(file.length + shift).subarray(shift);
      bytes.set(file);
      const graph = readOnnx(bytes);
      const [held] = graph.constants.values();
      const isUnaligned = held instanceof Unaligned;
      expect((isUnaligned ? held.bytes : held.data).buffer).toBe(bytes.buffer);
      expect(held.size).toBe(48);
      using model = compileGraph(graph);
      const { y } = model.runSync({ x: pixels });
      expect(held.data).toEqual(filters);
      return { isUnaligned, y };
    });
    expect(results.filter(({ isUnaligned }) => isUnaligned)).toHaveLength(3);
    for (const { y } of results) expect(y).toEqual(results[0].y);
  });

  it('convert float64 and float16', () => {
    expect(constant({ dims: [2], dataType: 11, doubles: [0.1, 2] }).data).toEqual(Float32Array.of(0.1, 2));
    expect(constant({ dims: [1], dataType: 11, raw: bytesOf(Float64Array.of(0.1)) }).data).toEqual(
      Float32Array.of(0.1),
    );
    const halves = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0xfc00];
    const values = Float32Array.of(1, -2, 65504, 2 ** -24, -0, Infinity, -Infinity);
    expect(constant({ dims: [7], dataType: 10, raw: bytesOf(Uint16Array.from(halves)) }).data).toEqual(values);
    expect(constant({ dims: [7], dataType: 10, integers: halves }).data).toEqual(values);
    expect(constant({ dims: [1], dataType: 10, integers: [0x7e00] }).data[0]).toBeNaN();
  });

  it('keep all 64 bits of int64', () => {
    const extremes = [2n ** 63n - 1n, -(2n ** 63n), -1n, 2n ** 53n + 1n, 0n, 300n];
    expect(constant(int64('w', ...extremes)).data).toEqual(BigInt64Array.from(extremes));
    const encoded = extremes.flatMap((value) => {
      const bytes: number[] = [];
      let rest = BigInt.asUintN(64, value);
      for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
      return [...bytes, Number(rest)];
    });
    const typed = { dims: [6], dataType: 7, encodedInt64: Uint8Array.from(encoded) };
    expect(constant(typed).data).toEqual(BigInt64Array.from(extremes));
  });

  it('must have the bytes their shape needs', () => {
    for (const tensor of [
      { dims: [3], raw: new Uint8Array(8) },
      { dims: [3], raw: new Uint8Array(16) },
      { dims: [3], floats: [1] },
      { dims: [1 << 20, 1 << 20], raw: new Uint8Array(8) },
      { dims: [-1], raw: new Uint8Array(8) },
      { dims: new Array(100).fill(1), floats: [1] },
    ]) {
      const error = failure(() => constant({ dataType: 1, ...tensor }));
      expect(error.code).toBe('FORMAT');
      expect(error.message).toMatch(/tensor "w"/);
    }
    const text = failure(() => constant({ dims: [1], dataType: 8 }));
    expect([text.code, text.message]).toEqual(['UNSUPPORTED', expect.stringMatching(/tensor "w" has string/)]);
  });

  it('lie in other files only where the caller has them', () => {
    const external = { location: 'weights.bin', offset: '4', length: '8' };
    const file = network([{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }], {
      initializers: [{ name: 'w', dims: [2], dataType: 1, external }],
    });
    expect(failure(() => readOnnx(file)).message).toMatch(/"weights.bin".*externalData/);
    const weights = bytesOf(Float32Array.of(1, 2, 3));
    const asked: string[] = [];
    const externalData = (location: string) => {
      asked.push(location);
      return weights;
    };
    const graph = readOnnx(file, { externalData });
    expect(graph.constants.get('w')?.data).toEqual(Float32Array.of(2, 3));
    expect(asked).toEqual(['weights.bin']);
    expect(failure(() => readOnnx(file, { externalData: () => weights.subarray(4) })).code).toBe('FORMAT');
  });
});

describe('the graph', () => {
  const relu = (from: string, to: string, name?: string): NodeSpec => ({
    op: 'Relu',
    inputs: [from],
    outputs: [to],
    name,
  });

  it('keeps names, gives others by operator and place', () => {
    const nodes = read([relu('x', 'a', 'first'), relu('a', 'y')]).nodes;
    expect(nodes.map((node) => [node.name, node.op, node.outputs[0]])).toEqual([
      ['first', 'activation', 'a'],
      ['Relu_1', 'activation', 'y'],
    ]);
  });

  it('keeps sizes by name and names the nameless', () => {
    const graph = read([relu('x', 'y')], { inputs: [{ name: 'x', type: 6, shape: ['batch', undefined, 4] }] });
    expect(graph.inputs).toEqual([{ name: 'x', dtype: 'int32', shape: ['batch', 'x_dim_1', 4] }]);
  });

  it('leaves out initializers that are listed as inputs', () => {
    const graph = read([{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }], {
      inputs: [image, { name: 'w', shape: [1] }],
      initializers: [{ name: 'w', dims: [1], dataType: 1, floats: [2] }],
    });
    expect(graph.inputs.map((input) => input.name)).toEqual(['x']);
  });

  it('is sorted where the file is not', () => {
    const nodes = read([relu('b', 'y'), relu('a', 'b'), relu('x', 'a')]).nodes;
    expect(nodes.map((node) => node.outputs[0])).toEqual(['a', 'b', 'y']);
  });

  it.each([
    ['reads what nothing writes', [relu('z', 'y', 'reader')], /"reader".*reads "z"/],
    ['goes in a circle', [relu('b', 'a', 'one'), relu('a', 'b', 'two'), relu('x', 'y')], /circle: "one".*"two"/],
    ['writes a value twice', [relu('x', 'y', 'one'), relu('x', 'y', 'two')], /"y" is written twice.*"one".*"two"/],
    ['writes over its input', [relu('x', 'x', 'one'), relu('x', 'y')], /"x" is written twice.*"one"/],
    ['lacks its output', [relu('x', 'z')], /output "y"/],
    ['lacks a required input', [{ op: 'Add', inputs: ['x'], outputs: ['y'] }], /input 1/],
    ['lacks a required attribute', [{ op: 'Concat', inputs: ['x'], outputs: ['y'] }], /"axis"/],
  ])('is refused when it %s', (_, nodes, message) => {
    const error = failure(() => read(nodes));
    expect(error.code).toBe('FORMAT');
    expect(error.message).toMatch(message);
  });

  it('is refused at once with everything that is unsupported', () => {
    const nodes: NodeSpec[] = Array.from({ length: 8 }, (_, i) => ({
      op: 'Einsum',
      name: `einsum${i}`,
      inputs: ['x'],
      outputs: [`e${i}`],
    }));
    nodes.push({ op: 'FusedConv', domain: 'com.microsoft', name: 'fused', inputs: ['x'], outputs: ['f'] });
    nodes.push({
      op: 'If',
      name: 'branch',
      inputs: ['x'],
      outputs: ['b'],
      attributes: { then_branch: { graph: true } },
    });
    nodes.push({ op: 'Cast', name: 'toText', inputs: ['x'], outputs: ['c'], attributes: { to: 8 } });
    nodes.push({ op: 'Constant', name: 'sub', outputs: ['s'], attributes: { value: { graph: true } } });
    nodes.push(relu('x', 'y'));
    const error = failure(() => read(nodes, { domains: { 'com.microsoft': 1 } }));
    expect(error.code).toBe('UNSUPPORTED');
    for (const part of [
      'Einsum (opset 13): "einsum0", "einsum1", "einsum2", "einsum3", "einsum4" and 3 more',
      'com.microsoft.FusedConv (opset 1): "fused"',
      'If (opset 13): "branch"',
      'Cast (opset 13) where it converts to string: "toText"',
      'Constant (opset 13) where its attribute "value" is a subgraph: "sub"',
    ]) {
      expect(error.message).toContain(part);
    }
  });

  it('is refused when the operator set is too new or an input has another type', () => {
    expect(failure(() => read([relu('x', 'y')], { opset: 99 })).message).toMatch(/operator set 99/);
    const strings = { inputs: [{ name: 'x', type: 8, shape: [1] }] };
    expect(failure(() => read([relu('x', 'y')], strings)).message).toMatch(/inputs of type string: "x"/);
  });
});

describe('operators by operator set', () => {
  const clip = { activation: 'clip', alpha: 0, beta: 6 };
  const bounds = {
    initializers: [
      { name: 'low', dataType: 1, floats: [0] },
      { name: 'high', dataType: 1, floats: [6] },
    ],
  };

  it('Clip', () => {
    const attributes = { min: { float: 0 }, max: { float: 6 } };
    expect(only('Clip', attributes, { opset: 6 })).toEqual([{ op: 'activation', inputs: ['x'], attributes: clip }]);
    expect(only('Clip', {}, bounds, ['x', 'low', 'high'])).toEqual([
      { op: 'activation', inputs: ['x'], attributes: clip },
    ]);
    const given = { inputs: [image, { name: 'low', shape: [] }] };
    expect(only('Clip', {}, given, ['x', 'low'])).toEqual([
      { op: 'binary', inputs: ['x', 'low'], attributes: { operation: 'max' } },
    ]);
  });

  it('Squeeze, Unsqueeze, ReduceSum: axes as attribute, constant and input', () => {
    for (const [op, own] of [
      ['Squeeze', 'squeeze'],
      ['Unsqueeze', 'unsqueeze'],
      ['ReduceSum', 'reduce'],
    ]) {
      const more = own === 'reduce' ? { reduction: 'sum', keepDims: true } : {};
      const known = [{ op: own, inputs: ['x'], attributes: { axes: [0], ...more } }];
      expect(only(op, { axes: [0] }, { opset: 11 })).toEqual(known);
      expect(only(op, {}, { initializers: [int64('axes', 0n)] }, ['x', 'axes'])).toEqual(known);
      const inputs = [image, { name: 'axes', type: 7, shape: [1] }];
      expect(only(op, {}, { inputs }, ['x', 'axes'])).toEqual([{ op: own, inputs: ['x', 'axes'], attributes: more }]);
    }
  });

  it('Slice: to the end of int64, with a gap before the steps', () => {
    expect(only('Slice', { starts: [1], ends: [3], axes: [2] }, { opset: 9 })).toEqual([
      { op: 'slice', inputs: ['x'], attributes: { starts: [1], ends: [3], axes: [2] } },
    ]);
    const initializers = [int64('from', 0n), int64('to', 2n ** 63n - 1n), int64('by', 2n)];
    expect(only('Slice', {}, { initializers }, ['x', 'from', 'to', '', 'by'])).toEqual([
      { op: 'slice', inputs: ['x'], attributes: { starts: [0], ends: [2 ** 63], steps: [2] } },
    ]);
  });

  it('Softmax runs over all later axes before operator set 13', () => {
    expect(only('Softmax', {}, { opset: 13 })).toEqual([
      { op: 'softmax', inputs: ['x'], attributes: { axis: -1, log: false } },
    ]);
    expect(only('Softmax', {}, { opset: 11 }).map((node) => node.op)).toEqual([
      'flatten',
      'softmax',
      'shape',
      'reshape',
    ]);
    expect(only('Softmax', { axis: 3 }, { opset: 11 }).map((node) => node.op)).toEqual(['softmax']);
  });

  it('BatchNormalization', () => {
    const parameters = ['s', 'b', 'm', 'v'];
    const initializers = parameters.map((name) => ({ name, dims: [3], dataType: 1, floats: [1, 1, 1] }));
    const inputs = ['x', ...parameters];
    const nodes = only('BatchNormalization', { epsilon: { float: 0.5 } }, { initializers, opset: 15 }, inputs);
    expect(nodes.map((node) => node.op)).toEqual(['transpose', 'batchNorm', 'transpose']);
    expect(nodes[1].attributes).toEqual({ epsilon: 0.5 });
    const training = only('BatchNormalization', { training_mode: 1 }, { initializers, opset: 15 }, inputs);
    expect(training[1].attributes).toMatchObject({ training: true });
    const old = failure(() => only('BatchNormalization', {}, { initializers, opset: 6 }, inputs));
    expect(old.message).toMatch(/training mode/);
  });

  it('Dropout passes on, its mask keeps everything', () => {
    const nodes = read([{ op: 'Dropout', inputs: ['x'], outputs: ['y', 'mask'] }]).nodes;
    expect(nodes.map((node) => node.op)).toEqual(['dropout', 'cast']);
    expect(nodes[1]).toMatchObject({ outputs: ['mask'], attributes: { to: 'bool' } });
  });

  it('Add that broadcasts at an axis is told apart', () => {
    const shapes = { opset: 6, inputs: [image, { name: 'b', shape: [3] }] };
    const error = failure(() => only('Add', { broadcast: 1, axis: 1 }, shapes, ['x', 'b']));
    expect([error.code, error.message]).toEqual(['UNSUPPORTED', expect.stringMatching(/at a given axis/)]);
  });

  it('Gemm takes a vector as bias and adds anything else', () => {
    const weights = { name: 'w', dims: [2, 3], dataType: 1, floats: [1, 2, 3, 4, 5, 6] };
    const gemm = (dims: number[], attributes = {}) => {
      const bias = { name: 'b', dims, dataType: 1, floats: [1, 2] };
      const more = { inputs: [{ name: 'x', shape: [1, 3] }], initializers: [weights, bias] };
      return only('Gemm', { transB: 1, ...attributes }, more, ['x', 'w', 'b']).map((node) => node.op);
    };
    expect(gemm([2])).toEqual(['matmul']);
    expect(gemm([1, 2])).toEqual(['matmul', 'binary']);
    expect(gemm([2], { alpha: { float: 2 }, beta: { float: 3 } })).toEqual(['binary', 'binary', 'matmul']);
  });

  it('an attribute that a writer left out because it is zero', () => {
    const graph = read([{ op: 'Flatten', inputs: ['x'], outputs: ['y'], attributes: { axis: 0 } }]);
    expect(graph.nodes[0].attributes).toEqual({ axis: 0 });
  });
});
