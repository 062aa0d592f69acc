// What the runner of reference data makes of descriptions that it has not seen before: it builds them, or says what it can't.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/formats/safetensors/writer.js';
import { type Tensor, type TensorType, tensor } from '../../src/tensor.js';
import { moduleOf } from '../kernels/harness.js';
import type { Outcome } from './golden/case.js';
import { describe as read } from './golden/description.js';
import { Cannot } from './golden/given.js';
import { graphOf } from './golden/graph.js';
import { describedLoss } from './golden/losses.js';
import { buildNetwork } from './golden/network.js';
import { optimizerOf } from './golden/optimizers.js';
import { runFolder } from './golden/run.js';
import { scheduleOf } from './golden/schedules.js';
import { runTrace } from './golden/traces.js';

const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });

/** Operators of a described network on `[2, 3, 8, 8]`, and the shape of its result. */
function built(description: unknown, parameters: Record<string, number[]>) {
  const types = Object.entries(parameters).map(([name, shape]) => [name, float(...shape)] as const);
  let shape: readonly number[] = [];
  const { graph } = graphOf(new Map([['x', float(2, 3, 8, 8)], ...types]), (build) => {
    const y = buildNetwork(read(description), {
      build,
      input: 'x',
      parameters: Object.keys(parameters),
      statistic: (layer, role, channels) =>
        build.graphBuilder.constant(tensor(new Float32Array(channels)), `${layer}.${role}`),
    });
    shape = build.type(y).shape;
    return { y };
  });
  return { shape, nodes: graph.nodes.filter(({ op }) => op !== 'transpose') };
}

describe('descriptions', () => {
  it.each<[string, unknown, Record<string, number[]>, number[], string]>([
    [
      'every kind of norm, PReLU and settings of pools',
      'Net: conv 3x3 3->4 pad 1, stride 2 (c0, no bias), layer norm (ln), prelu (p), average pool 3 stride 1 pad 1 excluding padding -> a; ' +
        'group norm 2 groups eps 1e-3 (gn), leaky relu slope 0.2 -> b; relu6(a + b), instance norm (in), flatten, linear 64->5 (fc)',
      {
        'c0.weight': [4, 3, 3, 3],
        'ln.weight': [4, 4, 4],
        'ln.bias': [4, 4, 4],
        'p.weight': [4],
        'gn.gamma': [4],
        'gn.beta': [4],
        'in.weight': [4],
        'in.bias': [4],
        'fc.weight': [5, 64],
        'fc.bias': [5],
      },
      [2, 5],
      'conv layerNorm reshape activation activation binary binary averagePool groupNorm activation binary activation groupNorm reshape matmul',
    ],
    [
      'nested calls, a depthwise convolution, channels multiplied',
      'a = silu(conv1x1(depthwise3x3(x, wd, stride 2, pad 1), w1)); s = sigmoid(linear(mean(a), s1)); a * s per channel; upsample nearest 2; global max; log softmax',
      { wd: [3, 1, 3, 3], w1: [6, 3, 1, 1], s1: [6, 6] },
      [2, 6],
      'conv conv activation globalAveragePool reshape matmul activation reshape binary resize globalMaxPool reshape softmax',
    ],
    [
      'a list of layers in the words of Keras and PyTorch',
      [
        { kind: 'Conv2D', name: 'c', filters: 4, kernel_size: 3, padding: 'same', output: 'a' },
        { kind: 'BatchNorm2d', name: 'n', momentum: 0.2 },
        { type: 'LeakyReLU', negative_slope: 0.3 },
        { type: 'add', inputs: ['a'] },
        { type: 'MaxPool2d', kernel_size: 2 },
        'flatten',
        { type: 'Linear', label: 'f', out_features: 2 },
      ],
      { 'c.weight': [4, 3, 3, 3], 'c.bias': [4], 'n.weight': [4], 'n.bias': [4], 'f.weight': [2, 64] },
      [2, 2],
      'conv batchNorm activation binary maxPool reshape matmul',
    ],
    [
      'facts about all layers of a kind',
      'conv3x3 3->4 pad 1 (c), batch norm (n), relu. Batch norm in training mode, eps 1e-2, running statistics start at 0 and 1, momentum 0.25, unbiased running variance',
      { 'c.weight': [4, 3, 3, 3], 'n.gamma': [4], 'n.beta': [4] },
      [2, 4, 8, 8],
      'conv batchNorm activation',
    ],
  ])('%s', (_, description, parameters, shape, operators) => {
    const found = built(description, parameters);
    expect(found.shape).toEqual(shape);
    const ops = found.nodes.map(({ op }) => op).filter((op) => op !== 'identity');
    expect(ops.join(' ')).toBe(operators);
  });

  it('facts reach their layers', () => {
    const { nodes } = built('conv3x3 (c, pad 1); bn (n). Batch norm eps 1e-2, momentum 0.25', {
      'c.weight': [4, 3, 3, 3],
      'n.gamma': [4],
      'n.beta': [4],
    });
    expect(nodes.find(({ op }) => op === 'batchNorm')!.attributes).toMatchObject({ epsilon: 0.01, momentum: 0.75 });
  });

  const conv = { 'c.weight': [4, 3, 3, 3] };
  it.each<[string, unknown, Record<string, number[]>, RegExp]>([
    ['a layer', 'conv3x3 (c), wobble 3', conv, /nothing is called "wobble"|can't be read from/],
    ['a setting of another layer', 'conv3x3 (c), relu stride 2', conv, /relu has no setting stride/],
    ['words behind a layer', 'conv3x3 (c) with love', conv, /nothing is called "with"/],
    ['a sign', 'conv3x3 (c) / 2', conv, /can't be read from "\/ 2/],
    ['a parameter that nothing uses', 'relu', conv, /doesn't use the parameters c.weight/],
    ['a parameter that is not there', 'conv3x3 (c), linear (d)', conv, /no weight among the parameters/],
    ['another kernel', 'conv5x5 (c)', conv, /says a kernel of \[5,5\], the parameters \[3,3\]/],
    ['other channels', 'conv3x3 3->5 (c)', conv, /says outputs 5, the parameters 4/],
    ['a bias', 'conv3x3 with bias (c)', conv, /says bias true, the parameters false/],
    ['dropout', 'conv3x3 (c), dropout 0.5', conv, /dropout at 0.5 without the masks/],
    ['a key', [{ kind: 'conv2d', name: 'c', wobble: 1 }], conv, /no meaning is known for wobble = 1/],
    ['a kind', [{ kind: 'capsule' }], conv, /no layer of kind "capsule"/],
  ])('that ask for %s that is not known are refused by name', (_, description, parameters, message) => {
    expect(() => built(description, parameters)).toThrow(Cannot);
    expect(() => built(description, parameters)).toThrow(message);
  });
});

describe('optimisers, schedules and losses', () => {
  it('with all settings of PyTorch', () => {
    const { state, learningRate } = optimizerOf('RMSprop', {
      ...{ lr: 0.1, alpha: 0.9, eps: 1e-3, momentum: 0.5, centered: true, weight_decay: 0.1 },
      ...{ foreach: null, maximize: false },
    });
    expect([state, learningRate]).toEqual([['square_avg', 'grad_avg', 'momentum_buffer'], 0.1]);
    expect(optimizerOf('sgd', { lr: 1, momentum: 0.9, dampening: 0.25 }).scalars(2, 1)).toEqual([1, 0.9, 0.75]);
    expect(optimizerOf('adagrad', { lr: 1, initialAccumulatorValue: 0.5, lr_decay: 1 }).initialState).toEqual({
      sum: 0.5,
    });
    expect(optimizerOf('Adam', { lr: 1, amsgrad: true }).state).toContain('max_exp_avg_sq');
  });

  it.each<[string, () => unknown, RegExp]>([
    ['an optimiser', () => optimizerOf('rprop', { lr: 1 }), /there is no optimiser rprop/],
    ['a setting', () => optimizerOf('adamax', { lr: 1, amsgrad: true }), /adamax.*no option "amsgrad"/],
    ['ascent', () => optimizerOf('sgd', { lr: 1, maximize: true }), /no option "maximize"/],
    ['a schedule', () => scheduleOf('wave', { base: 1 }), /there is no schedule wave/],
    [
      'a setting of a schedule',
      () => scheduleOf('cyclic', { base: 0.1, max: 1, stepUp: 2, mode: 'exp' }),
      /mode = "exp"/,
    ],
    ['a loss', () => describedLoss('contrastive, mean'), /no loss contrastive/],
    ['words of a loss', () => describedLoss('cross entropy, focal 2'), /"focal 2" of the loss/],
    ['a setting of a loss', () => describedLoss({ kind: 'mse', delta: 1 }), /delta = 1/],
  ])('%s that quadlane does not have is refused by name', (_, make, message) => {
    expect(make).toThrow(Cannot);
    expect(make).toThrow(message);
  });

  it('losses in words', () => {
    expect(describedLoss('Huber, delta 0.5, sum').loss).toMatchObject({ name: 'huber', reduction: 'sum' });
    expect(describedLoss('squared error against one-hot labels')).toMatchObject({ oneHot: true });
    expect(describedLoss('cross entropy with label smoothing 0.1, mean over the batch').oneHot).toBe(false);
  });
});

describe('a folder', () => {
  /** What comes of one case of `family` without gradients, in float32. */
  async function ran(family: string, params: object, values: Record<string, Tensor>): Promise<Outcome[]> {
    const folder = mkdtempSync(join(tmpdir(), 'golden-'));
    try {
      const inputs = Object.keys(values).filter((name) => !/^(y|d.*)$/.test(name));
      const outputs = Object.keys(values).filter((name) => !inputs.includes(name));
      const test = { id: '0', name: 'one', params, inputs, outputs };
      writeFileSync(join(folder, `${family}.json`), JSON.stringify({ cases: [test] }));
      const tensors = new Map(Object.entries(values).map(([name, value]) => [`0/${name}`, value]));
      writeFileSync(join(folder, `${family}.safetensors`), writeSafetensors(tensors));
      return await runFolder(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const x = tensor([-2, 3, 4, -5, 6, -7], [2, 3]);

  it('with a PReLU of two axes, a slope a channel', async () => {
    const values = { x, slope: tensor([0.5, 0.25, 0.125]), y: tensor([-1, 3, 4, -2.5, 6, -0.875], [2, 3]) };
    for (const { failure } of await ran('activations', { kind: 'prelu' }, values)) expect(failure).toBeUndefined();
    const wrong = { ...values, y: tensor([-1, 3, 4, -2.5, 6, 0], [2, 3]) };
    for (const { failure } of await ran('activations', { kind: 'prelu' }, wrong)) expect(failure).toMatch(/element 5/);
  });

  it.each<[string, string, object, RegExp]>([
    ['a parameter', 'activations', { kind: 'relu', wobble: 2 }, /wobble = 2/],
    ['a kind', 'activations', { kind: 'wobble' }, /no activation wobble/],
    ['a family', 'wobbles', { kind: 'relu' }, /no family wobbles/],
  ])('with %s that is not known: it can not be built', async (_, family, params, message) => {
    const outcomes = await ran(family, params, { x, y: x });
    expect(outcomes.length).toBeGreaterThan(0);
    for (const one of outcomes) expect(one).toMatchObject({ cannot: true, failure: expect.stringMatching(message) });
  });
});

describe('a trace', () => {
  const recipe = (name: string, shape: number[], lo = -0.5, hi = 0.5) => ({
    name,
    shape,
    kind: 'uniform',
    seed: name,
    lo,
    hi,
  });
  const trace = {
    about: 'two steps',
    network:
      'conv 3x3 1->2 (c), batch norm (n), prelu (p), layer norm over the whole image (ln), flatten, linear 8->3 (fc)',
    optimizer: {
      kind: 'rmsprop',
      lr: 0.01,
      centered: true,
      momentum: 0.5,
      schedule: { kind: 'step', stepSize: 1, gamma: 0.5 },
    },
    loss: 'cross entropy, label smoothing 0.1, mean over the batch',
    steps: 2,
    batch: 4,
    clipNorm: 0.5,
    penalty: { l2: 0.01 },
    constraint: { maxNorm: 0.6 },
    images: 'image[t][i] = float32(templates[labels[t][i]] + noise[t][i])',
    templates: recipe('templates', [3, 1, 4, 4]),
    labels: { name: 'labels', shape: [2, 4], kind: 'integer', dtype: 'int32', seed: 'labels', lo: 0, hi: 3 },
    noise: { ...recipe('noise', [4, 1, 4, 4]), seed: 'noise/<t>' },
    parameters: [
      ...[recipe('c.weight', [2, 1, 3, 3]), recipe('c.bias', [2]), recipe('n.gamma', [2]), recipe('n.beta', [2])],
      ...[recipe('p.slope', [2]), recipe('ln.weight', [2, 2, 2]), recipe('ln.bias', [2, 2, 2])],
      ...[recipe('fc.weight', [3, 8]), recipe('fc.bias', [3])],
    ],
    learningRate: [0.01, 0.005],
    float64: { loss: [0, 0], final: { 'n.mean': { l2: 0, sum: 0, first: [] } } },
  };

  async function ran(given: object): Promise<Outcome[]> {
    const folder = mkdtempSync(join(tmpdir(), 'golden-'));
    try {
      writeFileSync(join(folder, 'trace_other.json'), JSON.stringify(given));
      return await runTrace(folder, 'trace_other', moduleOf('strict'), 'strict');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('of a network that no one has named before is run', async () => {
    const outcomes = await ran(trace);
    expect(outcomes.map(({ name }) => name)).toEqual(['schedule', 'loss', 'n.mean']);
    const [schedule, loss] = outcomes;
    expect(schedule.failure).toBeUndefined();
    expect(loss.failure).toMatch(/element 0 is [01]\.\d+ instead of 0/);
  });

  it.each<[string, object, RegExp]>([
    ['a key', { wobble: 1 }, /wobble = 1/],
    ['another optimiser', { optimizer: { kind: 'rprop', lr: 1 } }, /no optimiser rprop/],
    ['a setting', { optimizer: { ...trace.optimizer, wobble: 1 } }, /wobble/],
    ['other images', { images: 'image = noise' }, /images = "image = noise"/],
    ['a recipe', { noise: { ...trace.noise, kind: 'pink' } }, /no recipe of kind pink/],
    ['a constraint', { constraint: { wobble: 1 } }, /no constraint wobble/],
    ['a figure', { float64: { ...trace.float64, wobble: 1 } }, /float64.*wobble = 1/],
  ])('with %s that is not known: it can not be built', async (_, change, message) => {
    const outcomes = await ran({ ...trace, ...change });
    expect(outcomes).toEqual([expect.objectContaining({ cannot: true, failure: expect.stringMatching(message) })]);
  });
});
