// Networks as they are built: shapes, names, graphs, weights, and errors on the line that builds.
import { describe, expect, test } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import {
  add,
  batchNorm,
  compile,
  compileSync,
  concat,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  input,
  maxPool2d,
  model,
  multiply,
  reshape,
  sequential,
  zeroPadding2d,
} from '../../src/layers/index.js';
import { type Tensor, tensor } from '../../src/tensor.js';

/** The error that `build` throws. */
function errorOf(build: () => unknown): QuadlaneError {
  try {
    build();
  } catch (error) {
    expect(error).toBeInstanceOf(QuadlaneError);
    return error as QuadlaneError;
  }
  throw new Error('nothing was thrown');
}

const lenet = (seed = 0) =>
  sequential(
    [
      input([28, 28, 1], { name: 'image' }),
      conv2d({ filters: 4, kernelSize: 5, padding: 'same', activation: 'relu' }),
      maxPool2d(),
      conv2d({ filters: 8, kernelSize: 5, name: 'second' }),
      flatten(),
      dropout(0.3),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { seed },
  );

describe('sequential', () => {
  test('layers are named by kind and number, parameters by layer and role', () => {
    const network = lenet();
    expect(network.layers.map(({ name }) => name)).toEqual([
      'conv2d_1',
      'maxPool2d_1',
      'second',
      'flatten_1',
      'dropout_1',
      'dense_1',
    ]);
    expect(network.parameters.map(({ name, shape }) => [name, shape])).toEqual([
      ['conv2d_1.weight', [4, 1, 5, 5]],
      ['conv2d_1.bias', [4]],
      ['second.weight', [8, 4, 5, 5]],
      ['second.bias', [8]],
      ['dense_1.weight', [10, 800]],
      ['dense_1.bias', [10]],
    ]);
    expect(network.parameterCount).toBe(100 + 4 + 800 + 8 + 8000 + 10);
  });

  test('the batch stays open', async () => {
    using compiled = await compile(lenet());
    expect(compiled.inputs.image?.shape).toEqual(['batch', 28, 28, 1]);
    expect(compiled.outputs.output?.shape).toEqual(['batch', 10]);
    for (const batch of [1, 3]) {
      const { output } = await compiled.run({
        image: tensor(new Float32Array(batch * 784).fill(0.5), [batch, 28, 28, 1]),
      });
      expect(output?.shape).toEqual([batch, 10]);
      const sum = Array.from(output!.data.slice(0, 10), Number).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  test('building twice gives the same network, another seed other weights', () => {
    expect(lenet().graph).toEqual(lenet().graph);
    expect(lenet(1).weights.get('second.weight')).not.toEqual(lenet().weights.get('second.weight'));
  });

  test('it begins with the input', () => {
    const wrong = [conv2d({ filters: 1, kernelSize: 1 })] as never;
    expect(errorOf(() => sequential(wrong)).message).toContain('begins with the input');
  });
});

describe('model', () => {
  test('branches, named ends, a shared layer', () => {
    const [left, right] = [input([4, 4, 2], { name: 'left' }), input([4, 4, 2], { name: 'right' })];
    const shared = conv2d({ filters: 3, kernelSize: 1, name: 'shared' });
    const [a, b] = [shared(left), shared(right)];
    const joined = concat()([add({ activation: 'relu' })([a, b]), multiply()([a, b])]);
    const network = model({ inputs: [left, right], outputs: { joined, pooled: globalAveragePool2d()(joined) } });
    expect(network.parameters).toHaveLength(2);
    expect(network.layers.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['shared', 9],
      ['shared', 0],
      ['add_1', 0],
      ['multiply_1', 0],
      ['concat_1', 0],
      ['globalAveragePool2d_1', 0],
    ]);
    const weights = { 'shared.weight': tensor([1, 0, 0, 1, 1, 1], [3, 2, 1, 1]), 'shared.bias': tensor([0, 0, 1]) };
    network.load(weights);
    using compiled = compileSync(network);
    const [x, y] = [
      tensor(new Float32Array(32).fill(2), [1, 4, 4, 2]),
      tensor(new Float32Array(32).fill(-3), [1, 4, 4, 2]),
    ];
    const results = compiled.runSync({ left: x, right: y });
    expect([...results.pooled!.data]).toEqual([0, 0, 0, -6, -6, -25]);
    expect(results.joined?.shape).toEqual([1, 4, 4, 6]);
  });

  test('an input can be an output, and one value several outputs', () => {
    const x = input([3]);
    const y = dense({ units: 3 })(x);
    using compiled = compileSync(model({ inputs: x, outputs: { same: x, first: y, second: y } }));
    const { same, first, second } = compiled.runSync({ input: tensor([1, 2, 3], [1, 3]) });
    expect([...same!.data]).toEqual([1, 2, 3]);
    expect(first!.data).toEqual(second!.data);
  });

  test('names that are given twice, and inputs that are missing', () => {
    const x = input([3]);
    const twice = dense({ units: 3, name: 'a' })(dense({ units: 3, name: 'a' })(x));
    expect(errorOf(() => model({ inputs: x, outputs: twice })).message).toBe(
      'two layers share a name, dense "a" and dense "a": rename one',
    );
    const other = input([3], { name: 'other' });
    expect(errorOf(() => model({ inputs: x, outputs: add()([x, other]) })).message).toContain('input "other"');
    expect(errorOf(() => model({ inputs: [x, input([4])], outputs: x })).message).toContain(
      'two inputs are named "input"',
    );
    expect(errorOf(() => model({ inputs: add()([x, x]), outputs: x })).message).toContain('results of input()');
    expect(errorOf(() => model({ inputs: x, outputs: { input: x } })).message).toContain('named "input"');
  });
});

describe('errors name layer, shapes and what to do', () => {
  const x = input([8, 8, 3]);
  test.each([
    [
      () => conv2d({ filters: 4, kernelSize: 9, name: 'c' })(x),
      'SHAPE',
      'conv2d "c" on [8, 8, 3]: a kernel that reaches over 9',
    ],
    [
      () => conv2d({ filters: 4, kernelSize: 3 })(input([8])),
      'SHAPE',
      'conv2d on [8]: it takes [height, width, channels]',
    ],
    [() => conv2d({ filters: 0, kernelSize: 3 })(x), 'ARGUMENT', 'filters must be a positive whole number; got 0'],
    [
      () => conv2d({ filters: 4, kernelSize: [3, 3, 3] })(x),
      'ARGUMENT',
      'kernelSize must be a positive whole number, or a list of 2',
    ],
    [() => conv2d({ filters: 4, kernelSize: 3, groups: 2 })(x), 'ARGUMENT', '2 groups must divide its 3 channels'],
    [
      () => conv2d({ filters: 4, kernelSize: 3, padding: [1, 1] })(x),
      'ARGUMENT',
      'or [top, left, bottom, right] or { top, left, bottom, right }; got [1, 1]',
    ],
    [() => conv2d({ filters: 2 ** 20, kernelSize: 2 ** 12 })(x), 'SHAPE', 'has more than 1073741824 elements'],
    [
      () => conv2d({ filters: 4, kernelSize: 3, activation: 'rely' as never })(x),
      'ARGUMENT',
      'there is no activation "rely"',
    ],
    [() => add()(x), 'ARGUMENT', 'add on [8, 8, 3]: it takes two or more values'],
    [() => add({ name: 'sum' })([x, input([7, 8, 3])]), 'SHAPE', 'add "sum" on [8, 8, 3], [7, 8, 3]:'],
    [() => maxPool2d()([x, x]), 'ARGUMENT', 'it takes one input, not 2'],
    [() => reshape([5, -1])(x), 'SHAPE', "can't be reshaped"],
    [() => reshape([0, 4])(x), 'ARGUMENT', 'shape must list sizes without the batch'],
    [() => zeroPadding2d({ padding: -1 })(x), 'ARGUMENT', 'padding must be'],
    [() => dropout(1), 'ARGUMENT', 'dropout takes a rate from 0 to below 1, not 1'],
    [() => dense({ units: 3 })([1, 2] as never), 'ARGUMENT', 'dense takes the result of input() or of another layer'],
    [() => input([0, 3]), 'SHAPE', 'input() takes sizes without the batch'],
  ] as const)('%#', (build, code, message) => {
    const error = errorOf(build);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('a layer that was called on other channels before', () => {
    const shared = dense({ units: 2, name: 'shared' });
    shared(input([3]));
    expect(errorOf(() => shared(input([4]))).message).toBe(
      'dense "shared" on [4]: an earlier call gave this layer a weight of [2, 3], this one needs [2, 4]; make two layers',
    );
  });
});

describe('load', () => {
  const build = () => sequential([input([2]), dense({ units: 2, name: 'a' }), batchNorm({ name: 'b' })]);
  const whole = (): Record<string, Tensor> => Object.fromEntries(build().weights);

  test('takes the tensors themselves, and passes over counters', () => {
    const network = build();
    const weights: Record<string, Tensor> = { ...whole(), 'b.num_batches_tracked': tensor(BigInt64Array.of(7n), []) };
    expect(network.load(weights)).toEqual({ missing: [], unexpected: [] });
    expect(network.weights.get('a.weight')).toBe(weights['a.weight']);
  });

  test('lists all that is missing, unexpected or of another shape at once', () => {
    const { 'a.bias': _, 'b.weight': __, ...weights } = whole();
    const error = errorOf(() => build().load({ ...weights, 'c.weight': tensor([1]), 'b.bias': tensor([1, 2, 3]) }));
    expect(error.code).toBe('ARGUMENT');
    expect(error.message.split('\n')).toEqual([
      "the weights aren't this network's: take those of the same architecture",
      '  of another type: b.bias is float32 [3] instead of float32 [2]',
      '  missing: a.bias, b.weight',
      '  unexpected: c.weight',
    ]);
  });

  test('leaves a new head as it is', () => {
    const network = build();
    const first = [...network.weights.get('b.weight')!.data];
    const weights = { ...whole(), 'b.weight': tensor([1, 2, 3]), 'b.bias': tensor([4]) };
    expect(network.load(weights, { except: ['b'] })).toEqual({ missing: [], unexpected: [] });
    expect([...network.weights.get('b.weight')!.data]).toEqual(first);
    expect(network.weights.get('a.bias')).toBe((weights as Record<string, unknown>)['a.bias']);
    expect(errorOf(() => network.load(weights, { except: ['head'] })).message).toBe(
      'except: the network has no layer or parameter "head"',
    );
  });

  test('strict: false reports them, and keeps the first values of what is missing', () => {
    const network = build();
    const { 'a.bias': _, ...weights } = whole();
    expect(network.load(new Map(Object.entries({ ...weights, extra: tensor([1]) })), { strict: false })).toEqual({
      missing: ['a.bias'],
      unexpected: ['extra'],
    });
    expect([...network.weights.get('a.bias')!.data]).toEqual([0, 0]);
    expect(errorOf(() => network.load({ 'a.bias': tensor([1]) }, { strict: false })).message).toContain('a.bias is');
  });
});
