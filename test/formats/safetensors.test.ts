// .safetensors files: tensors, damage of every kind, and networks in quadlane's own format.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { readModel } from '../../src/formats/safetensors/model-reader.js';
import { writeModel } from '../../src/formats/safetensors/model-writer.js';
import { readSafetensors } from '../../src/formats/safetensors/reader.js';
import { writeSafetensors } from '../../src/formats/safetensors/writer.js';
import type { Graph } from '../../src/graph/graph.js';
import { inference } from '../../src/graph/inference.js';
import { loadModel, loadModelSync, ready } from '../../src/model/load.js';
import { type Tensor, tensor } from '../../src/tensor.js';

beforeAll(ready);

/** A file with this header text and these bytes of data. */
function file(header: string, data: Uint8Array | number = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const tail = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + text.length + tail.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(tail, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });

function failure(action: () => unknown): QuadlaneError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(QuadlaneError);
    return error as QuadlaneError;
  }
  throw new Error('nothing was thrown');
}

const samples = new Map<string, Tensor>([
  ['weights', tensor(Float32Array.of(1, -0, Number.NaN, Number.POSITIVE_INFINITY), [2, 2])],
  ['10', tensor(BigInt64Array.of(-1n, 2n ** 62n))],
  ['2', tensor(Int8Array.of(-1, 2, 3))],
  ['scalar', tensor(Int32Array.of(7), [])],
  ['empty', tensor(new Float32Array(0), [3, 0])],
  ['__proto__', tensor(Uint8Array.of(9))],
  ['mask "é"', tensor(Uint8Array.of(1, 0, 1), [3], 'bool')],
]);

describe('tensors', () => {
  it('come back as they were, and give the same bytes again', () => {
    const bytes = writeSafetensors(samples, { format: 'pt' });
    const read = readSafetensors(bytes);
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(samples));
    expect(writeSafetensors(read, { format: 'pt' })).toEqual(bytes);
  });

  it('are views of aligned files and copies of others', () => {
    const bytes = writeSafetensors(samples);
    for (const value of readSafetensors(bytes).values()) expect(value.data.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(readSafetensors(shifted.subarray(1))).toEqual(readSafetensors(bytes));
    expect(readSafetensors(bytes.slice().buffer)).toEqual(readSafetensors(bytes));
  });

  it('of float16 and float64 stay so, of bfloat16 become float32', () => {
    const data = new DataView(new ArrayBuffer(24));
    for (const [i, bits] of [0x3c00, 0xc000, 0x0001, 0x7c00].entries()) data.setUint16(2 * i, bits, true);
    for (const [i, bits] of [0x3f80, 0xc000, 0x7f80, 0x0001].entries()) data.setUint16(8 + 2 * i, bits, true);
    data.setFloat64(16, 0.1, true);
    const header = { h: entry('F16', [4], [0, 8]), b: entry('BF16', [4], [8, 16]), d: entry('F64', [], [16, 24]) };
    const read = readSafetensors(file(JSON.stringify(header), new Uint8Array(data.buffer)));
    expect(read.get('h')).toMatchObject({ dtype: 'float16', data: Uint16Array.of(0x3c00, 0xc000, 1, 0x7c00) });
    expect([...read.get('h')!.toFloat32()]).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY]);
    expect([...read.get('b')!.data]).toEqual([1, -2, Number.POSITIVE_INFINITY, 2 ** -133]);
    expect(read.get('d')).toMatchObject({ dtype: 'float64', shape: [], data: Float64Array.of(0.1) });
    const written = writeSafetensors(read);
    expect(new TextDecoder().decode(written)).toMatch(/"h":{"dtype":"F16"/);
    expect(readSafetensors(written).get('h')).toEqual(read.get('h'));
    expect(readSafetensors(written).get('d')).toEqual(read.get('d'));
  });

  it('of other element types are listed', () => {
    const error = failure(() => readSafetensors(file(JSON.stringify({ a: entry('U32', [1], [0, 4]) }), 4)));
    expect(error.code).toBe('UNSUPPORTED');
    expect(error.message).toContain('"a" (U32)');
  });

  it('random ones come back', () => {
    const shapes = fc.array(fc.nat(3), { maxLength: 3 });
    const value = shapes.map((shape) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return tensor(
        Float32Array.from({ length: size }, (_, i) => i / 7),
        shape,
      );
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), value), (record) => {
        const values = new Map(Object.entries(record));
        expect(new Map(readSafetensors(writeSafetensors(values)))).toEqual(values);
      }),
    );
  });

  it.skipIf(!existsSync(new URL('../../../shared/golden/training', import.meta.url)))(
    'of other writers are read',
    () => {
      const folder = new URL('../../../shared/golden/training/', import.meta.url);
      for (const name of readdirSync(folder).filter((file) => file.endsWith('.safetensors'))) {
        expect(readSafetensors(readFileSync(new URL(name, folder))).size).toBeGreaterThan(0);
      }
    },
  );
});

describe('damage', () => {
  const cases: Record<string, [Uint8Array, RegExp]> = {
    'nothing at all': [new Uint8Array(0), /0 bytes/],
    'a header longer than the file': [file('{}').fill(50, 0, 1), /ends at byte 58 of 10/],
    'a header beyond what the format allows': [file('{}').fill(255, 0, 8), /header would have/],
    'a header that is not JSON': [file('{"a":'), /not JSON/],
    'a header that is not UTF-8': [file('{"a":1}').fill(0xff, 10, 11), /not JSON/],
    'a header that is a list': [file('[]'), /not an object/],
    'a name twice': [file('{"a":{},"\\u0061":{}}'), /"a" twice/],
    'a field twice': [file('{"a":{"dtype":"U8","dtype":"I8"}}'), /"dtype" twice/],
    'an unknown type': [file('{"a":{"dtype":"X","shape":[],"data_offsets":[0,1]}}', 1), /dtype "X"/],
    'an entry that is no object': [file('{"a":1}'), /has the dtype undefined/],
    'a negative size': [file(JSON.stringify({ a: entry('U8', [-1], [0, 1]) }), 1), /no shape/],
    'a fractional size': [file(JSON.stringify({ a: entry('U8', [1.5], [0, 1]) }), 1), /no shape/],
    'too many elements': [file(JSON.stringify({ a: entry('U8', [2 ** 40], [0, 1]) }), 1), /more than/],
    'sizes whose product is beyond doubles': [
      file(JSON.stringify({ a: entry('U8', new Array(64).fill(2 ** 50), [0, 1]) }), 1),
      /more than/,
    ],
    'an axis too many': [file(JSON.stringify({ a: entry('U8', new Array(65).fill(1), [0, 1]) }), 1), /no shape/],
    'no offsets': [file('{"a":{"dtype":"U8","shape":[1]}}', 1), /no data_offsets/],
    'three offsets': [file(JSON.stringify({ a: entry('U8', [1], [0, 1, 2]) }), 1), /no data_offsets/],
    'offsets in the wrong order': [file(JSON.stringify({ a: entry('U8', [1], [1, 0]) }), 1), /needs 1 bytes/],
    'offsets that cut an element': [file(JSON.stringify({ a: entry('F32', [1], [0, 3]) }), 3), /needs 4 bytes/],
    'a shape for other data': [file(JSON.stringify({ a: entry('F32', [2], [0, 4]) }), 4), /needs 8 bytes/],
    'offsets out of range': [file(JSON.stringify({ a: entry('U8', [9], [0, 9]) }), 8), /end at byte/],
    'tensors that overlap': [
      file(JSON.stringify({ a: entry('U8', [2], [0, 2]), b: entry('U8', [2], [1, 3]) }), 3),
      /"b" begins/,
    ],
    'a gap between tensors': [
      file(JSON.stringify({ a: entry('U8', [1], [0, 1]), b: entry('U8', [1], [2, 3]) }), 3),
      /"b" begins/,
    ],
    'bytes behind the last tensor': [file(JSON.stringify({ a: entry('U8', [1], [0, 1]) }), 2), /end at byte/],
    'metadata that is a list': [file('{"__metadata__":[]}'), /not an object/],
    'metadata that is not text': [file('{"__metadata__":{"a":1}}'), /not text/],
  };

  it.each(Object.entries(cases))('%s', (_, [bytes, message]) => {
    const error = failure(() => readSafetensors(bytes));
    expect(error.code).toBe('FORMAT');
    expect(error.message).toMatch(message);
  });

  it('a file cut at any length is refused, as is one byte more', () => {
    const bytes = writeSafetensors(new Map([['a', tensor(Float32Array.of(1, 2), [2])]]), { quadlane: '1' });
    for (let length = 0; length < bytes.length; length++) {
      expect(failure(() => readSafetensors(bytes.subarray(0, length))).code, `${length}`).toBe('FORMAT');
    }
    expect(failure(() => readSafetensors(Uint8Array.of(...bytes, 0))).code).toBe('FORMAT');
  });

  it('any byte changed is an error with a code, or changes names and values only', () => {
    const bytes = writeSafetensors(new Map([['a', tensor(Float32Array.of(1, 2), [2])]]), { quadlane: '1' });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          readSafetensors(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(QuadlaneError);
        }
      }),
    );
  });

  it('what is not bytes is refused', () => {
    expect(failure(() => readSafetensors('weights.safetensors' as never)).code).toBe('ARGUMENT');
    expect(failure(() => writeSafetensors(new Map([['__metadata__', samples.get('2')!]]))).code).toBe('ARGUMENT');
  });
});

const network: Graph = {
  dialect: inference,
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3] }],
  outputs: ['y'],
  nodes: [
    { name: 'dense', op: 'matmul', inputs: ['x', 'w', '7'], outputs: ['h'], attributes: { transposeB: true } },
    {
      name: 'relu',
      op: 'activation',
      inputs: ['h'],
      outputs: ['r'],
      attributes: { activation: 'clip', alpha: -0, beta: Number.POSITIVE_INFINITY },
    },
    {
      name: 'sum',
      op: 'reduce',
      inputs: ['r'],
      outputs: ['y'],
      attributes: { reduction: 'sum', axes: [1], keepDims: false },
    },
  ],
  constants: new Map([
    ['w', tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])],
    ['7', tensor(Float32Array.of(0.5, -20))],
  ]),
};

describe('networks', () => {
  it('come back equal, and give the same bytes again', () => {
    const bytes = writeModel(network);
    const read = readModel(bytes);
    expect(read).toEqual(network);
    expect(Object.is(read.nodes[1].attributes.alpha, -0)).toBe(true);
    expect(writeModel(read)).toEqual(bytes);
    expect([...readSafetensors(bytes).keys()].sort()).toEqual(['7', 'w']);
  });

  it('run to the same bits after model.save() and loading', async () => {
    const original = await loadModel(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url));
    const saved = await original.save();
    const image = tensor(
      Float32Array.from({ length: 784 }, (_, i) => Math.sin(i)),
      [1, 1, 28, 28],
    );
    const expected = original.runSync({ image });
    for (const model of [
      await loadModel(saved),
      loadModelSync(saved),
      await loadModel(new Blob([saved as BlobPart])),
    ]) {
      expect(model.runSync({ image })).toEqual(expected);
      expect(await model.save()).toEqual(saved);
      expect(model.outputs).toEqual(original.outputs);
    }
  });

  it('weights alone are no model, and the error says what to do', async () => {
    const error = failure(() => loadModelSync(writeSafetensors(samples)));
    expect(error.code).toBe('FORMAT');
    expect(error.message).toMatch(/holds weights \(7 tensors\) but no network; read them with readSafetensors\(\)/);
    await expect(loadModel(writeSafetensors(samples))).rejects.toMatchObject({ code: 'FORMAT' });
  });

  // biome-ignore lint/suspicious/noExplicitAny: damaged on purpose
  type AnyGraph = any;

  /** The file of the network with its graph edited as JSON. */
  function edited(edit: (graph: AnyGraph) => void, version = '1'): Uint8Array {
    const { nodes, inputs, outputs } = network;
    const graph = structuredClone({ nodes, inputs, outputs });
    Object.assign(graph.nodes[1].attributes, { alpha: 0, beta: 6 });
    edit(graph);
    return writeSafetensors(network.constants, { quadlane: version, graph: JSON.stringify(graph) });
  }

  const damages: Record<string, [(graph: AnyGraph) => void, RegExp]> = {
    'no nodes': [(graph) => delete graph.nodes, /nodes of its graph/],
    'a node without a name': [(graph) => delete graph.nodes[0].name, /name of a node/],
    'an input that is a number': [(graph) => graph.nodes[0].inputs.push(1), /inputs of "dense"/],
    'attributes that are a list': [(graph) => (graph.nodes[0].attributes = []), /attributes of "dense"/],
    'an attribute that is an object': [(graph) => (graph.nodes[0].attributes.a = { b: 1 }), /attribute "a"/],
    'an attribute with a list of texts': [(graph) => (graph.nodes[0].attributes.a = ['b']), /attribute "a"/],
    'a value from nowhere': [(graph) => (graph.nodes[0].inputs[0] = 'z'), /reads "z"/],
    'a value before its node': [(graph) => graph.nodes.reverse(), /reads "r"/],
    'a value written twice': [(graph) => (graph.nodes[1].outputs[0] = 'h'), /"h" has two origins/],
    'an output from nowhere': [(graph) => graph.outputs.push('z'), /the caller reads "z"/],
    'an unknown element type': [(graph) => (graph.inputs[0].dtype = 'toString'), /dtype "toString"/],
    'a negative size': [(graph) => (graph.inputs[0].shape = [-1]), /no sound shape/],
    'a node without its first input': [(graph) => (graph.nodes[0].inputs[0] = ''), /"dense" lacks its first input/],
    'a node without its second input': [
      (graph) => graph.nodes[0].inputs.splice(1),
      /"dense": it lacks its input 1 of 2/,
    ],
    'an output without a name': [(graph) => graph.outputs.push(''), /has no name/],
    'attributes of the wrong kind': [
      (graph) => (graph.nodes[2].attributes.axes = true),
      /attribute "axes" of ".*" is true or false instead of a list of whole numbers/,
    ],
    'a list of fractions': [
      (graph) => (graph.nodes[2].attributes.axes = [0.5]),
      /attribute "axes" of ".*" is a list of numbers instead of a list of whole numbers/,
    ],
    'an axis that is a fraction': [
      (graph) => (graph.nodes[1].attributes.axis = 1.5),
      /attribute "axis" of ".*" is a number instead of a whole number/,
    ],
    'an axis that is no number': [
      (graph) => (graph.nodes[1].attributes.axis = { 'quadlane.number': 'NaN' }),
      /attribute "axis" of ".*" is (a number instead of a whole number|no number)/,
    ],
  };

  it.each(Object.entries(damages))('%s is refused', (_, [edit, message]) => {
    const error = failure(() => loadModelSync(edited(edit)));
    expect(error.code).toBe('FORMAT');
    expect(error.message).toMatch(message);
  });

  it('a graph that is not JSON is refused', () => {
    const bytes = writeSafetensors(network.constants, { quadlane: '1', graph: '{' });
    expect(failure(() => loadModelSync(bytes)).code).toBe('FORMAT');
  });

  it('later versions and their operators are told apart from damage', () => {
    expect(failure(() => loadModelSync(edited(() => {}, '2')))).toMatchObject({ code: 'UNSUPPORTED' });
    expect(failure(() => loadModelSync(edited(() => {}, 'one')))).toMatchObject({ code: 'FORMAT' });
    const unknown = failure(() => loadModelSync(edited((graph) => (graph.nodes[1].op = 'toString'))));
    expect(unknown).toMatchObject({ code: 'UNSUPPORTED' });
    expect(unknown.message).toContain('toString');
  });
});
