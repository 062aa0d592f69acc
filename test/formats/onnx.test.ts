import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { readOnnx } from '../../src/formats/onnx/reader.js';
import type { Graph } from '../../src/graph/graph.js';
import type { ModelSpec, NodeSpec } from './onnx-file.js';
import { constant, failure, image, int64, network } from './onnx-reading.js';

const lenet = new Uint8Array(readFileSync(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url)));

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
    expect(failure(() => readOnnx(Uint8Array.from([8, 8, 0x3b, 0x3b, 0x3b]))).message).toMatch(/group 7 doesn't end/);
    const cut = { name: 'w', dims: [1], dataType: 7, encodedInt64: Uint8Array.of(0xff) };
    expect(failure(() => constant(cut)).message).toMatch(/inside a value/);
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
      op: 'StringNormalizer',
      name: `einsum${i}`,
      inputs: ['x'],
      outputs: [`e${i}`],
    }));
    nodes.push({
      op: 'ConvTransposeWithDynamicPads',
      domain: 'com.microsoft',
      name: 'fused',
      inputs: ['x'],
      outputs: ['f'],
    });
    nodes.push({
      op: 'SequenceMap',
      name: 'branch',
      inputs: ['x'],
      outputs: ['b'],
      attributes: { body: { graph: true } },
    });
    nodes.push({ op: 'Cast', name: 'toText', inputs: ['x'], outputs: ['c'], attributes: { to: 8 } });
    nodes.push({ op: 'Constant', name: 'sub', outputs: ['s'], attributes: { value: { graph: true } } });
    nodes.push(relu('x', 'y'));
    const error = failure(() => read(nodes, { domains: { 'com.microsoft': 1 } }));
    expect(error.code).toBe('UNSUPPORTED');
    for (const part of [
      'StringNormalizer (opset 13): "einsum0", "einsum1", "einsum2", "einsum3", "einsum4" and 3 more',
      'com.microsoft.ConvTransposeWithDynamicPads (opset 1): "fused"',
      'SequenceMap (opset 13): "branch"',
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

  it('Squeeze without axes has a rank where all sizes are known', () => {
    const squeezed = (opset: number, ...shape: (number | string)[]) =>
      read(
        [
          { op: 'Squeeze', inputs: ['x'], outputs: ['s'] },
          { op: 'GlobalMaxPool', inputs: ['s'], outputs: ['y'] },
        ],
        { inputs: [{ name: 'x', shape }], opset },
      ).nodes.map(({ op, attributes }) => [op, attributes.permutation]);
    for (const opset of [11, 13]) {
      expect(squeezed(opset, 2, 3, 4, 1)).toEqual([
        ['squeeze', undefined],
        ['transpose', [0, 2, 1]],
        ['globalMaxPool', undefined],
        ['transpose', [0, 2, 1]],
      ]);
      expect(failure(() => squeezed(opset, 'batch', 3, 4, 1)).message).toMatch(/rank of its input "s"/);
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

  it('Gemm does not read what it takes times 0, and scales the product where its factor is far from 1', () => {
    const weights = { name: 'w', dims: [2, 3], dataType: 1, floats: [1, 2, 3, 4, 5, 6] };
    const bias = { name: 'b', dims: [2], dataType: 1, floats: [Number.NaN, 1] };
    const more = { inputs: [{ name: 'x', shape: [1, 3] }], initializers: [weights, bias] };
    const gemm = (attributes: NodeSpec['attributes']) =>
      only('Gemm', { transB: 1, ...attributes }, more, ['x', 'w', 'b']).map(({ op, inputs }) => [op, inputs[0]]);
    expect(gemm({ beta: { float: 0 } })).toEqual([['matmul', 'x']]);
    const scaled = gemm({ alpha: { float: 1e20 } });
    expect(scaled.map(([op]) => op)).toEqual(['matmul', 'binary', 'binary']);
    expect(scaled[0]).toEqual(['matmul', 'x']);
  });

  it('Clip without bounds is one to the largest floats from operator set 6 on, none from 11 on', () => {
    const largest = 3.4028234663852886e38;
    const clip = { activation: 'clip', alpha: -largest, beta: largest };
    for (const opset of [6, 10]) {
      expect(only('Clip', {}, { opset })).toEqual([{ op: 'activation', inputs: ['x'], attributes: clip }]);
    }
    expect(only('Clip', {}, { opset: 11 }).map(({ op }) => op)).toEqual(['identity']);
  });

  it('an attribute that a writer left out because it is zero', () => {
    const graph = read([{ op: 'Flatten', inputs: ['x'], outputs: ['y'], attributes: { axis: 0 } }]);
    expect(graph.nodes[0].attributes).toEqual({ axis: 0 });
  });
});
