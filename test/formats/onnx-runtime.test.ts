// Files that exportOnnx writes, run by ONNX Runtime's WebAssembly build on one thread: it takes them and computes what
// quadlane does. `npm ci --prefix bench` installs it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { cast } from '../../src/eager/index.js';
import { QuadlaneError } from '../../src/errors.js';
import { inference } from '../../src/graph/inference.js';
import { compileSync } from '../../src/layers/index.js';
import { compileGraph, loadModel, loadModelSync, ready } from '../../src/model/load.js';
import type { Model } from '../../src/model/model.js';
import { exportOnnx } from '../../src/onnx.js';
import type { Attributes } from '../../src/ops/operator.js';
import { type DType, Tensor, type TypedArray, tensor } from '../../src/tensor.js';
import {
  type Case,
  dataSets,
  difference,
  externalData,
  listCases,
  modelBytes,
  readValue,
} from '../conformance/case.js';
import { networks as architectures, batchOfTwo } from '../zoo/small.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const runtime = here('../../bench/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs');
const folder = [here('../../../shared/golden'), here('../fixtures/golden')].find(existsSync)!;

interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: TypedArray;
}

interface OrtSession {
  run(inputs: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

interface Ort {
  readonly env: { wasm: { numThreads: number }; logLevel: string };
  readonly Tensor: new (type: string, data: TypedArray, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
}

/** Cases that ONNX Runtime doesn't take, by the ends of their paths, and why. */
const refused: Readonly<Record<string, string>> = {
  test_reduce_max_bool_inputs: 'bool needs operator set 20, and the types of values are not known to the writer',
};

type Inputs = Readonly<Record<string, Tensor>>;

const max = (a: number, b: number) => Math.max(a, b);

describe.skipIf(!existsSync(runtime))('written files in ONNX Runtime', () => {
  let ort: Ort;
  beforeAll(async () => {
    await ready();
    ort = (await import(/* @vite-ignore */ runtime)) as Ort;
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'fatal';
  });

  /** What ONNX Runtime computes from each of `inputs`. */
  async function compute(
    bytes: Uint8Array,
    inputs: readonly Inputs[],
    isOptimized = true,
  ): Promise<Record<string, Tensor>[]> {
    const graphOptimizationLevel = isOptimized ? 'all' : 'disabled';
    const session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel });
    const results: Record<string, Tensor>[] = [];
    for (const each of inputs) {
      const given = Object.entries(each).map(([name, { dtype, data, shape }]) => [
        name,
        new ort.Tensor(dtype, data, shape),
      ]);
      const outputs = await session.run(Object.fromEntries(given));
      const read = Object.entries(outputs).map(([name, { type, dims, data }]) => [
        name,
        new Tensor(type as DType, dims, data),
      ]);
      results.push(Object.fromEntries(read));
    }
    await session.release();
    return results;
  }

  async function expectSame(model: Model, inputs: readonly Inputs[], test: Case): Promise<void> {
    const found = await compute(exportOnnx(model), inputs, !test.ortUnoptimized);
    for (const [index, each] of inputs.entries()) {
      for (const [name, expected] of Object.entries(model.runSync(each))) {
        expect(difference(found[index][name], expected, test), `${test.path} ${name}`).toBeLessThanOrEqual(1);
      }
    }
  }

  it('LeNet-5 sees the digits', async () => {
    const model = await loadModel(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url));
    const image = tensor(
      Float32Array.from({ length: 784 }, (_, i) => Math.sin(i)),
      [1, 1, 28, 28],
    );
    await expectSame(model, [{ image }], { path: 'lenet5-mnist', op: '', rtol: 1e-4, atol: 1e-5 });
  });

  const networks = listCases(folder).filter(({ path }) => path.startsWith('nets-full/'));
  it.each(networks.map((test) => [test.path, test] as const))('%s', async (_, test) => {
    const at = join(folder, test.path);
    const model = loadModelSync(readFileSync(join(at, 'model.onnx')));
    const inputs = dataSets(at).map((set) => inputsOf(model, set));
    await expectSame(model, inputs, test);
  });

  it.each(architectures)('%s of the zoo', async (path, build) => {
    const network = build();
    using model = compileSync(network);
    const inputs = batchOfTwo(network);
    const outputs = Object.values(model.runSync(inputs));
    const greatest = Math.max(...outputs.map(({ data }) => Array.from(data as Float32Array, Math.abs).reduce(max)));
    await expectSame(model, [inputs], { path, op: '', rtol: 1e-3, atol: 5e-5 * greatest });
  });

  it.each(['float32', 'float16', 'float64', 'int32', 'int64', 'uint8', 'int8'] as const)(
    'a pad of %s by a number',
    async (dtype) => {
      const pad = { name: 'p', op: 'pad', inputs: ['x'], outputs: ['p'] };
      const attributes = { padding: [0, 1, 0, 0, 0, 2, 0, 1], value: 3 };
      // Behind a change of layout the pad works on channels first.
      const turn = {
        name: 't',
        op: 'transpose',
        inputs: ['x'],
        outputs: ['t'],
        attributes: { permutation: [0, 2, 3, 1] },
      };
      using model = compileGraph({
        dialect: inference,
        inputs: [{ name: 'x', dtype, shape: ['n', 2, 1, 2] }],
        outputs: ['p', 'q'],
        nodes: [{ ...pad, attributes }, turn, { ...pad, name: 'q', inputs: ['t'], outputs: ['q'], attributes }],
        constants: new Map(),
      });
      const x = cast(tensor([1, 2, 3, 4], [1, 2, 1, 2]), dtype);
      const [found] = await compute(exportOnnx(model), [{ x }]);
      const expected = model.runSync({ x });
      for (const name of ['p', 'q'] as const) {
        expect(found[name]).toMatchObject({ dtype, shape: expected[name].shape });
        expect(found[name].toFloat32()).toEqual(expected[name].toFloat32());
        expect(Array.from(found[name].toFloat32())).toContain(3);
      }
    },
  );

  it.each(['float16', 'float64'] as const)('a network of %s', async (dtype) => {
    const weights = (shape: number[], step: number) => {
      const numbers = Float32Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        (_, i) => ((i * step) % 23) / 23 - 0.5,
      );
      return cast(tensor(numbers, shape), dtype);
    };
    const node = (op: string, inputs: string[], output: string, attributes: Attributes = {}) => ({
      ...{ name: output, op, inputs, outputs: [output], attributes },
    });
    using model = compileGraph({
      dialect: inference,
      inputs: [{ name: 'x', dtype, shape: ['n', 5, 5, 3] }],
      outputs: ['moved', 'y'],
      nodes: [
        node('conv', ['x', 'w', 'b'], 'c', { padding: [1, 1, 1, 1], activation: 'clip', alpha: 0, beta: 6 }),
        node('maxPool', ['c'], 'm', { kernelShape: [2, 2], strides: [2, 2] }),
        node('flatten', ['m'], 'f'),
        node('matmul', ['f', 'd'], 'z'),
        node('cast', ['z'], 'y', { to: dtype }),
        node('pad', ['x'], 'padded', { padding: [0, 0, 1, 0, 0, 0, 0, 0], value: 1.5 }),
        node('concat', ['padded', 'padded'], 'moved', { axis: -1 }),
      ],
      constants: new Map([
        ['w', weights([4, 3, 3, 3], 7)],
        ['b', weights([4], 5)],
        ['d', weights([16, 10], 11)],
      ]),
    });
    const x = weights([2, 5, 5, 3], 3);
    const bytes = exportOnnx(model);
    const [found] = await compute(bytes, [{ x }]);
    const expected = model.runSync({ x });
    expect(found.y).toMatchObject({ dtype, shape: [2, 10] });
    expect(found.moved).toMatchObject({ dtype, shape: [2, 5, 6, 6] });
    expect(found.moved.data).toEqual(expected.moved.data);
    // Halves of one number differ by 2^-11 of it.
    const test = {
      path: dtype,
      op: '',
      rtol: dtype === 'float16' ? 2 ** -10 : 1e-5,
      atol: dtype === 'float16' ? 1e-3 : 1e-5,
    };
    const wide = (of: Tensor) => tensor(of.toFloat32(), of.shape);
    expect(difference(wide(found.y), wide(expected.y), test)).toBeLessThanOrEqual(1);
    using again = loadModelSync(bytes);
    expect(again.runSync({ x })).toEqual(expected);
  });

  it('single operators', async () => {
    const isSingle = ({ path }: Case) =>
      /^onnx-(backend|sweep)\//.test(path) && !Object.keys(refused).some((end) => path.endsWith(end));
    let count = 0;
    for (const test of listCases(folder).filter(isSingle)) {
      const at = join(folder, test.path);
      let model: Model;
      try {
        model = loadModelSync(modelBytes(at), { externalData: externalData(at) });
        exportOnnx(model);
      } catch (error) {
        if (error instanceof QuadlaneError && error.code === 'UNSUPPORTED') continue;
        throw error;
      }
      await expectSame(
        model,
        dataSets(at).map((set) => inputsOf(model, set)),
        test,
      );
      count++;
    }
    expect(count).toBeGreaterThan(450);
  }, 300_000);

  function inputsOf(model: Model, set: string): Inputs {
    return Object.fromEntries(Object.keys(model.inputs).map((name, index) => [name, readValue(set, `input_${index}`)]));
  }
});
