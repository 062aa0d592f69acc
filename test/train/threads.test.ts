// Trainers on threads in Node: the same bits as on one thread, and an end to everything.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { platform } from '#platform';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  maxPool2d,
  relu,
  sequential,
} from '../../src/layers/index.js';
import { threadedEngine } from '../../src/model/threading.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { createTrainer, losses, optimizers, type TrainerOptions } from '../../src/train/index.js';
import { Trainer } from '../../src/train/trainer.js';
import { moduleOf } from '../kernels/harness.js';
import { WatchedHost } from '../runtime/threaded.js';
import { sample } from './gradients.js';

/** LeNet-5 with a batch norm and dropout. */
function network() {
  return sequential([
    input([28, 28, 1], { name: 'image' }),
    conv2d({ filters: 6, kernelSize: 5, padding: 'same' }),
    batchNorm(),
    relu(),
    maxPool2d(),
    conv2d({ filters: 16, kernelSize: 5 }),
    relu(),
    maxPool2d(),
    flatten(),
    dense({ units: 120, activation: 'relu' }),
    dropout(0.25),
    dense({ units: 10 }),
  ]);
}

function batch(seed: number, size = 16) {
  const labels = Int32Array.from({ length: size }, (_, i) => (7 * i + seed) % 10);
  return { inputs: sample([size, 28, 28, 1], seed), targets: tensor(labels) };
}

const options = {
  loss: losses.crossEntropy(),
  optimizer: optimizers.adam({ learningRate: 0.01 }),
  clipNorm: 5,
  deterministic: true,
};
const trainerOf = (more: Partial<TrainerOptions> = {}) => createTrainer(network(), { ...options, ...more });

const bitsOf = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

/** All that twenty steps leave behind, with tests and predictions of other batch sizes in between. */
async function trained(trainer: Trainer): Promise<unknown> {
  const results: unknown[] = [];
  for (let step = 0; step < 20; step++) {
    results.push(trainer.step(batch(step)));
    if (step % 8 !== 3) continue;
    const { prediction, ...rest } = trainer.test(batch(step, 5));
    results.push(rest, bitsOf(prediction), Object.values(trainer.predict(batch(step, 40).inputs)).map(bitsOf));
    // Lets threads that came into a new memory be there for the next steps.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [results, [...trainer.state().tensors].map(([name, value]) => [name, bitsOf(value)])];
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('threads', () => {
  it('give the same bits, however many there are', { timeout: 60_000 }, async () => {
    const alone = await trainerOf();
    expect(alone.info).toEqual({ variant: 'strict', threads: 1 });
    const expected = await trained(alone);
    for (const threads of [2, 3]) {
      const trainer = await trainerOf({ threads });
      expect(trainer.info).toEqual({ variant: 'strict', threads });
      expect(await trained(trainer), `${threads} threads`).toEqual(expected);
      trainer.dispose();
    }
  });

  it('are refused where the number is none, and one where the binary is given', async () => {
    await expect(trainerOf({ threads: 0 })).rejects.toMatchObject({ code: 'ARGUMENT' });
    const given = await trainerOf({ threads: 2, wasm: moduleOf('strict') });
    expect(given.info).toMatchObject({ threads: 1, threadsReason: expect.stringContaining('{ wasm }') });
  });

  it('are one where the calling thread may not wait', async () => {
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      throw new TypeError('Atomics.wait cannot be called in this context');
    });
    const trainer = await trainerOf({ threads: 2 });
    expect(trainer.info).toMatchObject({ threads: 1, threadsReason: expect.stringContaining('train in a worker') });
    expect(trainer.step(batch(1)).loss).toBeGreaterThan(0);
  });

  it('end with dispose(), and a lost one is an error', async () => {
    const host = new WatchedHost();
    const start = async () => {
      const engine = await threadedEngine({ ...platform, threads: async () => host }, 'strict', { threads: 3 }, true);
      const trainer = new Trainer(network(), engine, options);
      await engine.settled?.();
      return trainer;
    };
    const first = await start();
    first.step(batch(1));
    first.dispose();
    await expect.poll(() => host.ended).toBe(2);
    const second = await start();
    second.step(batch(1));
    host.threads[3].end();
    await expect.poll(() => host.ended).toBe(4);
    expect(() => second.step(batch(2))).toThrow(
      expect.objectContaining({ code: 'HOST', message: expect.stringContaining('new trainer') }),
    );
    expect(second.state().step).toBe(1);
  });
});
