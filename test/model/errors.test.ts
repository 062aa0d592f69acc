// Every error says what is wrong, where, and what to do; and it leaves its model and all others working.
import { beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { QuadlaneError } from '../../src/errors.js';
import { compileGraph, type LoadOptions, loadModel, loadModelSync, ready } from '../../src/model/load.js';
import type { Model, Tensors } from '../../src/model/model.js';
import { Tensor, tensor } from '../../src/tensor.js';
import { onnxFile } from '../formats/onnx-file.js';
import { Network } from '../graph/network.js';
import { moduleOf, supportedBinaries } from '../kernels/harness.js';
import { digit, expectWorks, lenetBytes } from './lenet.js';

let model: Model;
let other: Model;

beforeAll(async () => {
  await ready();
  model = loadModelSync(lenetBytes);
  other = loadModelSync(lenetBytes);
});

/** What `call` throws; both models must work after it. */
function failureOf(call: () => unknown): QuadlaneError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(QuadlaneError);
    expectWorks(model);
    expectWorks(other);
    return error as QuadlaneError;
  }
  return expect.fail('nothing was thrown');
}

async function rejectionOf(promise: Promise<unknown>): Promise<QuadlaneError> {
  const outcome = await promise.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );
  return failureOf(() => {
    throw outcome;
  });
}

describe('inputs', () => {
  const cases: [string, () => unknown, string][] = [
    [
      'a wrong size',
      () => ({ image: tensor(new Float32Array(27 * 28), [1, 1, 27, 28]) }),
      'input "image" takes float32 [batch, 1, 28, 28], but [1, 1, 27, 28] was given',
    ],
    [
      'a wrong rank',
      () => ({ image: tensor(new Float32Array(784), [28, 28]) }),
      'input "image" takes float32 [batch, 1, 28, 28], but [28, 28] was given',
    ],
    [
      'a wrong type',
      () => ({ image: tensor(new Uint8Array(784), [1, 1, 28, 28]) }),
      'input "image" takes float32 [batch, 1, 28, 28], but a uint8 tensor was given; convert its data to Float32Array',
    ],
    ['a missing input', () => ({}), 'input "image" is missing; the model\'s inputs are "image"'],
    [
      'an unknown input',
      () => ({ image: digit(), picture: digit() }),
      'the model has no input "picture"; its inputs are "image"',
    ],
    [
      'a plain array',
      () => ({ image: new Float32Array(784) }),
      'input "image" takes float32 [batch, 1, 28, 28]; wrap the data: tensor(data, [batch, 1, 28, 28])',
    ],
    [
      'nested arrays',
      () => ({ image: [[1, 2]] }),
      'input "image" takes float32 [batch, 1, 28, 28]; wrap the data: tensor(data, [batch, 1, 28, 28])',
    ],
    [
      'a number',
      () => ({ image: 3 }),
      'input "image" takes float32 [batch, 1, 28, 28]; wrap the data: tensor(data, [batch, 1, 28, 28])',
    ],
    [
      'a tensor without its name',
      digit,
      'run() takes an object with a tensor for each input by name: { image: tensor(...) }',
    ],
    ['nothing', () => undefined, 'run() takes an object with a tensor for each input by name: { image: tensor(...) }'],
  ];

  it.each(cases)('%s', async (_, inputs, message) => {
    expect(failureOf(() => model.runSync(inputs() as Tensors))).toMatchObject({ code: 'INPUT', message });
    expect(await rejectionOf(model.run(inputs() as Tensors))).toMatchObject({ code: 'INPUT', message });
  });

  it('data that a grown memory has left behind', () => {
    const grown = loadModelSync(lenetBytes);
    const stale = grown.inputs.image.data;
    grown.runSync({ image: digit(64) });
    expect(stale.length).toBe(0);
    const error = failureOf(() =>
      grown.runSync({ image: new Tensor('float32', [1, 1, 28, 28], stale as Float32Array) }),
    );
    expect(error.code).toBe('INPUT');
    expect(error.message).toContain('a live view dies when the memory grows, ask for it again');
    expectWorks(grown);
  });

  it('open sizes of one name that disagree', () => {
    const net = new Network();
    net.input('a', ['batch', 2]);
    net.input('b', ['batch', 2]);
    net.binary('y', 'add', 'a', 'b');
    const sum = compileGraph(net.graph('y'));
    const error = failureOf(() => sum.runSync({ a: net.floats([2, 2]), b: net.floats([3, 2]) }));
    expect(error).toMatchObject({ code: 'INPUT', message: 'input "b" takes float32 [batch, 2], but [3, 2] was given' });
  });

  it('shapes that the network can not take name the node', () => {
    const net = new Network();
    net.input('x', ['batch', 'length']);
    net.constant('w', [4, 2]);
    net.node('fc', 'matmul', ['x', 'w']);
    const layer = compileGraph(net.graph('fc'));
    const error = failureOf(() => layer.runSync({ x: net.floats([1, 5]) }));
    expect(error).toMatchObject({
      code: 'SHAPE',
      node: 'fc',
      operator: 'matmul',
      shapes: [
        [1, 5],
        [4, 2],
      ],
    });
    expect(error.message).toBe(
      'matmul "fc" (inputs [1, 5], [4, 2]): matmul of [1, 5] and [4, 2]: 5 columns don\'t meet 4 rows',
    );
    expect(layer.runSync({ x: net.floats([3, 4]) }).fc.shape).toEqual([3, 2]);
  });
});

describe('a disposed model', () => {
  it.each([
    ['runSync', (gone: Model) => gone.runSync({ image: digit() })],
    ['summary', (gone: Model) => gone.summary()],
    ['memory', (gone: Model) => gone.memory],
    ['info', (gone: Model) => gone.info],
    ['outputs', (gone: Model) => gone.outputs],
    ['input data', (gone: Model) => gone.inputs.image.data],
  ])('%s', (_, use) => {
    const gone = loadModelSync(lenetBytes);
    gone.dispose();
    gone.dispose();
    const message = 'this model was disposed: load it again to use it';
    expect(failureOf(() => use(gone))).toMatchObject({ code: 'DISPOSED', message });
  });

  it('rejects run()', async () => {
    const gone = loadModelSync(lenetBytes);
    gone.dispose();
    expect((await rejectionOf(gone.run({ image: digit() }))).code).toBe('DISPOSED');
  });
});

describe('limits', () => {
  it('memory, at load', () => {
    const error = failureOf(() => loadModelSync(lenetBytes, { limits: { memory: 200_000 } }));
    expect(error.code).toBe('LIMIT');
    expect(error.message).toMatch(
      /needs \d+ bytes of memory, more than limits.memory allows \(200000\): raise the limit, or use a smaller/,
    );
  });

  it('memory, at a run: the model goes on with smaller batches', () => {
    const small = loadModelSync(lenetBytes, { limits: { memory: 600_000 } });
    const before = small.memory;
    const error = failureOf(() => small.runSync({ image: digit(64) }));
    expect(error.code).toBe('LIMIT');
    expect(error.message).toContain('smaller batch');
    expect(small.memory).toEqual(before);
    expect(small.inputs.image.data.length).toBe(784);
    expect(small.summary()).toContain('[1, 28, 28, 1]');
    expectWorks(small);
  });

  it('more than 32 bits can address', () => {
    const net = new Network();
    net.input('x', ['rows', 1, 2]);
    net.constant('ones', tensor(new Float32Array(2 ** 19).fill(1), [2 ** 19, 1]));
    net.binary('wide', 'mul', 'x', 'ones');
    net.node('y', 'reduce', ['wide'], { reduction: 'sum', axes: [0, 1] });
    const large = compileGraph(net.graph('y'));
    const error = failureOf(() => large.runSync({ x: net.floats([1000, 1, 2]) }));
    expect(error.code).toBe('MEMORY');
    expect(error.message).toContain('use a smaller batch or input');
    expect(large.runSync({ x: tensor([[[1, 2]]]) }).y.data[1]).toBe(2 ** 20);
  });

  it('the size of the file', () => {
    const error = failureOf(() => loadModelSync(lenetBytes, { limits: { file: 1000 } }));
    const message = `the model's file has ${lenetBytes.length} bytes, more than limits.file allows (1000)`;
    expect(error).toMatchObject({ code: 'LIMIT', message });
  });
});

describe('loading', () => {
  it('an aborted signal', async () => {
    const reason = new Error('changed my mind');
    const error = await rejectionOf(loadModel(lenetBytes, { signal: AbortSignal.abort(reason) }));
    expect(error).toMatchObject({ code: 'ABORTED', cause: reason, message: 'loading was aborted by its signal' });
  });

  it('a path that is not there', async () => {
    const error = await rejectionOf(loadModel('no/such/model.onnx'));
    expect(error.code).toBe('ARGUMENT');
    expect(error.message).toContain('no/such/model.onnx');
  });

  it('something that is no source', async () => {
    expect(await rejectionOf(loadModel(42 as never))).toMatchObject({
      code: 'ARGUMENT',
      message: 'loadModel() takes a path, URL, Response, Blob, ArrayBuffer or Uint8Array, not Number',
    });
    expect(failureOf(() => loadModelSync('model.onnx' as never)).code).toBe('ARGUMENT');
  });

  it('a file that ends anywhere too soon', () => {
    const lengths = Array.from({ length: 300 }, (_, i) =>
      i < 100 ? i : Math.floor((lenetBytes.length * (i - 99)) / 201),
    );
    for (const length of lengths) {
      let error: unknown;
      try {
        loadModelSync(lenetBytes.slice(0, length)).dispose();
      } catch (thrown) {
        error = thrown;
      }
      expect(error, `${length} bytes`).toBeInstanceOf(QuadlaneError);
      expect((error as QuadlaneError).code, `${length} bytes: ${(error as QuadlaneError).message}`).toBe('FORMAT');
    }
    expectWorks(model);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('<!doctype html><title>Not found</title>')],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)],
    ['a ZIP', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0)],
    ['zeros', new Uint8Array(1000)],
  ])('%s instead of a model', (_, bytes) => {
    const error = failureOf(() => loadModelSync(bytes));
    expect(error.code).toBe('FORMAT');
    expect(error.message).toMatch(/ONNX/);
  });

  it('lists all operators that are missing at once', () => {
    const file = onnxFile({
      nodes: [
        { op: 'StringNormalizer', name: 'mix', inputs: ['x'], outputs: ['a'] },
        { op: 'TfIdfVectorizer', name: 'pick', inputs: ['a'], outputs: ['b'] },
        { op: 'Relu', inputs: ['b'], outputs: ['y'] },
      ],
      inputs: [{ name: 'x', shape: [2, 2] }],
      outputs: ['y'],
    });
    const error = failureOf(() => loadModelSync(file));
    expect(error.code).toBe('UNSUPPORTED');
    for (const part of ['StringNormalizer', 'TfIdfVectorizer', 'replace these before export'])
      expect(error.message).toContain(part);
  });
});

describe('binaries and options', () => {
  const foreign = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  /** Exports a table of `size` without functions, and lists one kernel. */
  const withoutKernels = (size: number) => {
    const section = [0, 11, 7, ...new TextEncoder().encode('kernels'), 0x61, 0x20, 0x62];
    const table = [4, 4, 1, 0x70, 0, size, 7, 9, 1, 5, ...new TextEncoder().encode('table'), 1, 0];
    return new WebAssembly.Module(Uint8Array.of(...foreign, ...section, ...table));
  };

  it.each([
    ['another module', new WebAssembly.Module(foreign)],
    ['a table without the kernels that are listed', withoutKernels(1)],
    ['a table that is too short for them', withoutKernels(0)],
    ['something that is no module', foreign],
  ])('%s', (_, wasm) => {
    const error = failureOf(() => loadModelSync(lenetBytes, { wasm: wasm as WebAssembly.Module }));
    expect(error.code).toBe('HOST');
    expect(error.message).toContain('import "quadlane/strict.wasm" or "quadlane/relaxed.wasm" from the same package');
  });

  // An engine without relaxed SIMD can't make the module that is refused.
  it.skipIf(!supportedBinaries.includes('relaxed'))('the relaxed binary for a deterministic model', () => {
    const error = failureOf(() => loadModelSync(lenetBytes, { wasm: moduleOf('relaxed'), deterministic: true }));
    const message = 'deterministic models need the strict binary: pass "quadlane/strict.wasm" as { wasm }';
    expect(error).toMatchObject({ code: 'ARGUMENT', message });
  });

  it.each(['no such pass', 'composites'])('leaving out "%s"', (name) => {
    const error = failureOf(() => loadModelSync(lenetBytes, { withoutPasses: [name] } satisfies LoadOptions));
    expect(error.code).toBe('ARGUMENT');
    expect(error.message).toContain(`withoutPasses: "${name}" can't be left out; choose from "identities", `);
  });
});

describe('tensor()', () => {
  const cases: [string, () => unknown, ErrorCode, string][] = [
    [
      'too few elements',
      () => tensor(new Float32Array(3), [2, 2]),
      'ARGUMENT',
      '[2, 2] has 4 elements, but 3 were given',
    ],
    ['ragged arrays', () => tensor([[1, 2], [3]]), 'ARGUMENT', 'of equal length on each level'],
    [
      'another type',
      () => tensor(new Float32Array(1), [1], 'int32' as never),
      'ARGUMENT',
      "Float32Array can't hold int32 elements; pass a Int32Array",
    ],
    ['other data', () => tensor('abc' as never), 'ARGUMENT', 'not String'],
    ['negative sizes', () => tensor(new Float32Array(1), [-1, -1]), 'SHAPE', '[-1, -1] is not a shape'],
    ['16-bit integers', () => tensor(new Int16Array(1) as never), 'ARGUMENT', 'not Int16Array'],
    ['bits without their type', () => tensor(new Uint16Array(1)), 'ARGUMENT', 'Uint16Array (with the dtype float16)'],
    [
      'clamped bytes as floats',
      () => tensor(new Uint8ClampedArray(1), [1], 'float32'),
      'ARGUMENT',
      "Uint8ClampedArray can't hold float32 elements; pass a Float32Array",
    ],
  ];
  it.each(cases)('%s', (_, call, code, message) => {
    const error = failureOf(call);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});
