// Models on several threads in Node: same bits, growth, and an end to everything.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { compile } from '../../src/layers/compile.js';
import { compileGraph, loadModel, loadModelSync, ready } from '../../src/model/load.js';
import type { Model } from '../../src/model/model.js';
import { tensor } from '../../src/tensor.js';
import { densenet121, mobilenetV2, squeezenet1_1, unet } from '../../src/zoo/index.js';
import { moduleOf } from '../kernels/harness.js';
import { bitsOf, inputsOf, lenet, threadedModel, WatchedHost } from './threaded.js';

const file = fileURLToPath(new URL('../../examples/models/lenet5-mnist.onnx', import.meta.url));
const shared = new URL('../../../shared/golden/nets-full/', import.meta.url);
const golden = existsSync(shared) ? shared : new URL('../fixtures/golden/nets-full/', import.meta.url);

/** Bits that all thread counts give, checked against one thread's. */
async function expectSameBits(load: (threads: number) => Promise<Model>, batch = 1): Promise<void> {
  const alone = await load(1);
  const inputs = inputsOf(alone, batch);
  const expected = bitsOf(alone.runSync(inputs));
  for (const threads of [2, 3, 4]) {
    const model = await load(threads);
    expect(model.info.threads).toBe(threads);
    for (let run = 0; run < 3; run++) expect(bitsOf(await model.run(inputs)), `${threads} threads`).toEqual(expected);
    model.dispose();
  }
}

describe('bits are the same for any number of threads', () => {
  test.each(readdirSync(golden).sort())('%s', async (name) => {
    const model = fileURLToPath(new URL(`${name}/model.onnx`, golden));
    await expectSameBits((threads) => loadModel(model, { threads, deterministic: true }), 2);
  });

  test.each([
    ['squeezenet1_1', squeezenet1_1({ inputSize: 96 })],
    ['mobilenetV2', mobilenetV2({ inputSize: 96 })],
    ['densenet121', densenet121({ inputSize: 32 })],
    ['unet', unet({ inputSize: 32 })],
  ])('%s', async (_, network) => {
    await expectSameBits((threads) => compile(network, { threads, deterministic: true }));
  });

  test('LeNet-5 on a hundred images', async () => {
    await expectSameBits((threads) => loadModel(file, { threads }), 100);
  });
});

test('memory grows with the batch, and nothing is lost', async () => {
  const alone = await loadModel(file);
  const model = await loadModel(file, { threads: 2 });
  const before = model.memory.total;
  const view = model.inputs.image.data as Float32Array;
  view.fill(0.25);
  for (const batch of [1, 200, 7, 300, 1]) {
    const inputs = inputsOf(alone, batch);
    expect(bitsOf(model.runSync(inputs))).toEqual(bitsOf(alone.runSync(inputs)));
  }
  expect(model.memory.total).toBeGreaterThan(before);
  // The memory moved; what was written into the old one is still there to be read.
  const image = { image: tensor(view, [1, 1, 28, 28]) };
  expect(bitsOf(model.runSync(image))).toEqual(bitsOf(alone.runSync({ image: tensor(view.slice(), [1, 1, 28, 28]) })));
  model.dispose();
});

test('many short runs, one after the other and step by step', async () => {
  const alone = await loadModel(file);
  const model = await loadModel(file, { threads: 3 });
  const inputs = inputsOf(alone, 40);
  const expected = bitsOf(alone.runSync(inputs));
  for (let run = 0; run < 200; run++) expect(bitsOf(model.runSync(inputs))).toEqual(expected);
  const { steps } = await model.profile(inputs, { rounds: 100 });
  expect(steps.length).toBeGreaterThan(5);
  expect(bitsOf(model.runSync(inputs))).toEqual(expected);
  model.dispose();
});

test('live views and outputs in place work on shared memory', async () => {
  const alone = await loadModel(file);
  const model = await loadModel(file, { threads: 2 });
  const [{ data }] = Object.values(inputsOf(alone));
  const view = model.inputs.image.data as Float32Array;
  expect(view.buffer).toBeInstanceOf(SharedArrayBuffer);
  view.set(data as Float32Array);
  const { logits } = model.runSync({ image: tensor(view, [1, 1, 28, 28]) }, { copy: false });
  expect(logits.data.buffer).toBe(view.buffer);
  expect(bitsOf({ logits })).toEqual(bitsOf(alone.runSync(inputsOf(alone))));
  model.dispose();
});

test('models don’t disturb each other', async () => {
  const alone = await loadModel(file);
  const models = await Promise.all([2, 3, 2].map((threads) => loadModel(file, { threads })));
  const batches = [40, 60, 80].map((batch) => inputsOf(alone, batch));
  const expected = batches.map((inputs) => bitsOf(alone.runSync(inputs)));
  const runs = Array.from({ length: 30 }, (_, run) => models[run % 3].run(batches[run % 3]));
  (await Promise.all(runs)).forEach((outputs, run) => {
    expect(bitsOf(outputs)).toEqual(expected[run % 3]);
  });
  for (const model of models) model.dispose();
});

test('dispose() ends the threads', async () => {
  const host = new WatchedHost();
  const model = await threadedModel(lenet, { threads: 4 }, host);
  await model.run(inputsOf(model, 50));
  expect(host.threads).toHaveLength(3);
  expect(host.ended).toBe(0);
  model.dispose();
  await expect.poll(() => host.ended).toBe(3);
  await expect(model.run({})).rejects.toMatchObject({ code: 'DISPOSED' });
});

test('threads don’t keep a process alive, and what nobody holds ends its threads', () => {
  const code = `
    const { loadModel, tensor } = await import(${JSON.stringify(new URL('../../dist/node/index.js', import.meta.url))});
    const { readdirSync } = await import('node:fs');
    const threads = () => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0);
    const run = async (options) => {
      const model = await loadModel(${JSON.stringify(file)}, options);
      return (await model.run({ image: tensor(new Float32Array(784 * 90), [90, 1, 28, 28]) })).logits.shape.join();
    };
    // The host's own threads, which read files, begin with the first file and stay.
    await run({ threads: 1 });
    const before = threads();
    const shape = await run({ threads: 3 });
    for (let round = 0; round < 100 && threads() > before; round++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const after = threads();
    await run({ threads: 3 });
    console.log(shape, after - before);`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--input-type=module', '--eval', code],
    { encoding: 'utf8', timeout: 50_000 },
  );
  expect({ stdout: stdout.trim(), stderr, status }).toEqual({ stdout: '90,10 0', stderr: '', status: 0 });
});

describe('one thread, with a reason', () => {
  test('where the binary is given as a module', async () => {
    const model = await loadModel(file, { threads: 2, wasm: moduleOf('strict') });
    expect(model.info).toMatchObject({ threads: 1, threadsReason: expect.stringContaining('{ wasm }') });
    expect((await model.run(inputsOf(model))).logits.shape).toEqual([1, 10]);
  });

  test('where the model is loaded at once', async () => {
    await ready();
    const { readFileSync } = await import('node:fs');
    for (const model of [loadModelSync(readFileSync(file), { threads: 2 }), compileGraph(lenet, { threads: 2 })]) {
      expect(model.info).toMatchObject({ threads: 1, threadsReason: expect.stringContaining('loadModel()') });
    }
  });

  test('where threads don’t start', async () => {
    const host = new WatchedHost();
    host.start = (_, lose) => {
      setTimeout(() => lose(new Error('the script is not there')), 5);
      return { post() {}, hold() {}, end() {} };
    };
    const model = await threadedModel(lenet, { threads: 2 }, host);
    expect(model.info).toMatchObject({ threads: 1, threadsReason: expect.stringContaining('the script is not there') });
    expect((await model.run(inputsOf(model, 50))).logits.shape).toEqual([50, 10]);
  });

  test('where the host has none, as it says', async () => {
    const host = new WatchedHost();
    const model = await threadedModel(lenet, { threads: 2 }, { ...host, start: host.start, reason: () => 'not today' });
    expect(model.info).toMatchObject({ threads: 1, threadsReason: 'not today' });
  });
});

test.each([0, -1, 1.5, 1e6, Number.NaN, '2' as unknown as number])('threads: %s is refused', async (threads) => {
  const error = await loadModel(file, { threads }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(QuadlaneError);
  expect(error).toMatchObject({ code: 'ARGUMENT', message: expect.stringContaining(String(threads)) });
});
