// Epochs of batches on a small network: what comes out after each step, and what happens when it is cut short.
import { describe, expect, it } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { dense, input, sequential } from '../../src/layers/index.js';
import { tensor } from '../../src/tensor.js';
import {
  type Batch,
  createTrainer,
  type FitOptions,
  losses,
  optimizers,
  type Progress,
  Random,
  schedules,
  type Trainer,
} from '../../src/train/index.js';

/** Points in the plane, labelled by the quadrant they lie in. */
function points(count: number, seed: number): Batch {
  const random = new Random(seed);
  const data = Float32Array.from({ length: 2 * count }, () => random.uniform(-1, 1));
  const labels = Array.from({ length: count }, (_, i) => 2 * Number(data[2 * i] > 0) + Number(data[2 * i + 1] > 0));
  return { inputs: tensor(data, [count, 2]), targets: labels };
}

const train = points(150, 1);
const validation = points(90, 2);

function trainer(): Promise<Trainer> {
  const network = sequential([
    input([2], { name: 'point' }),
    dense({ units: 16, activation: 'tanh' }),
    dense({ units: 4 }),
  ]);
  return createTrainer(network, {
    loss: losses.crossEntropy(),
    optimizer: optimizers.adam({ learningRate: 0.02 }),
    deterministic: true,
  });
}

async function all(learner: Trainer, options: FitOptions): Promise<Progress[]> {
  const steps: Progress[] = [];
  for await (const progress of learner.fit(options)) steps.push(progress);
  return steps;
}

const weights = (learner: Trainer) => [...learner.state().tensors].map(([name, { data }]) => [name, [...data]]);

describe('fit', () => {
  it('learns, and tells where it stands after each step', async () => {
    const steps = await all(await trainer(), { train, validation, epochs: 20, batchSize: 40 });
    expect(steps).toHaveLength(80);
    expect(steps.map(({ epochDone }) => epochDone).filter(Boolean)).toHaveLength(20);
    expect(steps[5]).toMatchObject({ epoch: 2, step: 6, batch: 2, batches: 4, epochDone: false, learningRate: 0.02 });
    expect(steps[5].validation).toBeUndefined();
    const last = steps.at(-1)!;
    expect(last.validation!.examples).toBe(90);
    expect(last.validation!.accuracy).toBeGreaterThan(0.9);
    expect(last.validation!.classes!.accuracy).toBe(last.validation!.accuracy);
    expect(last.epochLoss).toBeLessThan(steps[3].epochLoss / 2);
    expect(last.epochAccuracy).toBeGreaterThan(0.9);
    expect(last.samplesPerSecond).toBeGreaterThan(0);
  });

  it('gives the same weights for the same seed, and others for another', async () => {
    const [a, b, c] = await Promise.all([trainer(), trainer(), trainer()]);
    await all(a, { train, epochs: 2, seed: 1 });
    await all(b, { train, epochs: 2, seed: 1 });
    await all(c, { train, epochs: 2, seed: 2 });
    expect(weights(b)).toEqual(weights(a));
    expect(weights(c)).not.toEqual(weights(a));
  });

  it('resumes from a checkpoint bit for bit, schedule and early stopping included', async () => {
    const options = () => ({
      train,
      validation,
      seed: 3,
      schedule: schedules.reduceOnPlateau({ learningRate: 0.05, factor: 0.5, patience: 0 }),
      earlyStopping: { patience: 5 },
    });
    const whole = await trainer();
    const wholeSteps = await all(whole, { ...options(), epochs: 8 });
    let saved = new Uint8Array();
    for await (const progress of (await trainer()).fit({ ...options(), epochs: 8 })) {
      if (progress.epoch === 4 && progress.epochDone) {
        saved = progress.checkpoint() as Uint8Array<ArrayBuffer>;
        break;
      }
    }
    const resumed = await trainer();
    const steps = await all(resumed, { ...options(), epochs: 8, resume: saved });
    expect(steps.map(({ epoch, step, loss }) => [epoch, step, loss])).toEqual(
      wholeSteps.slice(20).map(({ epoch, step, loss }) => [epoch, step, loss]),
    );
    expect(weights(resumed)).toEqual(weights(whole));
  });

  it('goes back to the best epoch when the validation gets no better', async () => {
    const learner = await trainer();
    const steps = await all(learner, {
      train,
      validation,
      epochs: 60,
      schedule: schedules.step({ learningRate: 0.05, stepSize: 50, gamma: 60 }),
      earlyStopping: { patience: 2 },
    });
    const epochs = steps.filter(({ epochDone }) => epochDone);
    expect(steps.at(-1)!.stoppedEarly).toBe(true);
    expect(epochs.length).toBeLessThan(60);
    const best = Math.min(...epochs.map((progress) => progress.validation!.loss));
    expect(epochs.at(-4)!.validation!.loss).toBe(best);
    expect((await learner.evaluate(validation)).loss).toBe(best);
  });

  it('takes batches from arrays and from functions that make them anew', async () => {
    const lists = [points(20, 5), points(20, 6), points(13, 7)];
    const fromArray = await all(await trainer(), { train: lists, epochs: 2 });
    expect(fromArray.map(({ batches }) => batches)).toEqual(new Array(6).fill(3));
    async function* stream() {
      for (const batch of lists) yield batch;
    }
    const fromStream = await all(await trainer(), { train: stream, epochs: 2 });
    expect(fromStream.map(({ epoch, epochDone }) => [epoch, epochDone])).toEqual(
      [1, 2].flatMap((epoch) => [false, false, true].map((done) => [epoch, done])),
    );
    const unshuffled = await all(await trainer(), { train: lists, shuffle: false, epochs: 2 });
    expect(fromStream.map(({ loss }) => loss)).toEqual(unshuffled.map(({ loss }) => loss));
  });

  it('calls callbacks before the iteration goes on, and augments every batch', async () => {
    const seen: string[] = [];
    const augmented: number[] = [];
    const options: FitOptions = {
      train,
      epochs: 1,
      batchSize: 100,
      augment(batch, random) {
        augmented.push(random.bits());
        return batch;
      },
      callbacks: {
        step: async ({ step }) => seen.push(`step ${step}`),
        epoch: ({ epoch }) => seen.push(`epoch ${epoch}`),
      },
    };
    for await (const { step } of (await trainer()).fit(options)) seen.push(`progress ${step}`);
    expect(seen).toEqual(['step 1', 'progress 1', 'step 2', 'epoch 1', 'progress 2']);
    expect(new Set(augmented).size).toBe(2);
  });

  it('stops where the signal says, with the weights of the last step', async () => {
    const learner = await trainer();
    const controller = new AbortController();
    let steps = 0;
    const run = async () => {
      for await (const _ of learner.fit({ train, epochs: 3, signal: controller.signal })) {
        if (++steps === 3) controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'ABORTED' });
    expect(learner.stepsDone).toBe(3);
  });

  it('lets timers have their turn', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    // Without a turn for the timer this would go on for good.
    for await (const _ of (await trainer()).fit({ train, epochs: 1e9 })) if (ticks === 3) break;
    clearInterval(timer);
    expect(ticks).toBe(3);
  });

  it('sets the momentum where the schedule has one', async () => {
    const steps: (readonly number[])[] = [];
    const optimizer = optimizers.sgd({ learningRate: 0.1, momentum: 0.9 });
    const watched = {
      ...optimizer,
      scalars: (...given: Parameters<typeof optimizer.scalars>) => {
        const scalars = optimizer.scalars(...given);
        steps.push(scalars);
        return scalars;
      },
    };
    const network = sequential([input([2]), dense({ units: 4 })]);
    const learner = await createTrainer(network, { loss: losses.crossEntropy(), optimizer: watched });
    const schedule = schedules.oneCycle({ learningRate: 0.2, steps: 10 });
    steps.length = 0;
    await all(learner, { train, epochs: 2, batchSize: 30, schedule });
    expect(steps.slice(-10).map(([rate, momentum]) => [rate, momentum])).toEqual(
      Array.from({ length: 10 }, (_, i) => [schedule.rate(i), schedule.momentum!(i)]),
    );
    learner.momentum = undefined;
    learner.step(train);
    expect(steps.at(-1)![1]).toBe(0.9);
  });

  it('learns numbers too, without an accuracy', async () => {
    const network = sequential([input([1]), dense({ units: 1 })]);
    const learner = await createTrainer(network, {
      loss: losses.meanSquaredError(),
      optimizer: optimizers.sgd({ learningRate: 0.3 }),
    });
    const x = Float32Array.from({ length: 64 }, (_, i) => i / 32 - 1);
    const line = {
      inputs: tensor(x, [64, 1]),
      targets: tensor(
        x.map((value) => 3 * value - 1),
        [64, 1],
      ),
    };
    const steps = await all(learner, { train: line, validation: line, epochs: 40 });
    expect(steps.at(-1)!.epochAccuracy).toBeUndefined();
    expect(steps.at(-1)!.validation).toMatchObject({ examples: 64 });
    expect(steps.at(-1)!.validation!.classes).toBeUndefined();
    expect(steps.at(-1)!.validation!.loss).toBeLessThan(1e-4);
  });
});

describe('fit refuses, with what to do, and without a change of the weights', () => {
  const wrong: [string, Partial<FitOptions>, string, RegExp][] = [
    ['no data', { train: points(0, 1) }, 'ARGUMENT', /empty: it needs at least one example/],
    ['no batches', { train: [] }, 'ARGUMENT', /empty/],
    ['targets that are too few', { train: { ...train, targets: [1, 2] } }, 'SHAPE', /2 targets, but the input has 150/],
    ['labels out of range', { train: { ...train, targets: new Array(150).fill(4) } }, 'ARGUMENT', /4/],
    ['nothing to learn from', { train: undefined as never }, 'ARGUMENT', /fit\(\) takes \{ train/],
    ['epochs that are none', { epochs: 0 }, 'ARGUMENT', /epochs must be a whole number above 0/],
    ['batches of no size', { batchSize: 0 }, 'ARGUMENT', /batchSize/],
    ['a file that is no checkpoint', { resume: new Uint8Array(40) }, 'FORMAT', /damaged|checkpoint/],
  ];

  it.each(wrong)('%s', async (_, options, code, message) => {
    const learner = await trainer();
    const before = weights(learner);
    const error = await all(learner, { train, epochs: 1, ...options }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(QuadlaneError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(weights(learner)).toEqual(before);
  });

  it('a checkpoint within an epoch', async () => {
    for await (const progress of (await trainer()).fit({ train, epochs: 1 })) {
      if (progress.epochDone) break;
      expect(() => progress.checkpoint()).toThrow('before the next step');
    }
  });

  it('a checkpoint of another network', async () => {
    let saved = new Uint8Array();
    for await (const progress of (await trainer()).fit({ train, epochs: 1 })) {
      if (progress.epochDone) saved = progress.checkpoint() as Uint8Array<ArrayBuffer>;
    }
    const other = await createTrainer(sequential([input([2]), dense({ units: 4 })]), {
      loss: losses.crossEntropy(),
      optimizer: optimizers.adam(),
    });
    await expect(all(other, { train, epochs: 2, resume: saved })).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringContaining('another network'),
    });
  });
});
