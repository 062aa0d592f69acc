// A thread that is lost: once that is known every run rejects, and none hangs before.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Model } from '../../src/model/model.js';
import { tensor } from '../../src/tensor.js';
import { bitsOf, ClaimingHost, inputsOf, lenet, threadedModel, WatchedHost } from './threaded.js';

/** What of a model these tests spoil. */
interface Inner {
  session: {
    program: number;
    core: {
      pool: { ready: boolean };
      buffer: ArrayBuffer;
      kernels: ReadonlyMap<string, { fields: readonly { name: string }[] }>;
    };
  };
  compiled: { latest: { steps: readonly { kernel: string }[] } };
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lets the second share of a run step out of the memory, once all threads are in it. */
async function trapSecondShare(model: Model): Promise<void> {
  const { session, compiled } = model as unknown as Inner;
  const { core, program } = session;
  await expect.poll(() => core.pool.ready).toBe(true);
  const { steps } = compiled.latest;
  const step = steps.findIndex(({ kernel }) => kernel === 'f32_conv');
  const words = new Int32Array(core.buffer);
  const args = words[program / 4 + 2 * step + 1];
  const field = core.kernels.get('f32_conv')!.fields.findIndex(({ name }) => name === 'scratchStride');
  words[args / 4 + field] = 0x7fff0000;
}

const lost = { code: 'HOST', message: expect.stringContaining('load the model again') };

describe('where the calling thread works too', () => {
  test('a thread that traps', async () => {
    const host = new WatchedHost();
    const model = await threadedModel(lenet, { threads: 3 }, host);
    const inputs = inputsOf(model, 64);
    await model.run(inputs);
    await trapSecondShare(model);
    await expect(model.run(inputs)).rejects.toMatchObject(lost);
    await expect(model.run(inputs)).rejects.toMatchObject(lost);
    expect(() => model.runSync(inputs)).toThrow(expect.objectContaining(lost));
    await expect.poll(() => host.ended).toBe(2);
    model.dispose();
  });

  test('a thread that ended between runs', async () => {
    const host = new WatchedHost();
    const model = await threadedModel(lenet, { threads: 2 }, host);
    const inputs = inputsOf(model, 64);
    await model.run(inputs);
    host.threads[0].end();
    await expect.poll(() => host.ended).toBe(1);
    await expect(model.run(inputs)).rejects.toMatchObject(lost);
  });

  test('a thread that ended and nobody had time to notice: the others do its share', async () => {
    const host = new WatchedHost();
    const model = await threadedModel(lenet, { threads: 2 }, host);
    const inputs = inputsOf(model, 64);
    const expected = bitsOf(await model.run(inputs));
    host.threads[0].end();
    // The thread is gone before the event loop turns.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    for (let run = 0; run < 3; run++) expect(bitsOf(model.runSync(inputs))).toEqual(expected);
    await expect.poll(() => host.ended).toBe(1);
    await expect(model.run(inputs)).rejects.toMatchObject(lost);
  });
});

describe('a thread that has claimed a share of a run', () => {
  // Of one image threads share nothing.
  const batch = { ...lenet, inputs: lenet.inputs.map((input) => ({ ...input, shape: [64, 1, 28, 28] })) };

  /** A model whose first run has one share claimed by a thread that does `what` then. */
  function claimedModel(what: string, wait: number): Promise<Model> {
    return threadedModel(batch, { threads: 2, limits: { wait } }, new ClaimingHost(what));
  }

  test('and ends: run() rejects, and the model refuses what comes then', async () => {
    const model = await claimedModel('process.exit(3)', 10_000);
    await expect(model.run(inputsOf(model))).rejects.toMatchObject(lost);
    await expect(model.run(inputsOf(model))).rejects.toMatchObject(lost);
    expect(() => model.runSync(inputsOf(model))).toThrow(expect.objectContaining(lost));
    model.dispose();
    expect(() => model.runSync({})).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
  });

  test('and ends: runSync() throws when limits.wait is over', async () => {
    const model = await claimedModel('process.exit(3)', 200);
    expect(() => model.runSync(inputsOf(model))).toThrow(
      expect.objectContaining({ code: 'HOST', message: expect.stringContaining('nothing for 200 ms') }),
    );
    await expect(model.run(inputsOf(model))).rejects.toMatchObject(lost);
    model.dispose();
  });

  test('and is slow: run() waits for it', async () => {
    const slow = 'Atomics.wait(block, claim, phase + 1, 700); Atomics.store(block, claim, phase);';
    const model = await claimedModel(slow, 50);
    const alone = await threadedModel(lenet, { threads: 1 }, new WatchedHost());
    expect(bitsOf(await model.run(inputsOf(model)))).toEqual(bitsOf(alone.runSync(inputsOf(model, 64))));
    model.dispose();
  });
});

describe('where the calling thread may not block', () => {
  /** A model whose threads do all the work, as in the main thread of a page. */
  async function pageModel(host = new WatchedHost()): Promise<Model> {
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      throw new TypeError('Atomics.wait cannot be called in this context');
    });
    return threadedModel(lenet, { threads: 2 }, host);
  }

  test('runs wait for each other, each with the inputs it was given', async () => {
    const model = await pageModel();
    const alone = await threadedModel(lenet, { threads: 1 }, new WatchedHost());
    const data = new Float32Array(784 * 30);
    const expected: string[][] = [];
    const runs = Array.from({ length: 6 }, (_, run) => {
      data.fill(run / 10);
      const batch = run % 2 ? 30 : 20;
      const image = tensor(data.subarray(0, 784 * batch), [batch, 1, 28, 28]);
      expected.push(bitsOf(alone.runSync({ image })));
      return model.run({ image });
    });
    data.fill(Number.NaN);
    expect((await Promise.all(runs)).map(bitsOf)).toEqual(expected);
    expect(bitsOf(model.runSync(inputsOf(alone)))).toEqual(bitsOf(alone.runSync(inputsOf(alone))));
    model.dispose();
  });

  test('a failed run doesn’t hold up the next ones', async () => {
    const model = await pageModel();
    const good = inputsOf(model, 30);
    const runs = await Promise.allSettled([
      model.run(good),
      model.run({ image: tensor(new Float32Array(3), [3]) }),
      model.run(good),
    ]);
    expect(runs.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    model.dispose();
  });

  test('runSync() during a run is refused', async () => {
    const model = await pageModel();
    const inputs = inputsOf(model, 30);
    const run = model.run(inputs);
    expect(() => model.runSync(inputs)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
    expect((await run).logits.shape).toEqual([30, 10]);
    model.dispose();
  });

  test('dispose() during a run rejects it', async () => {
    const host = new WatchedHost();
    const model = await pageModel(host);
    const runs = [model.run(inputsOf(model, 300)), model.run(inputsOf(model, 300))];
    model.dispose();
    for (const { status, reason } of (await Promise.allSettled(runs)) as PromiseRejectedResult[]) {
      expect(status).toBe('rejected');
      expect(reason).toMatchObject({ code: 'DISPOSED' });
    }
    await expect.poll(() => host.ended).toBe(2);
  });

  test('a thread that traps', async () => {
    const model = await pageModel();
    const inputs = inputsOf(model, 64);
    await model.run(inputs);
    await trapSecondShare(model);
    await expect(model.run(inputs)).rejects.toMatchObject(lost);
    await expect(model.run(inputs)).rejects.toMatchObject(lost);
  });

  test('a thread that ends during a run', async () => {
    const host = new WatchedHost();
    const model = await pageModel(host);
    const inputs = inputsOf(model, 300);
    await model.run(inputs);
    const run = model.run(inputs);
    host.threads[1].end();
    const [outcome] = await Promise.allSettled([run]);
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(lost);
    await expect.poll(() => host.ended).toBeGreaterThan(0);
    await expect(model.run(inputs)).rejects.toMatchObject(lost);
  });
});
