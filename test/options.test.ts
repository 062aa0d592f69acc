// Options everywhere: names that a call doesn't know are refused with what was meant, and padding is read alike.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import * as ops from '../src/eager/index.js';
import { QuadlaneError } from '../src/errors.js';
import { loadModel, loadModelSync, type Tensor, tensor } from '../src/index.js';
import * as layers from '../src/layers/index.js';
import { checkNames, numberIn } from '../src/options.js';
import * as train from '../src/train/index.js';
import { type Padding, sidesOf, windowAttributes } from '../src/windowOptions.js';
import * as zoo from '../src/zoo/index.js';
import { channels, filters, image, operators } from './calls.js';

beforeAll(ops.ready);

async function refusal(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    expect(error).toBeInstanceOf(QuadlaneError);
    expect((error as QuadlaneError).code).toBe('ARGUMENT');
    return (error as QuadlaneError).message;
  }
  return 'nothing was thrown';
}

describe('what was meant', () => {
  const known = ['kernelSize', 'strides', 'padding', 'dilations', 'groups', 'epsilon', 'learningRate'];
  test.each([
    ['dilation', 'dilations'],
    ['stride', 'strides'],
    ['kernel_size', 'kernelSize'],
    ['KERNELSIZE', 'kernelSize'],
    ['paddign', 'padding'],
    ['eps', 'epsilon'],
    ['learnRate', 'learningRate'],
    ['group', 'groups'],
  ])('%s: %s', async (given, meant) => {
    const message = await refusal(() => checkNames('conv', { [given]: 1 }, known));
    expect(message).toBe(
      `conv has no option "${given}"; choose from { ${known.join(', ')} }; did you mean "${meant}"?`,
    );
  });

  test.each(['foo', 'units', 'x', 'useBias'])('%s: nothing that is there', async (given) => {
    const message = await refusal(() => checkNames('conv', { [given]: 1 }, known));
    expect(message).toBe(`conv has no option "${given}"; choose from { ${known.join(', ')} }`);
  });
});

describe('numbers', () => {
  test.each<[Parameters<typeof numberIn>[2], number[], unknown[], string]>([
    [{}, [-1.5, 0, 1e300], [Number.NaN, Number.POSITIVE_INFINITY, '1', undefined, 1n], 'number'],
    [{ infinite: true }, [Number.NEGATIVE_INFINITY, 0], [Number.NaN, null], 'number'],
    [{ from: 0 }, [0, 2.5], [-0.1], 'number from 0 on'],
    [{ above: 0 }, [1e-9], [0, -1], 'number above 0'],
    [{ from: 0, to: 1 }, [0, 1], [1.1], 'number from 0 to 1'],
    [{ from: 0, below: 1 }, [0, 0.99], [1], 'number from 0 to below 1'],
    [{ from: 1, whole: true }, [1, 7], [0, 1.5, Number.POSITIVE_INFINITY], 'whole number from 1 on'],
  ])('%o', async (range, right, wrong, words) => {
    for (const value of right) expect(numberIn('x', value, range)).toBe(value);
    for (const value of wrong) {
      const message = await refusal(() => numberIn('x', value as number, range));
      expect(message).toContain(`x must be a ${words}; got `);
    }
  });
});

describe('names that nobody knows are refused', () => {
  const called: Readonly<Record<string, unknown>> = ops;
  test.each(Object.keys(operators))('ops: %s', async (name) => {
    const call = called[name] as (...values: readonly unknown[]) => unknown;
    expect(await refusal(() => call(...operators[name]!, { foo: 1 }))).toContain('has no option "foo"');
    expect(await refusal(() => call(...operators[name]!, 3))).toContain('takes an object of options');
  });

  test('ops: all that have options are among them', () => {
    const source = readFileSync(new URL('../dist/types/eager/index.d.ts', import.meta.url), 'utf8');
    const files = [...source.matchAll(/export \* from '\.\/(\w+)\.js'/g)].map(([, file]) => file);
    const withOptions = files.flatMap((file) => {
      const text = readFileSync(new URL(`../dist/types/eager/${file}.d.ts`, import.meta.url), 'utf8');
      const declared = /export declare (?:function|const) (\w+)(?:: )?[^;]*options\??:/g;
      return [...text.matchAll(declared)].map(([, name]) => name);
    });
    expect(withOptions.length).toBeGreaterThan(40);
    expect(withOptions.sort()).toEqual(Object.keys(operators).sort());
  });

  const all: Readonly<Record<string, unknown>> = zoo;
  const networks = Object.keys(zoo).filter((name) => !['compile', 'compileSync'].includes(name));
  test.each(networks)('zoo: %s', async (name) => {
    const build = all[name] as (options: object) => unknown;
    expect(await refusal(() => build({ seeed: 5 }))).toMatch(/no option "seeed"; .* did you mean "seed"\?/);
  });

  const { losses, optimizers, penalties, schedules } = train;
  test.each(Object.keys(losses) as (keyof typeof losses)[])('losses.%s', async (name) => {
    expect(await refusal(() => losses[name]({ reducton: 'sum' } as object))).toContain('did you mean "reduction"?');
  });

  test.each(Object.keys(optimizers) as (keyof typeof optimizers)[])('optimizers.%s', async (name) => {
    expect(await refusal(() => optimizers[name]({ learning_rate: 1 } as object))).toContain('mean "learningRate"?');
    expect(await refusal(() => optimizers[name]({ learningRate: -1 }))).toContain(
      `${name}(): learningRate must be a number from 0 on; got -1`,
    );
  });

  test.each(Object.keys(schedules) as (keyof typeof schedules)[])('schedules.%s', async (name) => {
    if (name === 'constant') return;
    const call = schedules[name] as (...values: unknown[]) => unknown;
    const before = name === 'warmup' ? [schedules.constant(1)] : [];
    expect(await refusal(() => call(...before, { foo: 1 }))).toContain(`${name}() has no option "foo"`);
  });

  test('penalties take a number from 0 on', async () => {
    for (const name of ['l1', 'l2'] as const) {
      expect(await refusal(() => penalties[name](-1))).toBe(`${name}(): factor must be a number from 0 on; got -1`);
    }
  });

  const lenet = () => zoo.lenet5();
  const data = { inputs: tensor(new Float32Array(1024), [1, 32, 32, 1]), targets: [3] };
  const trainer = () => train.createTrainer(lenet(), { loss: losses.crossEntropy(), optimizer: optimizers.sgd() });
  const foo = { foo: 1 } as never;
  const model = () => layers.compile(lenet());
  const onnx = readFileSync(new URL('../examples/models/lenet5-mnist.onnx', import.meta.url));
  const calls: [string, () => unknown][] = [
    ['loadModel', () => loadModel(onnx, foo)],
    ['loadModelSync', () => loadModelSync(onnx, foo)],
    ['limits', () => loadModel(onnx, { limits: foo })],
    ['compile', () => layers.compile(lenet(), foo)],
    ['compileSync', () => layers.compileSync(lenet(), foo)],
    ['run', async () => (await model()).run({}, foo)],
    ['runSync', async () => (await model()).runSync({}, foo)],
    ['profile', async () => (await model()).profile({}, foo)],
    ['createTrainer', () => train.createTrainer(lenet(), foo)],
    ['fit', async () => (await trainer()).fit({ train: data, epochs: 1, foo: 1 } as never).next()],
    ['earlyStopping', async () => (await trainer()).fit({ train: data, epochs: 1, earlyStopping: foo }).next()],
    ['callbacks', async () => (await trainer()).fit({ train: data, epochs: 1, callbacks: foo }).next()],
    ['evaluate', async () => (await trainer()).evaluate(data, foo)],
    ['toModel', async () => (await trainer()).toModel(foo)],
    ['batches', () => train.batches(data, foo, new train.Random(0)).next()],
    ['augmentation', () => train.augmentation(foo)],
    ['elastic', () => train.augmentation({ elastic: { strength: 1, smoothness: 1, foo: 1 } as never })],
    ['cutout', () => train.augmentation({ cutout: { size: 1, foo: 1 } as never })],
    ['mixup', () => train.mixup(image, channels, foo, new train.Random(0))],
    ['preview', () => train.preview(image, foo)],
    ['Classification', () => new train.Classification(2, foo)],
    ['nearestNeighbours', () => train.nearestNeighbours(tensor([[1]]), [0], foo)],
  ];
  test.each(calls)('%s', async (_, call) => {
    expect(await refusal(call)).toContain('has no option "foo"');
  });

  test('loadModel says what was meant', async () => {
    const message = await refusal(() => loadModel(onnx, { thread: 2 } as never));
    expect(message).toMatch(/^loadModel\(\) has no option "thread"; .* did you mean "threads"\?$/);
  });
});

describe('padding', () => {
  const forms: [Padding, number[]][] = [
    [2, [2, 2, 2, 2]],
    [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
    [{ top: 1, left: 2, bottom: 3, right: 4 }, [1, 2, 3, 4]],
    [{ right: 1 }, [0, 0, 0, 1]],
    [{}, [0, 0, 0, 0]],
    ['valid', [0, 0, 0, 0]],
    ['same', [1, 1, 1, 1]],
  ];
  const x = tensor([5], [1, 1, 1, 1]);
  /** One pixel of 5 in zeros. */
  const padded = ([top, left, bottom, right]: number[]) => {
    const [height, width] = [1 + top + bottom, 1 + left + right];
    return {
      shape: [1, height, width, 1],
      data: Array.from({ length: height * width }, (_, i) => (i === top * width + left ? 5 : 0)),
    };
  };
  const plain = ({ shape, data }: Tensor) => ({ shape, data: Array.from(data as Float32Array) });

  test.each(forms)('%o in ops and layers', (padding, sides) => {
    const kernel = padding === 'same' ? 3 : 1;
    const weight = new Float32Array(kernel ** 2);
    weight[(kernel ** 2 - 1) / 2] = 1;
    const wanted = padding === 'same' ? { shape: [1, 1, 1, 1], data: [5] } : padded(sides);
    const w = tensor(weight, [1, 1, kernel, kernel]);
    expect(plain(ops.conv2d(x, w, undefined, { padding }))).toEqual(wanted);
    const conv = layers.conv2d({ filters: 1, kernelSize: kernel, padding, useBias: false, name: 'conv' });
    const network = layers.sequential([layers.input([1, 1, 1]), conv]);
    network.load({ 'conv.weight': w });
    expect(plain(layers.compileSync(network).runSync({ input: x }).output)).toEqual(wanted);
    if (typeof padding === 'string') return;
    expect(plain(ops.pad(x, padding))).toEqual(wanted);
    const zeros = layers.sequential([layers.input([1, 1, 1]), layers.zeroPadding2d({ padding })]);
    expect(plain(layers.compileSync(zeros).runSync({ input: x }).output)).toEqual(wanted);
  });

  test('on one and three axes: all befores, then all afters', () => {
    expect(sidesOf([1, 2], 1)).toEqual([1, 2]);
    expect(sidesOf([1, 2, 3, 4, 5, 6], 3)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(windowAttributes({ padding: 'same' }, 1)).toMatchObject({ autoPad: 'same-upper' });
  });

  test.each<[unknown, number, string]>([
    [
      [1, 2],
      2,
      "'valid', 'same', a whole number or [top, left, bottom, right] or { top, left, bottom, right }; got [1, 2]",
    ],
    ['full', 2, 'got "full"'],
    [-1, 2, 'got -1'],
    [{ top: 1 }, 1, "padding must be 'valid', 'same', a whole number or [left, right]; got { top }"],
    [[1, 1], 3, 'a whole number or a list of 6: all befores, then all afters; got [1, 1]'],
    [
      { botom: 1 },
      2,
      'padding has no option "botom"; choose from { top, left, bottom, right }; did you mean "bottom"?',
    ],
  ])('%o on %d axes is refused', async (padding, axes, message) => {
    expect(await refusal(() => windowAttributes({ padding: padding as Padding }, axes))).toContain(message);
  });
});

describe('ranks', () => {
  const line = tensor(new Float32Array(6), [1, 3, 2]);
  const wrong: [string, () => unknown, string][] = [
    ['conv1d', () => ops.conv1d(image, filters), 'conv1d takes [N, W, C], not [1, 3, 3, 2]'],
    ['conv2d', () => ops.conv2d(line, filters), 'conv2d takes [N, H, W, C], not [1, 3, 2]'],
    ['conv3d', () => ops.conv3d(image, filters), 'conv3d takes [N, D, H, W, C], not [1, 3, 3, 2]'],
    ['depthwiseConv2d', () => ops.depthwiseConv2d(line, filters), 'depthwiseConv2d takes [N, H, W, C], not [1, 3, 2]'],
  ];
  test.each(wrong)('%s', (_, call, message) => {
    expect(call).toThrow(expect.objectContaining({ code: 'SHAPE', message }));
  });
});

test('compile takes winograd', async () => {
  const network = layers.sequential([layers.input([56, 56, 64]), layers.conv2d({ filters: 64, kernelSize: 3 })]);
  const forms = async (winograd: boolean) =>
    Object.keys((await layers.compile(network, { winograd })).memory.weightsByForm);
  expect(await forms(true)).toContain('winograd');
  expect(await forms(false)).not.toContain('winograd');
});
