// Values inside a network, and what a file says of itself.

import { describe, expect, test } from 'vitest';
import { loadModel, loadModelSync, ready, type Tensor, tensor } from '../../src/index.js';
import { compile, dense, input, relu, sequential } from '../../src/layers/index.js';
import { exportOnnx } from '../../src/onnx.js';
import { onnxFile } from '../formats/onnx-file.js';
import { digit, expectLogits, expectWorks, lenetBytes } from './lenet.js';

const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) });

const filters = Float32Array.from({ length: 8 * 3 * 9 }, (_, at) => Math.sin(at) / 5);
const last = Float32Array.from({ length: 4 * 8 }, (_, at) => Math.cos(at) / 3);
const { buffer } = filters;
/** conv -> relu -> maxpool -> conv 1x1 -> global mean: what the compiler fuses and keeps with channels last. */
const file = onnxFile({
  inputs: [{ name: 'x', type: 1, shape: ['N', 3, 8, 8] }],
  outputs: ['scores'],
  initializers: [
    { name: 'w', dims: [8, 3, 3, 3], dataType: 1, raw: new Uint8Array(buffer) },
    { name: 'v', dims: [4, 8, 1, 1], dataType: 1, raw: new Uint8Array(last.buffer) },
  ],
  nodes: [
    { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'], attributes: { pads: [1, 1, 1, 1] } },
    { op: 'Relu', inputs: ['c'], outputs: ['r'] },
    { op: 'MaxPool', inputs: ['r'], outputs: ['p'], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { op: 'Conv', inputs: ['p', 'v'], outputs: ['m'] },
    { op: 'GlobalAveragePool', inputs: ['m'], outputs: ['scores'] },
  ],
  said: {
    texts: { 2: 'a trainer', 3: '1.2', 4: 'org.example', 6: 'Tells things apart.' },
    version: 7,
    properties: { labels: '["a","b","c","d"]', licence: 'CC0' },
  },
});
const x = tensor(
  Float32Array.from({ length: 2 * 3 * 64 }, (_, at) => Math.sin(at * at)),
  [2, 3, 8, 8],
);

/** The convolution in plain loops. */
function convolved(): Float32Array {
  const result = new Float32Array(2 * 8 * 64);
  for (let at = 0; at < result.length; at++) {
    const [column, row, filter, image] = [at % 8, (at >> 3) % 8, (at >> 6) % 8, at >> 9];
    for (let c = 0; c < 3; c++) {
      for (let tap = 0; tap < 9; tap++) {
        const [y, z] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
        if (y < 0 || z < 0 || y > 7 || z > 7) continue;
        result[at] += filters[(filter * 3 + c) * 9 + tap] * x.data[((image * 3 + c) * 8 + y) * 8 + z];
      }
    }
  }
  return result;
}

const expectClose = (actual: Tensor, expected: Float32Array) => {
  expect(actual.size).toBe(expected.length);
  Array.from(actual.data as Float32Array).forEach((value, at) => {
    expect(Math.abs(value - expected[at])).toBeLessThan(1e-4);
  });
};

describe('values inside', () => {
  test('run() gives any of them, with the shape the file has, beside outputs', async () => {
    const model = await loadModel(file);
    const plain = await model.run({ x });
    const given = await model.run({ x }, { outputs: ['c', 'r', 'scores', 'x', 'w'] });
    expect(Object.keys(given)).toEqual(['c', 'r', 'scores', 'x', 'w']);
    expect(given.c.shape).toEqual([2, 8, 8, 8]);
    const expected = convolved();
    expectClose(given.c, expected);
    expectClose(
      given.r,
      expected.map((value) => Math.max(0, value)),
    );
    expectClose(given.scores, plain.scores.data as Float32Array);
    expect(given.x.data).toEqual(x.data);
    expect(given.w).toEqual(tensor(filters, [8, 3, 3, 3]));
  });

  test('and outputs again afterwards, the same bits; what is told of the model is told of it', async () => {
    const model = await loadModel(file);
    const { scores } = await model.run({ x });
    const summary = model.summary();
    for (const names of [['m'], ['p', 'c'], ['m']]) {
      expect(Object.keys(model.runSync({ x }, { outputs: names }))).toEqual(names);
      expect(model.summary()).toBe(summary);
      expect(model.outputs).toEqual({ scores: { dtype: 'float32', shape: ['N', 4, 1, 1] } });
      expect((await model.run({ x })).scores).toEqual(scores);
    }
    const { maps } = { maps: (await model.run({ x }, { outputs: ['m'] })).m };
    // The mean of the last maps is the output.
    const mean = (maps.data as Float32Array).slice(0, 16).reduce((a, b) => a + b, 0) / 16;
    expect(Math.abs(mean - (scores.data as Float32Array)[0])).toBeLessThan(1e-5);
  });

  test('a model loaded for some of them computes no more', async () => {
    await ready();
    const [model, atOnce] = [await loadModel(file, { outputs: ['r'] }), loadModelSync(file, { outputs: ['r'] })];
    expect(Object.keys(model.outputs)).toEqual(['r']);
    const { r } = await model.run({ x });
    expectClose(
      r,
      convolved().map((value) => Math.max(0, value)),
    );
    expect(model.summary()).not.toMatch(/maxPool|globalAverage/i);
    expect(atOnce.runSync({ x }).r).toEqual(r);
  });

  test('of a model with threads, of a built one, and of saved ones', async () => {
    const threaded = await loadModel(file, { threads: 2 });
    const one = await loadModel(file);
    const outputs = ['p', 'scores'] as const;
    const expected = await one.run({ x }, { outputs });
    expect(await threaded.run({ x }, { outputs })).toEqual(expected);
    threaded.dispose();
    const again = await loadModel(await one.save());
    expect(await again.run({ x }, { outputs })).toEqual(expected);
    const network = sequential([
      input([3]),
      dense({ units: 4, name: 'first' }),
      relu({ name: 'active' }),
      dense({ units: 2 }),
    ]);
    const built = await compile(network);
    const name = built.graph.nodes.find((node) => node.name.includes('active'))!.outputs[0];
    const values = await built.run({ [Object.keys(built.inputs)[0]]: tensor([[1, -2, 3]]) }, { outputs: [name] });
    expect(values[name].shape).toEqual([1, 4]);
    expect(Math.min(...(values[name].data as Float32Array))).toBe(0);
  });

  test('the trained network: its logits and a map before them', async () => {
    const model = await loadModel(lenetBytes);
    const [inner] = model.graph.nodes.find(({ op }) => op === 'conv')!.outputs;
    const given = await model.run({ image: digit() }, { outputs: ['logits', inner] });
    expectLogits(given.logits);
    expect(given[inner].size).toBeGreaterThan(10);
    expectWorks(model);
  });

  test('other names are refused, with those like them or the last ones', async () => {
    const model = await loadModel(file);
    const run = (outputs: unknown) => model.run({ x }, { outputs: outputs as string[] });
    await expect(run(['score'])).rejects.toThrow(refusal(/no value "score"; those like it are "scores/));
    await expect(run(['logits'])).rejects.toThrow(refusal(/no value "logits"; its last ones are "scores"/));
    await expect(run([])).rejects.toThrow(refusal(/outputs must be a list of names of values; got \[\]/));
    await expect(run('c')).rejects.toThrow(refusal(/outputs must be a list of names/));
    await expect(run([3])).rejects.toThrow(refusal(/no value 3/));
    await expect(run([''])).rejects.toThrow(refusal(/no value ""/));
    await expect(loadModel(file, { outputs: ['q'] })).rejects.toThrow(refusal(/no value "q"/));
    expect((await model.run({ x })).scores.shape).toEqual([2, 4, 1, 1]);
  });
});

describe('metadata', () => {
  const said = {
    producer: 'a trainer',
    producerVersion: '1.2',
    domain: 'org.example',
    version: 7,
    name: 'graph',
    description: 'Tells things apart.',
    properties: { labels: '["a","b","c","d"]', licence: 'CC0' },
  };

  test('is what the file says of itself', async () => {
    expect((await loadModel(file)).metadata).toEqual(said);
    const plain = onnxFile({ inputs: [{ name: 'x', type: 1, shape: [1] }], outputs: ['x'] });
    expect((await loadModel(plain)).metadata).toEqual({ name: 'graph', properties: {} });
  });

  test('stays in saved models, and in ONNX files but for what wrote them', async () => {
    const model = await loadModel(file);
    expect((await loadModel(await model.save())).metadata).toEqual(said);
    expect((await loadModel(await model.save({ weights: 'float16' }))).metadata).toEqual(said);
    const { producerVersion, ...others } = said;
    expect((await loadModel(exportOnnx(model))).metadata).toEqual({ ...others, producer: 'quadlane' });
  });

  test('is empty for built networks', async () => {
    const model = await compile(sequential([input([3]), dense({ units: 2 })]));
    expect(model.metadata).toEqual({ properties: {} });
  });
});
