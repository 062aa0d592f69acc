// The trainer: what it learns, what it keeps, what it refuses.
import { describe, expect, it } from 'vitest';
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
import { unaryLayer } from '../../src/layers/layer.js';
import { loadModel } from '../../src/model/load.js';
import type { RecentPlans } from '../../src/model/recentPlans.js';
import { cast } from '../../src/ops/elementwise/cast.js';
import { argMax } from '../../src/ops/reduction/arg.js';
import type { Plan } from '../../src/plan/plan.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import {
  constraints,
  createTrainer,
  losses,
  optimizers,
  penalties,
  type Trainer,
  type TrainerOptions,
} from '../../src/train/index.js';
import { sample } from './gradients.js';

const { crossEntropy, huber, meanSquaredError, smoothL1 } = losses;
const { adadelta, adagrad, adam, adamax, adamW, lion, nadam, radam, rmsprop, sgd } = optimizers;

const CLASSES = 3;

/** A small network with all that has state: convolution, batch norm, dropout, dense. */
function network() {
  return sequential([
    input([6, 6, 2], { name: 'image' }),
    conv2d({ filters: 5, kernelSize: 3, name: 'conv' }),
    batchNorm({ name: 'norm' }),
    relu(),
    maxPool2d(),
    flatten(),
    dropout(0.25),
    dense({ units: CLASSES, name: 'head' }),
  ]);
}

/** Images whose class is which third of the values is largest. */
function batch(size = 8, seed = 1) {
  const labels = Int32Array.from({ length: size }, (_, i) => (i + seed) % CLASSES);
  const noise = sample([size, 6, 6, 2], seed);
  const data = noise.data.map((value, at) => value / 2 + ((at + labels[Math.floor(at / 72)] * 24) % 72 < 24 ? 1 : 0));
  return { inputs: tensor(data, [size, 6, 6, 2]), targets: tensor(labels) };
}

const trainerOf = (options: Partial<TrainerOptions> = {}) =>
  createTrainer(network(), { loss: crossEntropy(), optimizer: adam({ learningRate: 0.01 }), ...options });

const bits = (tensors: ReadonlyMap<string, Tensor>) =>
  [...tensors].sort().map(([name, { data }]) => [name, Array.from(new Uint8Array(data.buffer)).join()]);

function steps(trainer: Trainer, count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, i) => trainer.step(batch(8, first + i + 1)).loss);
}

describe('learning', () => {
  it.each([
    ['sgd', sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true })],
    ['rmsprop', rmsprop({ learningRate: 0.003 })],
    ['adam', adam({ learningRate: 0.01 })],
    ['adamW', adamW({ learningRate: 0.01 })],
    ['adagrad', adagrad({ learningRate: 0.05 })],
    ['adadelta', adadelta({ learningRate: 3 })],
    ['nadam', nadam({ learningRate: 0.01 })],
    ['adamax', adamax({ learningRate: 0.02 })],
    ['radam', radam({ learningRate: 0.05 })],
    ['lion', lion({ learningRate: 0.003 })],
  ])('%s fits the batches it sees', async (_, optimizer) => {
    const trainer = await trainerOf({ optimizer });
    const losses = steps(trainer, 60);
    expect(losses.at(-1)).toBeLessThan(0.3 * losses[0]);
    expect(trainer.step(batch()).correct).toBe(8);
  });

  it('leaves the network as it was, and gives a model with what was learnt', async () => {
    const source = network();
    const before = bits(source.weights);
    const trainer = await createTrainer(source, { loss: crossEntropy(), optimizer: sgd({ learningRate: 0.1 }) });
    steps(trainer, 5);
    expect(bits(source.weights)).toEqual(before);
    const { inputs } = batch(3);
    const predicted = trainer.predict(inputs).output;
    const model = trainer.toModel();
    const run = model.runSync({ image: inputs }).output;
    predicted.data.forEach((value, i) => {
      expect(Math.abs(Number(value) - Number(run.data[i]))).toBeLessThanOrEqual(1e-5);
    });
    const loaded = await loadModel(await model.save());
    expect(loaded.runSync({ image: inputs }).output).toEqual(run);
  });

  it('trains a loaded model, its batch norm included', async () => {
    const source = sequential([
      input([6, 6, 2], { name: 'image' }),
      conv2d({ filters: 4, kernelSize: 3, name: 'conv' }),
      batchNorm({ name: 'norm' }),
      flatten(),
      dense({ units: CLASSES, name: 'head' }),
    ]);
    const first = await createTrainer(source, { loss: crossEntropy(), optimizer: sgd({ learningRate: 0.01 }) });
    const model = await loadModel(await first.toModel().save());
    const second = await createTrainer(model, { loss: crossEntropy(), optimizer: sgd({ learningRate: 0.01 }) });
    steps(first, 3);
    steps(second, 3);
    expect(bits(second.parameters())).toEqual(bits(first.parameters()));
  });

  it('updates are the last to touch the variables they replace', async () => {
    const decay = { weightDecay: 0.1, decoupledDecay: true };
    const composed = [adadelta(), adagrad(), nadam(decay), adamax(), radam(decay), lion({ weightDecay: 0.1 })];
    for (const optimizer of [sgd({ momentum: 0.9 }), rmsprop({ centered: true }), ...composed]) {
      const trainer = await trainerOf({ optimizer, clipNorm: 1, constraint: constraints.maxNorm(1) });
      trainer.step(batch());
      const { plans } = trainer as unknown as { plans: { steps: RecentPlans<{ plan: Plan }> } };
      expectLateUpdates(plans.steps.latest!.plan);
    }
  });
});

/** Fails when a step reads a weight's place that an earlier node has written. */
function expectLateUpdates(plan: Plan): void {
  const writtenBy = new Map<object, number>();
  for (const { args, node } of plan.steps) {
    for (const [name, value] of Object.entries(args)) {
      if (typeof value === 'number' || [...plan.slots, ...plan.tables].includes(value.region as never)) continue;
      const writer = writtenBy.get(value.region);
      const reads = !name.startsWith('output');
      if (reads && writer !== undefined && writer !== node) {
        const names = [writer, node].map((at) => plan.nodes[at].name);
        // What replaces a statistic may be read on.
        expect(names[0].split('/')[0], names.join(' before ')).toBe(names[1].split('/')[0]);
      }
      if (!reads) writtenBy.set(value.region, node);
    }
  }
  expect(writtenBy.size).toBeGreaterThan(4);
}

describe('state', () => {
  it('resumes bit for bit, dropout and optimiser included', async () => {
    const whole = await trainerOf();
    const losses = steps(whole, 6);
    const first = await trainerOf();
    steps(first, 3);
    const saved = first.state();
    const second = await trainerOf();
    steps(second, 1, 9);
    second.restore(saved);
    expect(second.stepsDone).toBe(3);
    expect(steps(second, 3, 3)).toEqual(losses.slice(3));
    expect(bits(second.state().tensors)).toEqual(bits(whole.state().tensors));
  });

  it('is the same whatever other batch sizes and predictions come in between', async () => {
    const plain = await trainerOf();
    const busy = await trainerOf();
    for (let i = 0; i < 3; i++) {
      plain.step(batch(8, i));
      busy.predict(batch(2 + i).inputs);
      busy.step(batch(8, i));
      busy.test(batch(5));
    }
    plain.step(batch(3));
    busy.step(batch(3));
    expect(bits(busy.parameters())).toEqual(bits(plain.parameters()));
  });

  it('refuses the state of another network or optimiser, and stays as it was', async () => {
    const trainer = await trainerOf();
    const before = bits(trainer.state().tensors);
    const other = await trainerOf({ optimizer: sgd() });
    expect(() => trainer.restore(other.state())).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
    expect(bits(trainer.state().tensors)).toEqual(before);
  });

  it('takes no more memory after 2,000 steps', async () => {
    const trainer = await trainerOf();
    const { core } = (trainer as unknown as { session: { core: { bytes: number } } }).session;
    trainer.step(batch());
    trainer.predict(batch().inputs);
    const { bytes } = core;
    for (let i = 0; i < 2000; i++) {
      trainer.step(batch());
      if (i % 10 === 0) trainer.predict(batch().inputs);
    }
    expect(core.bytes).toBe(bytes);
  });
});

describe('options', () => {
  it('frozen layers stay, and their batch norm keeps its statistics', async () => {
    const trainer = await trainerOf({ frozen: ['conv', 'norm'] });
    const before = new Map(bits(trainer.parameters()) as [string, string][]);
    steps(trainer, 3);
    const after = new Map(bits(trainer.parameters()) as [string, string][]);
    for (const name of before.keys()) expect(after.get(name) === before.get(name)).toBe(!name.startsWith('head.'));
    await expect(trainerOf({ frozen: ['nothing'] })).rejects.toThrow('"nothing"');
    await expect(trainerOf({ frozen: () => true })).rejects.toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
  });

  it('clipNorm scales all gradients to one norm, clipValue cuts each element', async () => {
    const moved = async (options: Partial<TrainerOptions>) => {
      const trainer = await trainerOf({ optimizer: sgd({ learningRate: 1 }), frozen: ['norm'], ...options });
      const before = trainer.parameters();
      const { gradientNorm } = trainer.step(batch());
      const after = trainer.parameters();
      const changes = [...before].flatMap(([name, { data }]) =>
        Array.from(data as Float32Array, (value, i) => value - Number(after.get(name)!.data[i])),
      );
      return { gradientNorm, norm: Math.hypot(...changes), largest: Math.max(...changes.map(Math.abs)) };
    };
    const free = await moved({ clipNorm: 1e9 });
    const clipped = await moved({ clipNorm: free.norm / 4 });
    expect(clipped.norm / free.norm).toBeCloseTo(0.25, 4);
    expect(clipped.gradientNorm).toBe(free.gradientNorm);
    expect(free.gradientNorm! / free.norm).toBeCloseTo(1, 4);
    const cut = await moved({ clipValue: free.largest / 8 });
    expect(cut.largest / free.largest).toBeCloseTo(0.125, 4);
  });

  it('l1 and l2 penalties pull weights, not biases', async () => {
    const gradientOf = async (penalty?: TrainerOptions['penalty']) => {
      const trainer = await trainerOf({
        optimizer: sgd({ learningRate: 1 }),
        ...(penalty && { penalty }),
      });
      const before = trainer.parameters();
      const { loss } = trainer.step(batch());
      const after = trainer.parameters();
      const part = (name: string) =>
        Array.from(before.get(name)!.data as Float32Array, (value, i) => value - Number(after.get(name)!.data[i]));
      return { loss, weight: part('head.weight'), bias: part('head.bias'), before };
    };
    const plain = await gradientOf();
    const pulled = await gradientOf([penalties.l1(0.01), penalties.l2(0.1)]);
    const values = Array.from(plain.before.get('head.weight')!.data as Float32Array);
    values.forEach((value, i) => {
      expect(pulled.weight[i] - plain.weight[i]).toBeCloseTo(0.1 * value + 0.01 * Math.sign(value), 4);
    });
    expect(pulled.bias).toEqual(plain.bias);
    expect(pulled.loss).toBeGreaterThan(plain.loss);
  });

  it('the seed decides what dropout drops', async () => {
    const losses = await Promise.all([0, 0, 1].map(async (seed) => steps(await trainerOf({ seed }), 2)));
    expect(losses[1]).toEqual(losses[0]);
    expect(losses[2]).not.toEqual(losses[0]);
  });
});

describe('errors', () => {
  it('labels out of range, targets of other shapes, inputs that do not fit: nothing is learnt', async () => {
    const trainer = await trainerOf();
    const before = bits(trainer.state().tensors);
    const { inputs } = batch(4);
    expect(() => trainer.step({ inputs, targets: [0, 1, 3, 2] })).toThrow(/sample 2 has the label 3/);
    expect(() => trainer.step({ inputs, targets: [0, 1] })).toThrow(expect.objectContaining({ code: 'SHAPE' }));
    expect(() => trainer.step({ inputs: sample([4, 5, 6, 2]), targets: [0, 1, 2, 0] })).toThrow(
      expect.objectContaining({ code: 'INPUT' }),
    );
    expect(bits(trainer.state().tensors)).toEqual(before);
    expect(trainer.stepsDone).toBe(0);
  });

  it('labels that are no whole numbers, and rates that are no number', async () => {
    const trainer = await trainerOf();
    const { inputs } = batch(4);
    for (const wrong of [0.9, Number.NaN, 2 ** 32, '1' as never]) {
      expect(() => trainer.step({ inputs, targets: [0, wrong, 1, 2] })).toThrow(
        `sample 1 has the label ${typeof wrong === 'string' ? JSON.stringify(wrong) : wrong}`,
      );
    }
    for (const rate of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      trainer.learningRate = rate;
      expect(() => trainer.step(batch())).toThrow(`learningRate must be a number from 0 on; got ${rate}`);
    }
    expect(trainer.stepsDone).toBe(0);
  });

  it.each<[string, object, RegExp]>([
    ['no loss', { loss: undefined }, /loss is what a function such as losses.crossEntropy\(\) returns/],
    ['a loss that was not called', { loss: crossEntropy }, /loss is what a function/],
    ['an optimiser by name', { optimizer: 'adam' }, /optimizer is what a function such as optimizers.adam\(\) returns/],
    ['an unknown reduction', { loss: meanSquaredError({ reduction: 'avg' as never }) }, /"avg" is none of mean, sum/],
    ['a constraint by name', { constraint: 'maxNorm' }, /constraint is what a function such as constraints.maxNorm/],
    ['one name as frozen', { frozen: 'head' }, /frozen is a list of names/],
    ['a negative bound', { clipNorm: -1 }, /clipNorm must be a number from 0 on; got -1/],
    ['a bound that is no number', { clipValue: Number.NaN }, /clipValue must be a number from 0 on; got NaN/],
  ])('%s', async (_, options, message) => {
    const failure = await trainerOf(options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ARGUMENT', message: expect.stringMatching(message) });
  });

  it('no options, no network, corners of losses that are none', async () => {
    const argument = expect.objectContaining({ code: 'ARGUMENT' });
    await expect(createTrainer(network(), undefined as never)).rejects.toThrow(argument);
    await expect(createTrainer({} as never, { loss: crossEntropy(), optimizer: sgd() })).rejects.toThrow(argument);
    for (const wrong of [0, -1, Number.NaN]) {
      expect(() => huber({ delta: wrong })).toThrow(`delta must be a number above 0; got ${wrong}`);
      expect(() => smoothL1({ beta: wrong })).toThrow(`beta must be a number above 0; got ${wrong}`);
    }
  });

  it('a loss that is not finite: the variables stay, running statistics included', async () => {
    const trainer = await trainerOf();
    steps(trainer, 2);
    const before = bits(trainer.state().tensors);
    const { inputs, targets } = batch();
    (inputs.data as Float32Array)[7] = Number.NaN;
    expect(() => trainer.step({ inputs, targets })).toThrow(expect.objectContaining({ code: 'DIVERGED' }));
    expect(bits(trainer.state().tensors)).toEqual(before);
  });

  it('an operator without a gradient is named when a step is compiled', async () => {
    const choice = unaryLayer('choice', { name: 'choice' }, [], (builder, x) =>
      builder.apply(cast, [builder.apply(argMax, [x], { axis: -1 })], { to: 'float32' }),
    );
    const net = sequential([input([4]), dense({ units: 3, name: 'first' }), choice, dense({ units: 2, name: 'last' })]);
    const options = { loss: meanSquaredError(), optimizer: sgd() };
    const trainer = await createTrainer(net, options);
    const data = { inputs: sample([2, 4]), targets: sample([2, 2]) };
    expect(() => trainer.step(data)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED', operator: 'argMax' }));
    const frozen = await createTrainer(net, { ...options, frozen: ['first'] });
    expect(frozen.step(data).loss).toBeGreaterThan(0);
  });

  it('batch norm on one value a channel, an output that is not there, a trainer given back', async () => {
    const net = sequential([input([3]), batchNorm({ name: 'norm' })]);
    const trainer = await createTrainer(net, { loss: meanSquaredError(), optimizer: sgd() });
    expect(() => trainer.step({ inputs: sample([1, 3]), targets: sample([1, 3]) })).toThrow(
      expect.objectContaining({ code: 'SHAPE' }),
    );
    await expect(trainerOf({ output: 'nowhere' })).rejects.toThrow('"output"');
    trainer.dispose();
    expect(() => trainer.parameters()).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
  });
});
