// Tensors as tests hold them: equal where shape and elements are, with data of whichever realm, at ease with fake clocks.
// Jest and Vitest give `describe`, `expect` and `test` the same names; `timers` is jest or vi, `threads` how many there can be.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { loadModel, loadModelSync, QuadlaneError, ready, Tensor, tensor } from 'quadlane';
import { compile, dense, input, sequential } from 'quadlane/layers';
import { add, relu, reshape } from 'quadlane/ops';
import { createTrainer, losses, optimizers } from 'quadlane/train';
import { blank, load, network } from './classifier.mjs';

export function tensorTests({ describe, expect, test, beforeAll, afterEach, timers, threads = 2 }) {
  beforeAll(ready);

  describe('tensors', () => {
    test('are equal where shape, type and elements are', () => {
      expect(tensor([1, 2])).toEqual(tensor([1, 2]));
      expect(tensor([1, 2])).toStrictEqual(tensor([1, 2]));
      expect(tensor([1, 2])).not.toEqual(tensor([1, 3]));
      expect(tensor([[1, 2]])).not.toEqual(tensor([1, 2]));
      expect(tensor([1, 2], [2], 'int32')).not.toEqual(tensor([1, 2]));
      expect(relu(tensor([-1, 2]))).toEqual(tensor([0, 2]));
      expect(relu(tensor([-1, 2]))).toMatchObject({ shape: [2], dtype: 'float32' });
      expect(relu(tensor([-1, 2])).data).toEqual(new Float32Array([0, 2]));
      expect(relu(tensor([-1, 2]))).toBeInstanceOf(Tensor);
    });

    test('are equal as outputs of models', async () => {
      const model = await load({ deterministic: true });
      const [first, second] = [await model.run({ image: blank() }), model.runSync({ image: blank() })];
      expect(first).toEqual(second);
      expect(first.logits).toStrictEqual(second.logits);
      expect(first.logits.data).toBeInstanceOf(Float32Array);
      model.dispose();
    });
  });

  describe('values of another realm', () => {
    const foreign = (code) => runInNewContext(code);

    test('are taken as data', () => {
      expect(tensor(foreign('new Float32Array([1, 2])'))).toEqual(tensor([1, 2]));
      expect(tensor(foreign('[[1, 2], [3, 4]]'))).toEqual(tensor(Float32Array.of(1, 2, 3, 4), [2, 2]));
      expect(tensor(foreign('new BigInt64Array(2)')).dtype).toBe('int64');
      expect(tensor(foreign('new Uint8ClampedArray(2)')).dtype).toBe('uint8');
      expect(reshape(tensor([1, 2]), foreign('[2, 1]'))).toEqual(tensor([[1], [2]]));
    });

    test('are taken as inputs', async () => {
      const model = await load();
      const image = foreign("({ dtype: 'float32', shape: [1, 1, 28, 28], data: new Float32Array(784) })");
      expect(model.runSync({ image })).toEqual(model.runSync({ image: blank() }));
      expect(await model.run(Object.assign(foreign('({})'), { image }))).toEqual(await model.run({ image: blank() }));
    });

    test('are taken as models', async () => {
      const bytes = readFileSync(network);
      const array = foreign(`new Uint8Array(${bytes.byteLength})`);
      array.set(bytes);
      for (const source of [array, array.buffer, bytes]) {
        expect((await loadModel(source)).runSync({ image: blank() }).logits.shape).toEqual([1, 10]);
        expect(loadModelSync(source).runSync({ image: blank() }).logits.shape).toEqual([1, 10]);
      }
    });

    test('are taken as places', async () => {
      const address = pathToFileURL(network);
      for (const source of [network, address, address.href]) {
        expect((await loadModel(source)).runSync({ image: blank() }).logits.shape).toEqual([1, 10]);
      }
    });

    test('are taken as options', () => {
      expect(() => add(tensor([1]), foreign('new Float32Array(1)'))).toThrow(/must be a tensor/);
      expect(() => tensor(foreign("new Map([['a', 1]])"))).toThrow(QuadlaneError);
    });
  });

  test('errors are thrown as classes that tests can ask for', async () => {
    await expect(loadModel(new Uint8Array(3))).rejects.toThrow(QuadlaneError);
    await expect(loadModel(new Uint8Array(3))).rejects.toMatchObject({ code: 'FORMAT' });
    expect(() => relu(1)).toThrow(QuadlaneError);
  });

  test('modules that are imported at the same time are one', async () => {
    const names = ['quadlane', 'quadlane/ops', 'quadlane/layers', 'quadlane/train', 'quadlane/zoo', 'quadlane/onnx'];
    const all = await Promise.all([...names, ...names].map((name) => import(name)));
    expect(all[0]).toBe(all[names.length]);
    expect(all[0].Tensor).toBe(Tensor);
    const models = await Promise.all(Array.from({ length: 8 }, () => load()));
    expect(new Set(models.map((model) => model.runSync({ image: blank() }).logits.data.join())).size).toBe(1);
  });

  describe('with a clock that stands still', () => {
    afterEach(() => void timers.useRealTimers());

    test('models load and run, in turns too', async () => {
      timers.useFakeTimers();
      const model = await load();
      const { signal } = new AbortController();
      expect((await model.run({ image: blank() }, { signal })).logits.shape).toEqual([1, 10]);
      expect((await load({ signal })).info.threads).toBe(1);
    });

    test('threads start, work and end, where there are any', async () => {
      timers.useFakeTimers();
      const model = await load({ threads: 2 });
      expect(model.info.threads).toBe(threads);
      if (threads === 1) expect(model.info.threadsReason).toBeTruthy();
      expect((await model.run({ image: blank() })).logits.shape).toEqual([1, 10]);
      model.dispose();
    });

    test('networks learn', async () => {
      timers.useFakeTimers();
      const network = sequential([input([2]), dense({ units: 2 })]);
      const trainer = await createTrainer(network, { loss: losses.crossEntropy(), optimizer: optimizers.adam() });
      const train = { inputs: tensor(new Float32Array(64), [32, 2]), targets: new Array(32).fill(1) };
      let steps = 0;
      for await (const { loss } of trainer.fit({ train, epochs: 3, batchSize: 8 })) {
        expect(loss).toBeLessThan(1);
        // A clock that is moved by hand makes training give way to timers.
        timers.advanceTimersByTime(1000);
        steps++;
      }
      expect(steps).toBe(12);
    });

    test('profile() says what it lacks', async () => {
      timers.useFakeTimers();
      const model = await compile(sequential([input([64]), dense({ units: 64 })]));
      const given = Object.fromEntries(
        Object.keys(model.inputs).map((name) => [name, tensor(new Float32Array(64), [1, 64])]),
      );
      const error = await model.profile(given, { rounds: 2 }).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(QuadlaneError);
      expect(error).toMatchObject({ code: 'HOST', message: expect.stringContaining('fake timers') });
    });
  });
}
