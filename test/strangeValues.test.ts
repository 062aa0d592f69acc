// Values that break whoever prints, compares or counts them, in place of every option there is: calls refuse them with an
// error of quadlane's, or take them.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import * as ops from '../src/eager/index.js';
import { QuadlaneError } from '../src/errors.js';
import { loadModel, tensor } from '../src/index.js';
import * as layers from '../src/layers/index.js';
import { messageOf, shown } from '../src/printable.js';
import { formatShape } from '../src/shape.js';
import * as train from '../src/train/index.js';
import * as zoo from '../src/zoo/index.js';
import { channels, image, operators } from './calls.js';

beforeAll(ops.ready);

const thrower = () => {
  throw new TypeError('never to be called');
};

const strange: readonly (readonly [string, unknown])[] = [
  ['an object with its own toString', { toString: 1, valueOf: 1 }],
  ['an object without a prototype', Object.create(null)],
  ['an object that throws', { toString: thrower, valueOf: thrower, [Symbol.toPrimitive]: thrower }],
  ['a symbol', Symbol('strange')],
  ['a bigint', 3n],
  ['a text', '1'],
  ['a flag', true],
  ['a date', new Date(Number.NaN)],
].flatMap(([what, value]) => [
  [what as string, value],
  [`a list of ${what}`, [value]],
]);

/** What `call` throws, which must be a QuadlaneError; undefined for nothing. */
async function refusalOf(call: () => unknown): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!(error instanceof QuadlaneError)) throw new Error(`a foreign error: ${(error as Error).stack}`);
    return error.message;
  }
}

/** The names of all options of a call: it lists them to whoever gives another one. */
async function optionsOf(call: (options: object) => unknown, known: object = {}): Promise<string[]> {
  const [, names] = /choose from \{ (.*?) \}/.exec((await refusalOf(() => call({ ...known, foo: 1 })))!)!;
  return names.split(', ');
}

/** Calls with each strange value as each option. */
async function tryAll(call: (options: object) => unknown, known: object = {}): Promise<number> {
  let refused = 0;
  for (const name of await optionsOf(call, known)) {
    for (const [what, value] of strange) {
      try {
        if ((await refusalOf(() => call({ ...known, [name]: value }))) !== undefined) refused++;
      } catch (error) {
        throw new Error(`${name}: ${what}: ${(error as Error).message}`);
      }
    }
  }
  return refused;
}

describe('messages show', () => {
  test.each(strange)('%s', (_, value) => {
    expect(shown(value)).toBeTypeOf('string');
    expect(formatShape([2, value as number])).toMatch(/^\[2, .*\]$/);
    expect(messageOf(value)).toBeTypeOf('string');
    expect(messageOf({ message: value })).toBeTypeOf('string');
  });
});

type Call = (...values: unknown[]) => unknown;
const callsOf = (module: object) => module as Readonly<Record<string, Call>>;

describe('options are refused, or taken', () => {
  test.each(Object.keys(operators))('ops: %s', async (name) => {
    const call = callsOf(ops)[name]!;
    expect(await tryAll((options) => call(...operators[name]!, options))).toBeGreaterThan(0);
  });

  const x = layers.input([8, 8, 4]);
  const first: Readonly<Record<string, readonly unknown[]>> = {
    activation: ['relu'],
    adaptiveAveragePool2d: [2],
    resizing2d: [2],
    reshape: [[-1]],
    permute: [[1, 2, 3]],
    sliceChannels: [0, 1],
    channelShuffle: [1],
    pixelShuffle: [1],
    dropout: [0.5],
  };
  const kinds = Object.keys(layers).filter(
    (name) => !['Value', 'Network', 'model', 'sequential', 'compile', 'compileSync', 'input'].includes(name),
  );
  test.each(kinds)('layers: %s', async (name) => {
    const known = { filters: 4, kernelSize: 3, units: 3, size: 3, groups: 2 };
    const call = callsOf(layers)[name]!;
    const given = await optionsOf((options) => call(...(first[name] ?? []), options));
    const own = Object.fromEntries(Object.entries(known).filter(([option]) => given.includes(option)));
    const build = (options: object) => (call(...(first[name] ?? []), options) as Call)(x);
    expect(await tryAll(build, own)).toBeGreaterThan(0);
  });
  test.each(Object.entries(first))('layers: what %s takes', async (name, [, ...more]) => {
    for (const [, value] of strange) {
      expect(await refusalOf(() => (callsOf(layers)[name]!(value, ...more) as Call)(x))).toBeDefined();
    }
  });

  const { losses, optimizers, schedules, penalties, constraints } = train;
  test.each(Object.entries({ losses, optimizers, schedules, penalties, constraints }))('%s', async (_, family) => {
    const before: Readonly<Record<string, readonly unknown[]>> = {
      warmup: [train.schedules.constant(1)],
      l1: [1],
      l2: [1],
      l1l2: [1, 1],
      maxNorm: [1],
    };
    let refused = 0;
    for (const [name, call] of Object.entries(callsOf(family))) {
      const given = before[name] ?? [];
      const isBare = (await refusalOf(() => call(...given, { foo: 1 })))?.includes('choose from {') !== true;
      for (const [, value] of strange) if ((await refusalOf(() => call(value, value))) !== undefined) refused++;
      if (!isBare) refused += await tryAll((options) => call(...given, options));
    }
    expect(refused).toBeGreaterThan(10);
  });

  const network = () => layers.sequential([layers.input([4]), layers.dense({ units: 2 })]);
  const data = { inputs: tensor(new Float32Array(8), [2, 4]), targets: [0, 1] };
  const needed = () => ({ loss: train.losses.crossEntropy(), optimizer: train.optimizers.sgd() });
  const onnx = readFileSync(new URL('../examples/models/lenet5-mnist.onnx', import.meta.url));
  test.each<[string, (options: object) => unknown, object?]>([
    ['loadModel', async (options) => (await loadModel(onnx, options)).dispose()],
    ['limits', async (options) => (await loadModel(onnx, { limits: options })).dispose()],
    ['compileSync', (options) => layers.compileSync(network(), options).dispose()],
    ['load', (options) => network().load({}, options)],
    ['model', (options) => layers.model(options as never), { inputs: x, outputs: layers.relu()(x) }],
    ['createTrainer', async (options) => (await train.createTrainer(network(), options as never)).dispose(), needed()],
    [
      'fit',
      async (options) => {
        using trainer = await train.createTrainer(network(), needed());
        await trainer.fit(options as never).next();
      },
      { train: data, epochs: 1 },
    ],
    [
      'evaluate',
      async (options) => {
        using trainer = await train.createTrainer(network(), needed());
        await trainer.evaluate(data, options);
      },
    ],
    ['batches', (options) => train.batches(data, options, new train.Random(0)).next()],
    [
      'augmentation',
      (options) => train.augmentation(options).apply(tensor(new Float32Array(16), [1, 4, 4, 1]), new train.Random(0)),
    ],
    ['preview', (options) => train.preview(image, options)],
    ['Classification', (options) => new train.Classification(2, options)],
    ['nearestNeighbours', (options) => train.nearestNeighbours(tensor([[1]]), [0], options)],
    ['mixup', (options) => train.mixup(image, channels, options as never, new train.Random(0))],
    ['zoo', (options) => zoo.lenet5(options)],
  ])('%s', async (_, call, known) => {
    expect(await tryAll(call, known)).toBeGreaterThan(0);
  });

  test('labels', async () => {
    using trainer = await train.createTrainer(network(), needed());
    for (const [, value] of strange) {
      expect(await refusalOf(() => trainer.step({ ...data, targets: [0, value] as never }))).toBeDefined();
      expect(await refusalOf(() => new train.Classification(2).add(tensor([[1, 0]]), [value] as never))).toBeDefined();
    }
  });
});
