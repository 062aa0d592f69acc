// Checkpoints and batches come from files and callers: each field is checked before anything is learnt.

import { describe, expect, it } from 'vitest';
import { readHeader } from '../../src/formats/safetensors/header.js';
import { readSafetensors } from '../../src/formats/safetensors/reader.js';
import { writeSafetensors } from '../../src/formats/safetensors/writer.js';
import { dense, input, sequential } from '../../src/layers/index.js';
import { Tensor, tensor } from '../../src/tensor.js';
import { createTrainer, type FitOptions, losses, optimizers, schedules } from '../../src/train/index.js';

const KEY = 'quadlane.checkpoint';
const train = { inputs: tensor(new Float32Array(16).fill(0.5), [8, 2]), targets: [0, 1, 0, 1, 0, 1, 0, 1] };

function trainerOf(optimizer = optimizers.adam()) {
  const network = sequential([input([2], { name: 'x' }), dense({ units: 2 })]);
  return createTrainer(network, { loss: losses.crossEntropy(), optimizer });
}

async function trained(options: Partial<FitOptions>, optimizer = optimizers.adam()): Promise<Uint8Array | undefined> {
  using trainer = await trainerOf(optimizer);
  let saved: Uint8Array | undefined;
  const schedule = schedules.reduceOnPlateau({ learningRate: 0.01 });
  const given = { train, epochs: 2, earlyStopping: { patience: 3 }, schedule, ...options };
  for await (const progress of trainer.fit(given)) if (progress.epochDone) saved = progress.checkpoint();
  return saved;
}

/** A checkpoint whose field at `path` is `value`; undefined leaves it out. */
function changed(file: Uint8Array, path: string, value: unknown): Uint8Array {
  const numbers = JSON.parse(readHeader(file).metadata.get(KEY)!);
  const names = path.split('.');
  const last = names.pop()!;
  names.reduce((at, name) => at[name], numbers)[last] = value;
  return writeSafetensors(readSafetensors(file), { [KEY]: JSON.stringify(numbers) });
}

describe('a checkpoint', async () => {
  const saved = (await trained({}))!;

  it('that is sound is gone on from, an ArrayBuffer too', async () => {
    expect(await trained({ resume: saved, epochs: 3 })).toBeDefined();
    expect(await trained({ resume: new Uint8Array(saved).buffer as never, epochs: 3 })).toBeDefined();
  });

  const numbers = [undefined, null, {}, 'x', -1, 0.5, 1e300, '1'];
  it.each([
    ...numbers.map((value) => ['epoch', value]),
    ...numbers.map((value) => ['trainer.step', value]),
    ...numbers.map((value) => ['best.bad', value]),
    ...numbers.map((value) => ['best.state.step', value]),
    ...[undefined, null, {}, 'x', -1].map((value) => ['trainer.learningRate', value]),
    ...[undefined, null, 1].map((value) => ['trainer.optimizer', value]),
    ...[undefined, null, 'x', 1, {}].map((value) => ['best.value', value]),
    ...[null, 1, 'x', [1], [['rate', 1]], [['rate', 'x']]].map((value) => ['schedule', value]),
    ...[null, 1].map((value) => ['trainer', value]),
    ...[null, 1].map((value) => ['best', value]),
  ])('with %s = %j is refused', async (path, value) => {
    const resume = changed(saved, path as string, value);
    await expect(trained({ resume, epochs: 3 })).rejects.toThrow(
      expect.objectContaining({ name: 'QuadlaneError', code: 'FORMAT', message: expect.stringContaining('damaged') }),
    );
  });

  it.each([
    ['no list of pairs', [['rate', 'NaN']], /checkpoint's rate/],
    ['of another schedule', [['other', '1']], /checkpoint's rate/],
  ])('whose schedule is %s is refused', async (_, value, message) => {
    await expect(trained({ resume: changed(saved, 'schedule', value), epochs: 3 })).rejects.toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it('without the state of a schedule is refused for a schedule that goes on from one', async () => {
    const bare = (await trained({ schedule: schedules.constant(0.01) }))!;
    const schedule = schedules.warmup(schedules.reduceOnPlateau({ learningRate: 0.01 }), { steps: 2 });
    await expect(trained({ resume: bare, epochs: 3, schedule })).rejects.toThrow(
      expect.objectContaining({
        code: 'ARGUMENT',
        message: expect.stringMatching(/no state of a schedule.*reduceOnPlateau/),
      }),
    );
    expect(await trained({ resume: bare, epochs: 3, schedule: schedules.constant(0.01) })).toBeDefined();
    expect(await trained({ resume: saved, epochs: 3, schedule: schedules.constant(0.01) })).toBeDefined();
  });

  it.each([
    ['the state of a schedule', 'schedule', /the state of a schedule.*schedules\.constant/],
    ['the best epoch of early stopping', 'earlyStopping', /the best epoch of early stopping.*patience: Infinity/],
  ])('with %s is refused without one', async (_, option, message) => {
    await expect(trained({ resume: saved, epochs: 4, [option]: undefined })).rejects.toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringMatching(message) }),
    );
  });

  it('with the best epoch goes back to it only where that is wanted', async () => {
    const resume = changed(changed(saved, 'best.value', '-1'), 'best.state.learningRate', 0.5);
    const rateAfter = async (restoreBest: boolean) => {
      using trainer = await trainerOf();
      const earlyStopping = { patience: Number.POSITIVE_INFINITY, restoreBest };
      const schedule = schedules.constant(0.25);
      for await (const _ of trainer.fit({ train, epochs: 3, earlyStopping, schedule, resume }));
      return trainer.learningRate;
    };
    expect(await rateAfter(true)).toBe(0.5);
    expect(await rateAfter(false)).toBe(0.25);
  });

  const own = { toString: 1, valueOf: 1 };
  it.each([
    ['epoch', own],
    ['trainer', own],
    ['trainer.step', own],
    ['trainer.learningRate', [own]],
    ['trainer.optimizer', own],
    ['best', own],
    ['best.value', own],
    ['best.bad', own],
    ['best.state.step', own],
    ['schedule', own],
    ['schedule', [[own, '1']]],
    ['schedule', [['rate', own]]],
  ])('with %s = %j says what is wrong, whatever that object calls its own', async (path, value) => {
    const resume = changed(saved, path, value);
    const refusal = (await trained({ resume, epochs: 3 }).catch((error) => error)) as Error;
    expect(refusal).toMatchObject({ name: 'QuadlaneError', code: 'FORMAT' });
    expect(refusal.message).toContain('the checkpoint is damaged: ');
    expect(refusal.cause).toMatchObject({ name: 'QuadlaneError' });
  });

  it.each([
    ['adamax', optimizers.adamax(), 'exp_inf'],
    ['radam', optimizers.radam(), 'exp_avg_sq'],
    ['lion', optimizers.lion(), 'exp_avg'],
    ['centred rmsprop', optimizers.rmsprop({ centered: true }), 'grad_avg'],
    ['amsgrad', optimizers.adam({ amsgrad: true }), 'max_exp_avg_sq'],
    ['adagrad', optimizers.adagrad({ initialAccumulator: 0.1 }), 'sum'],
    ['sgd with dampening', optimizers.sgd({ momentum: 0.9, dampening: 0.5 }), 'momentum_buffer'],
  ])('of %s is gone on from bit for bit', async (_, optimizer, state) => {
    const half = (await trained({ epochs: 2 }, optimizer))!;
    expect([...readSafetensors(half).keys()].some((name) => name.endsWith(`/${state}`))).toBe(true);
    expect(await trained({ epochs: 4, resume: half }, optimizer)).toEqual(await trained({ epochs: 4 }, optimizer));
  });

  it('of RMSprop is refused where the mean square is centred', async () => {
    const plain = await trained({}, optimizers.rmsprop());
    await expect(trained({ resume: plain, epochs: 3 }, optimizers.rmsprop({ centered: true }))).rejects.toThrow(
      /grad_avg" should be .* is missing/,
    );
  });

  it.each([
    ['sgd', optimizers.sgd()],
    ['adamW', optimizers.adamW()],
    ['nadam', optimizers.nadam()],
  ])('of Adam is refused by %s', async (name, optimizer) => {
    await expect(trained({ resume: saved, epochs: 3 }, optimizer)).rejects.toThrow(
      `of the optimiser "adam", not of "${name}"`,
    );
  });

  it('with momentum is refused without', async () => {
    const other = await trained({}, optimizers.sgd({ momentum: 0.9 }));
    await expect(trained({ resume: other, epochs: 3 }, optimizers.sgd())).rejects.toThrow(
      /there is no ".*momentum_buffer"/,
    );
  });

  it.each([[42], ['path'], [[1, 2]]])('that is %j is refused', async (resume) => {
    await expect(trained({ resume: resume as never })).rejects.toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });
});

it.each([
  ['no state', null],
  ['a step that is no number', { step: 'x' }],
  ['no tensors', { step: 1, learningRate: 0.1, optimizer: 'adam', tensors: {} }],
])('restore() refuses %s', async (_, state) => {
  using trainer = await trainerOf();
  expect(() => trainer.restore(state as never)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
});

describe('a batch is refused', () => {
  const inputs = tensor(new Float32Array(4), [2, 2]);
  it.each([
    ['that is null', null, 'a batch is { inputs, targets }'],
    ['whose inputs are null', { inputs: null, targets: [0, 1] }, 'a batch is { inputs, targets }'],
    ['whose inputs are data', { inputs: new Float32Array(4), targets: [0, 1] }, 'a batch is { inputs, targets }'],
    ['with an input that is no tensor', { inputs: { x: 1 }, targets: [0, 1] }, 'input "x" of the batch is no tensor'],
    ['whose targets are null', { inputs, targets: null }, 'got Null'],
    ['whose targets are a BigInt64Array', { inputs, targets: BigInt64Array.of(0n, 1n) }, 'got BigInt64Array'],
    ['whose labels are bigints', { inputs, targets: [0n, 1n] }, 'labels are whole numbers'],
    ['without examples', { inputs: new Tensor('float32', [0, 2], new Float32Array(0)), targets: [] }, 'no examples'],
  ])('%s', async (_, batch, message) => {
    using trainer = await trainerOf();
    const refused = expect.objectContaining({ code: 'ARGUMENT', message: expect.stringContaining(message) });
    expect(() => trainer.step(batch as never)).toThrow(refused);
    expect(() => trainer.test(batch as never)).toThrow(refused);
  });

  it.each([[null], [42], ['data']])('where it should come from %j', async (data) => {
    using trainer = await trainerOf();
    const refused = expect.objectContaining({ code: 'ARGUMENT' });
    await expect(trainer.evaluate(data as never)).rejects.toThrow(refused);
    await expect(trainer.fit({ train: data as never, epochs: 1 }).next()).rejects.toThrow(refused);
  });

  it("errors of the caller's own iterables pass as they are", async () => {
    using trainer = await trainerOf();
    const own = new TypeError('mine');
    const data = function* () {
      yield train;
      throw own;
    };
    await expect(trainer.evaluate(data)).rejects.toBe(own);
  });
});
