// Each operator called by itself, once, against its reference; and what the calls have in common.
import { beforeAll, describe, expect, it } from 'vitest';
import * as ops from '../../src/eager/index.js';
import { QuadlaneError } from '../../src/errors.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { expectWithin, randomFloats } from '../kernels/numbers.js';
import { convolution } from '../reference/convolution/conv.js';
import type { Elements } from '../reference/elements.js';
import { activations } from '../reference/elementwise/activation.js';
import { binaryFunctions } from '../reference/elementwise/binary.js';
import { concat, pad, transpose } from '../reference/layout/movement.js';
import { matmul } from '../reference/matmul/matmul.js';
import { softmax } from '../reference/normalization/softmax.js';
import { averagePool, maxPool, type PoolShape } from '../reference/pooling/pool.js';

beforeAll(ops.ready);

const random = randomFloats(21);
const floats = (...shape: number[]): Tensor<'float32'> => tensor(random(shape.reduce((a, b) => a * b, 1)), shape);
const elements = ({ shape, data }: Tensor<'float32'>): Elements => ({ shape, values: Array.from(data) });
const map = (x: Tensor<'float32'>, rule: (value: number, i: number) => number) => Array.from(x.data, rule);

/** Fails unless `actual` is as expected within 64 roundings of the largest element, or of 1. */
function expectTensor(actual: Tensor, shape: readonly number[], values: ArrayLike<number>): void {
  expect(actual.dtype).toBe('float32');
  expect(actual.shape).toEqual(shape);
  const largest = Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  expectWithin(actual.data as Float32Array, values, new Array<number>(values.length).fill(largest), 64);
}

describe('images and normalisations', () => {
  const image = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
  const filters = tensor([1, 10, 100, 1000], [1, 1, 2, 2]);

  it('convTranspose', () => {
    const sums = [1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000];
    expectTensor(ops.convTranspose(image, filters, undefined, { strides: 2 }), [1, 4, 4, 1], sums);
    const inside = ops.convTranspose(image, filters, undefined, { strides: 2, padding: 1 });
    expectTensor(inside, [1, 2, 2, 1], [1000, 200, 30, 4]);
  });

  it('resize', () => {
    expectTensor(ops.resize(image, [1, 4], { alignCorners: true }), [1, 1, 4, 1], [1, 4 / 3, 5 / 3, 2]);
    expectTensor(
      ops.resize(image, 4, { interpolation: 'nearest' }),
      [1, 4, 4, 1],
      [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4],
    );
    expectTensor(ops.resize(image, 1, { antialias: true }), [1, 1, 1, 1], [2.5]);
  });

  it('blocks of channels and of pixels', () => {
    const deep = tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 8]);
    expectTensor(ops.depthToSpace(deep, 2), [1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    expectTensor(ops.spaceToDepth(ops.depthToSpace(deep, 2), 2), [1, 1, 1, 8], deep.data);
    expectTensor(ops.pixelShuffle(deep, 2), [1, 2, 2, 2], [1, 5, 2, 6, 3, 7, 4, 8]);
  });

  it('sampling', () => {
    const grid = tensor([0, 0, -1, -1], [1, 2, 1, 2]);
    expectTensor(ops.gridSample(image, grid, { alignCorners: true }), [1, 2, 1, 1], [2.5, 1]);
    const [regions, images] = [tensor([0, 0, 2, 2], [1, 4]), tensor(Int32Array.of(0))];
    expectTensor(ops.roiAlign(image, regions, images, [2, 2]), [1, 2, 2, 1], [1, 2, 3, 4]);
    expectTensor(ops.lpPool(image, { kernelSize: 2 }), [1, 1, 1, 1], [Math.sqrt(30)]);
  });

  it('normalisations', () => {
    const [one, zero] = [tensor([1]), tensor([0])];
    const normal = [-3, -1, 1, 3].map((value) => value / Math.sqrt(5 + 4e-5));
    expectTensor(ops.instanceNorm(image, one, zero), [1, 2, 2, 1], normal);
    expectTensor(ops.groupNorm(image, one, zero, { groups: 1 }), [1, 2, 2, 1], normal);
    expectTensor(ops.layerNorm(tensor([1, 2, 3, 4]), tensor([1, 1, 1, 1])), [4], normal);
    expectTensor(ops.localResponseNorm(tensor([3]), { size: 1, alpha: 1, beta: 0.5 }), [1], [3 / Math.sqrt(10)]);
  });
});

describe('operators', () => {
  const x = floats(1, 5, 6, 4);
  const x5 = [1, 1, 5, 6, 4];

  it('conv2d', () => {
    const [w, bias, residual] = [floats(3, 4, 3, 3), floats(3), floats(1, 3, 3, 3)];
    const options = { strides: [1, 2, 2], paddingBefore: [0, 1, 1], paddingAfter: [0, 1, 1] } as const;
    const sums = convolution(x.data, x5, w.data, [3, 4, 1, 3, 3], bias.data, options);
    expectTensor(ops.conv2d(x, w, bias, { strides: 2, padding: 1 }), [1, 3, 3, 3], sums);
    const active = Array.from(sums, (sum, i) => Math.min(6, Math.max(0, sum + residual.data[i])));
    expectTensor(
      ops.conv2d(x, w, bias, { strides: 2, padding: 1, residual, activation: 'relu6' }),
      [1, 3, 3, 3],
      active,
    );
    const same = convolution(x.data, x5, w.data, [3, 4, 1, 3, 3], null, { ...options, strides: [1, 1, 1] });
    expectTensor(ops.conv2d(x, w, undefined, { padding: 'same' }), [1, 5, 6, 3], same);
    const valid = convolution(x.data, x5, w.data, [3, 4, 1, 3, 3], null, { dilations: [1, 2, 1] });
    expectTensor(ops.conv2d(x, w, undefined, { padding: 'valid', dilations: [2, 1] }), [1, 1, 4, 3], valid);
  });

  it('conv1d', () => {
    const [line, w] = [floats(2, 7, 3), floats(5, 3, 2)];
    expectTensor(
      ops.conv1d(line, w),
      [2, 6, 5],
      convolution(line.data, [2, 1, 1, 7, 3], w.data, [5, 3, 1, 1, 2], null),
    );
  });

  it('depthwiseConv2d', () => {
    const w = floats(4, 1, 3, 3);
    const sums = convolution(x.data, x5, w.data, [4, 1, 1, 3, 3], null, { groups: 4 });
    expectTensor(ops.depthwiseConv2d(x, w), [1, 3, 4, 4], sums);
  });

  it('pools', () => {
    const shape: PoolShape = {
      images: 1,
      channels: 4,
      input: [1, 5, 6],
      kernel: [1, 2, 2],
      strides: [1, 2, 2],
      dilations: [1, 1, 1],
      before: [0, 1, 1],
      behind: [0, 1, 1],
    };
    expectTensor(ops.maxPool(x, { kernelSize: 2, padding: 1 }), [1, 3, 4, 4], maxPool(x.data, shape).output);
    expectTensor(ops.averagePool(x, { kernelSize: 2, padding: 1 }), [1, 3, 4, 4], averagePool(x.data, shape, false));
    const counted = ops.averagePool(x, { kernelSize: [2, 2], padding: [1, 1, 1, 1], includePadding: true });
    expectTensor(counted, [1, 3, 4, 4], averagePool(x.data, shape, true));
    const ceil: PoolShape = { ...shape, before: [0, 0, 0], behind: [0, 0, 0], ceil: true };
    expectTensor(ops.maxPool(x, { kernelSize: 2, ceil: true }), [1, 3, 3, 4], maxPool(x.data, ceil).output);
  });

  it('global pools', () => {
    const channel = (c: number) => map(x, (value) => value).filter((_, i) => i % 4 === c);
    const means = [0, 1, 2, 3].map((c) => channel(c).reduce((sum, value) => sum + value, 0) / 30);
    expectTensor(ops.globalAveragePool(x), [1, 1, 1, 4], means);
    expectTensor(
      ops.globalMaxPool(x),
      [1, 1, 1, 4],
      [0, 1, 2, 3].map((c) => Math.max(...channel(c))),
    );
  });

  it('matmul and dense', () => {
    const [a, b, bias] = [floats(3, 5), floats(5, 7), floats(7)];
    expectTensor(ops.matmul(a, b), [3, 7], matmul(a.data, b.data, null, 3, 5, 7));
    const turned = ops.matmul(ops.transpose(a, [1, 0]), ops.transpose(b, [1, 0]), {
      transposeA: true,
      transposeB: true,
    });
    expectTensor(turned, [3, 7], matmul(a.data, b.data, null, 3, 5, 7));
    const active = matmul(a.data, b.data, bias.data, 3, 5, 7).map((sum) => Math.max(0, sum));
    expectTensor(ops.dense(a, ops.transpose(b, [1, 0]), bias, { activation: 'relu' }), [3, 7], active);
  });

  it('batchNorm', () => {
    const [scale, shift, mean] = [floats(4), floats(4), floats(4)];
    const variance = tensor([1, 2, 3, 4]);
    const normal = map(x, (value, i) => {
      const c = i % 4;
      return ((value - mean.data[c]) / Math.sqrt(variance.data[c] + 1e-3)) * scale.data[c] + shift.data[c];
    });
    expectTensor(ops.batchNorm(x, scale, shift, mean, variance, { epsilon: 1e-3 }), x.shape, normal);
  });

  it('softmax and logSoftmax', () => {
    expectTensor(ops.softmax(x), x.shape, softmax(x.data, 30, 4, 1, false));
    expectTensor(ops.logSoftmax(x, { axis: 1 }), x.shape, softmax(x.data, 1, 5, 24, true));
  });

  it('activations', () => {
    expectTensor(
      ops.relu(x),
      x.shape,
      map(x, (value) => Math.max(0, value)),
    );
    expectTensor(
      ops.relu6(ops.mul(x, tensor(10, []))),
      x.shape,
      map(x, (value) => Math.min(6, Math.max(0, 10 * value))),
    );
    expectTensor(
      ops.clip(x, { min: -0.5, max: 0.25 }),
      x.shape,
      map(x, (value) => Math.min(0.25, Math.max(-0.5, value))),
    );
    expectTensor(ops.clip(x), x.shape, x.data);
    expectTensor(
      ops.leakyRelu(x),
      x.shape,
      map(x, (value) => activations.leakyRelu(value, 0.01)),
    );
    expectTensor(
      ops.elu(x),
      x.shape,
      map(x, (value) => activations.elu(value, 1)),
    );
    expectTensor(ops.sigmoid(x), x.shape, map(x, activations.sigmoid));
    expectTensor(ops.tanh(x), x.shape, map(x, Math.tanh));
    expectTensor(ops.activation(x, { activation: 'gelu' }), x.shape, map(x, activations.gelu));
    const selu = map(x, (value) => activations.selu(value, 1.6732632423543772, 1.0507009873554805));
    expectTensor(ops.activation(x, { activation: 'selu' }), x.shape, selu);
  });

  const arithmetic = { add: ops.add, sub: ops.sub, mul: ops.mul, div: ops.div };
  it.each(Object.keys(arithmetic) as (keyof typeof arithmetic)[])('%s broadcasts', (name) => {
    const factors = tensor([1, -2, 3, 4]);
    const values = map(x, (value, i) => binaryFunctions[name](value, factors.data[i % 4]));
    expectTensor(arithmetic[name](x, factors), x.shape, values);
  });

  it('concat, pad, transpose and reshape', () => {
    const y = floats(1, 5, 6, 2);
    const joined = concat([elements(x), elements(y)], 3);
    expectTensor(ops.concat([x, y], { axis: -1 }), joined.shape, joined.values);
    const padding = [0, 1, 0, 0, 0, 0, 2, 0];
    const padded = pad(elements(x), padding, -3);
    expectTensor(ops.pad(x, padding, { value: -3 }), padded.shape, padded.values);
    const turned = transpose(elements(x), [0, 3, 1, 2]);
    expectTensor(ops.transpose(x, [0, 3, 1, 2]), turned.shape, turned.values);
    expectTensor(ops.reshape(x, [4, -1]), [4, 30], x.data);
  });
});

describe('calls', () => {
  it('may come in any number of shapes, again and again', () => {
    for (let round = 0; round < 2; round++) {
      for (let extent = 1; extent <= 40; extent++) {
        const x = floats(extent, 3);
        expectTensor(
          ops.relu(x),
          [extent, 3],
          map(x, (value) => Math.max(0, value)),
        );
      }
    }
  });

  it('do not mix up attributes that read alike', () => {
    const x = tensor([[[1], [2], [3], [4]]]);
    expect([...ops.maxPool(x, { kernelSize: 2 }).data]).toEqual([2, 4]);
    expect([...ops.maxPool(x, { kernelSize: 2, strides: 1 }).data]).toEqual([2, 3, 4]);
    expect([...ops.clip(tensor([-1, 5]), { min: 0, max: 1 }).data]).toEqual([0, 1]);
    expect([...ops.clip(tensor([-1, 5]), { min: 0, max: 2 }).data]).toEqual([0, 2]);
    expect([...ops.clip(tensor([-1, 2, 5]), { min: 3, max: 1 }).data]).toEqual([1, 1, 1]);
    expect([...ops.maxPoolWithIndices(x, { kernelSize: 2 }).indices.data]).toEqual([1n, 3n]);
    const matrix = tensor([[[1, 2]]]);
    expect(ops.sum(matrix).shape).toEqual([]);
    expect(ops.sum(matrix, { axes: [] }).shape).toEqual([1, 1, 2]);
    expect(ops.squeeze(matrix).shape).toEqual([2]);
    expect(ops.squeeze(matrix, { axes: [] }).shape).toEqual([1, 1, 2]);
    expect(Object.is(ops.fill([1], 0).data[0], 0)).toBe(true);
    expect(Object.is(ops.fill([1], -0).data[0], -0)).toBe(true);
  });

  it('return tensors of their own', () => {
    const first = ops.relu(tensor([1, -2]));
    ops.relu(tensor([5, 6]));
    expect([...first.data]).toEqual([1, 0]);
  });

  const wrong: [string, () => unknown, string, string][] = [
    [
      'a plain array',
      () => ops.relu([1, 2] as never),
      'ARGUMENT',
      'activation: argument 1 must be a tensor; make one with tensor(data, shape)',
    ],
    ...[ops.conv2d, ops.depthwiseConv2d, ops.maxPool, ops.resize].map((call): (typeof wrong)[number] => [
      `a plain array for ${call.name}`,
      () => call([[1, 2]] as never, 2 as never),
      'ARGUMENT',
      'argument 1 must be a tensor; make one with tensor(data, shape)',
    ]),
    [
      'strides by name',
      () => ops.conv2d(floats(1, 4, 4, 3), floats(2, 3, 3, 3), undefined, { strides: 'same' as never }),
      'ARGUMENT',
      'strides must be a positive whole number, or a list of 2; got "same"',
    ],
    [
      'shapes that do not broadcast',
      () => ops.add(floats(2), floats(3)),
      'SHAPE',
      'binary "binary" (inputs [2], [3]): [2] and [3] don\'t broadcast: 2 against 3',
    ],
    [
      'types that differ',
      () => ops.add(floats(2), tensor(Int32Array.of(1, 2))),
      'SHAPE',
      'add takes two tensors of one type, not float32 and int32',
    ],
    [
      'an unknown activation',
      () => ops.activation(floats(2), { activation: 'swish' as never }),
      'ARGUMENT',
      'there is no activation "swish"; choose one of none, clip',
    ],
    [
      'a kernel that does not fit',
      () => ops.maxPool(floats(1, 2, 2, 1), { kernelSize: 3 }),
      'SHAPE',
      "a kernel that reaches over 3 doesn't fit axis 0 of 2 padded by 0 + 0",
    ],
    [
      'filters for other channels',
      () => ops.conv2d(floats(1, 4, 4, 3), floats(2, 4, 3, 3)),
      'SHAPE',
      "don't match filters [2, 4, 3, 3]",
    ],
    [
      'a wrong bias',
      () => ops.conv2d(floats(1, 4, 4, 3), floats(2, 3, 3, 3), floats(3)),
      'SHAPE',
      'the bias of 2 filters must be [2], not [3]',
    ],
    [
      'a residual of another shape',
      () => ops.conv2d(floats(1, 4, 4, 3), floats(2, 3, 3, 3), undefined, { residual: floats(1, 1, 1, 2) }),
      'SHAPE',
      'residual',
    ],
    ['inner sizes that differ', () => ops.matmul(floats(2, 3), floats(2, 3)), 'SHAPE', "3 columns don't meet 2 rows"],
    [
      'parts that do not fit',
      () => ops.concat([floats(2, 3), floats(3, 2)], { axis: 0 }),
      'SHAPE',
      'must agree in type and all other axes',
    ],
    ['an axis outside', () => ops.softmax(floats(2, 3), { axis: 2 }), 'SHAPE', 'axis 2 is outside a tensor of rank 2'],
    [
      'another number of elements',
      () => ops.reshape(floats(2, 3), [4, -1]),
      'SHAPE',
      "[2, 3] has 6 elements and can't be reshaped to [4, -1]",
    ],
    [
      'no order of the axes',
      () => ops.transpose(floats(2, 3), [0, 0]),
      'SHAPE',
      '[0, 0] is no order of the axes of [2, 3]',
    ],
    ['nothing to join', () => ops.concat([], { axis: 0 }), 'SHAPE', 'concat needs at least one'],
    ['integers', () => ops.relu(tensor(Int32Array.of(1)) as never), 'UNSUPPORTED', 'float32, not int32'],
    [
      'a softmax of integers',
      () => ops.softmax(tensor(Int32Array.of(1)) as never),
      'UNSUPPORTED',
      'float32, not int32',
    ],
    [
      'a convolution of bytes',
      () => ops.conv2d(tensor(new Uint8Array(9), [1, 3, 3, 1]), floats(1, 1, 3, 3)),
      'UNSUPPORTED',
      'float32, not uint8',
    ],
    [
      'a sum of bools',
      () => ops.sum(tensor(Uint8Array.of(1, 1, 0), [3], 'bool')),
      'UNSUPPORTED',
      'sum of bool would wrap: cast it to int32',
    ],
    [
      'a running sum of bytes',
      () => ops.cumSum(tensor(Uint8Array.of(200, 100))),
      'UNSUPPORTED',
      'cumSum of uint8 would wrap: cast it to int32',
    ],
    [
      'a product of integers',
      () => ops.matmul(tensor(Int32Array.of(1), [1, 1]), floats(1, 1)),
      'UNSUPPORTED',
      'float32, not int32',
    ],
    [
      'a mean of bytes',
      () => ops.averagePool(tensor(new Uint8Array(9), [1, 3, 3, 1]), { kernelSize: 2 }),
      'UNSUPPORTED',
      'float32, not uint8',
    ],
    [
      'a global mean of bytes',
      () => ops.globalAveragePool(tensor(new Uint8Array(9), [1, 3, 3, 1])),
      'UNSUPPORTED',
      'float32, not uint8',
    ],
  ];

  it.each(wrong)('refuse %s and go on', (_, call, code, message) => {
    let error: unknown;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(QuadlaneError);
    expect((error as QuadlaneError).message).toContain(message);
    expect((error as QuadlaneError).code).toBe(code);
    expect([...ops.relu(tensor([-1, 2])).data]).toEqual([0, 2]);
  });
});
