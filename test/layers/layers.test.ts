// What each layer computes, against values worked out by hand or in plain loops.
import { describe, expect, test } from 'vitest';
import * as layers from '../../src/layers/index.js';
import { sizeOf } from '../../src/shape.js';
import { tensor } from '../../src/tensor.js';

/** The result of one layer on one sample, its parameters `weights` by role. */
function run(layer: layers.Layer, shape: number[], data: number[], weights: Record<string, number[]> = {}) {
  const network = layers.sequential([layers.input(shape), layer]);
  const named = network.parameters.map(({ name, layer: owner, shape: sizes }) => {
    const values = weights[name.slice(owner.length + 1)] ?? new Array<number>(sizeOf(sizes)).fill(1);
    return [name, tensor(Float32Array.from(values), sizes)] as const;
  });
  network.load(new Map(named));
  using model = layers.compileSync(network, { deterministic: true });
  const { output } = model.runSync({ input: tensor(Float32Array.from(data), [1, ...shape]) });
  return { shape: output!.shape.slice(1), data: Array.from(output!.data, Number) };
}

const count = (length: number) => Array.from({ length }, (_, i) => i);

describe('convolutions', () => {
  test('conv1d: valid, then padded left and right', () => {
    const weights = { weight: [1, 10], bias: [0] };
    expect(run(layers.conv1d({ filters: 1, kernelSize: 2 }), [3, 1], [1, 2, 3], weights).data).toEqual([21, 32]);
    const padded = run(layers.conv1d({ filters: 1, kernelSize: 2, padding: [2, 0] }), [3, 1], [1, 2, 3], weights);
    expect(padded.data).toEqual([0, 10, 21, 32]);
  });

  test('conv2d: padding is top, left, bottom, right', () => {
    const { shape, data } = run(
      layers.conv2d({ filters: 1, kernelSize: [1, 2], padding: [1, 2, 0, 0], useBias: false }),
      [1, 2, 1],
      [3, 4],
      { weight: [1, 10] },
    );
    expect(shape).toEqual([2, 3, 1]);
    expect(data).toEqual([0, 0, 0, 0, 30, 43]);
  });

  test('conv2d: same, strides and dilation', () => {
    const same = run(layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', strides: 2 }), [5, 4, 1], count(20));
    expect(same.shape).toEqual([3, 2, 2]);
    const wide = run(layers.conv2d({ filters: 1, kernelSize: 2, dilations: 2, useBias: false }), [3, 3, 1], count(9));
    expect(wide.data).toEqual([0 + 2 + 6 + 8]);
  });

  test('depthwiseConv2d: filters of a channel stand side by side', () => {
    const options = { kernelSize: 1, depthMultiplier: 2, useBias: false };
    expect(run(layers.depthwiseConv2d(options), [1, 1, 2], [5, 7], { weight: [1, 2, 3, 4] }).data).toEqual([
      5, 10, 21, 28,
    ]);
  });

  test('separableConv2d mixes what it filtered', () => {
    const weights = { 'depthwise.weight': [2, 3], 'pointwise.weight': [1, 1, 1, -1], 'pointwise.bias': [0, 1] };
    expect(run(layers.separableConv2d({ filters: 2, kernelSize: 1 }), [1, 1, 2], [5, 7], weights).data).toEqual([
      31, -10,
    ]);
  });

  test('convTranspose2d: strides enlarge, same keeps multiples, outputPadding adds', () => {
    const weights = { weight: [1, 10], bias: [0] };
    const options = { filters: 1, kernelSize: [1, 2], strides: [1, 2] } as const;
    expect(run(layers.convTranspose2d(options), [1, 2, 1], [3, 4], weights).data).toEqual([3, 30, 4, 40]);
    const added = run(layers.convTranspose2d({ ...options, outputPadding: [0, 1] }), [1, 2, 1], [3, 4], weights);
    expect(added.data).toEqual([3, 30, 4, 40, 0]);
    const same = { filters: 3, kernelSize: 3, strides: 2, padding: 'same' } as const;
    expect(run(layers.convTranspose2d(same), [3, 4, 2], count(24)).shape).toEqual([6, 8, 3]);
  });

  test('activations as an option', () => {
    const dense = (activation: layers.ActivationOption) =>
      run(layers.dense({ units: 2, activation, useBias: false }), [1], [2], { weight: [-4, 5] }).data;
    expect(dense('linear')).toEqual([-8, 10]);
    expect(dense('relu6')).toEqual([0, 6]);
    expect(dense({ activation: 'leakyRelu', alpha: 0.5 })).toEqual([-4, 10]);
    expect(dense('softmax')[0]! + dense('softmax')[1]!).toBeCloseTo(1, 6);
  });
});

describe('pools', () => {
  test('maxPool2d does not overlap by default; ceil takes the rest along', () => {
    expect(run(layers.maxPool2d(), [3, 3, 1], count(9)).data).toEqual([4]);
    expect(run(layers.maxPool2d({ ceil: true }), [3, 3, 1], count(9)).data).toEqual([4, 5, 7, 8]);
  });

  test('averagePool2d counts its padding when asked', () => {
    const pool = (includePadding: boolean) =>
      run(layers.averagePool2d({ kernelSize: 3, padding: 1, strides: 3, includePadding }), [2, 2, 1], [1, 2, 3, 3])
        .data;
    expect(pool(false)).toEqual([2.25]);
    expect(pool(true)).toEqual([1]);
  });

  test('pools in one dimension, and global ones', () => {
    expect(run(layers.maxPool1d(), [4, 1], [1, 5, 3, 2]).data).toEqual([5, 3]);
    expect(run(layers.averagePool1d(), [4, 1], [1, 5, 3, 2]).data).toEqual([3, 2.5]);
    expect(run(layers.globalMaxPool1d(), [2, 2], [1, 5, 3, 2])).toEqual({ shape: [2], data: [3, 5] });
    expect(run(layers.globalAveragePool1d(), [2, 2], [1, 5, 3, 2])).toEqual({ shape: [2], data: [2, 3.5] });
    expect(run(layers.globalMaxPool2d(), [2, 1, 1], [1, 5])).toEqual({ shape: [1], data: [5] });
    expect(run(layers.globalAveragePool2d({ keepDims: true }), [2, 1, 1], [1, 5])).toEqual({
      shape: [1, 1, 1],
      data: [3],
    });
  });

  test.each([
    [[4, 4], 2],
    [[7, 5], 3],
    [[2, 3], 6],
  ] as const)('adaptiveAveragePool2d of %j to %d', ([rows, columns], size) => {
    const data = count(rows * columns * 2).map((i) => Math.sin(i));
    const expected: number[] = [];
    const window = (i: number, extent: number) =>
      [Math.floor((i * extent) / size), Math.ceil(((i + 1) * extent) / size)] as const;
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        for (let channel = 0; channel < 2; channel++) {
          const [top, bottom] = window(y, rows);
          const [left, right] = window(x, columns);
          let sum = 0;
          for (let row = top; row < bottom; row++)
            for (let column = left; column < right; column++) sum += data[(row * columns + column) * 2 + channel]!;
          expected.push(sum / ((bottom - top) * (right - left)));
        }
    const result = run(layers.adaptiveAveragePool2d(size), [rows, columns, 2], data);
    expect(result.shape).toEqual([size, size, 2]);
    result.data.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 6);
    });
  });
});

describe('moves', () => {
  test('flatten, pixel by pixel and channel by channel', () => {
    expect(run(layers.flatten(), [2, 1, 2], [1, 2, 3, 4])).toEqual({ shape: [4], data: [1, 2, 3, 4] });
    expect(run(layers.flatten({ channelsFirst: true }), [2, 1, 2], [1, 2, 3, 4]).data).toEqual([1, 3, 2, 4]);
  });

  test('reshape and permute leave the batch alone', () => {
    expect(run(layers.reshape([-1, 2]), [2, 3], count(6)).shape).toEqual([3, 2]);
    expect(run(layers.permute([2, 1]), [2, 3], count(6)).data).toEqual([0, 3, 1, 4, 2, 5]);
  });

  test('zeroPadding2d: top, left, bottom, right', () => {
    const { shape, data } = run(layers.zeroPadding2d({ padding: [1, 1, 0, 2] }), [1, 1, 1], [7]);
    expect(shape).toEqual([2, 4, 1]);
    expect(data).toEqual([0, 0, 0, 0, 0, 7, 0, 0]);
  });

  test('sliceChannels, channelShuffle, pixelShuffle', () => {
    expect(run(layers.sliceChannels(1, 3), [1, 1, 4], count(4)).data).toEqual([1, 2]);
    expect(run(layers.channelShuffle(2), [1, 1, 6], count(6)).data).toEqual([0, 3, 1, 4, 2, 5]);
    expect(run(layers.pixelShuffle(2), [1, 2, 4], count(8))).toEqual({
      shape: [2, 4, 1],
      data: [0, 1, 4, 5, 2, 3, 6, 7],
    });
  });
});

describe('interpolation', () => {
  test('upsampling2d repeats or interpolates between pixel centres', () => {
    expect(run(layers.upsampling2d(), [1, 2, 1], [1, 5]).data).toEqual([1, 1, 5, 5, 1, 1, 5, 5]);
    const linear = run(layers.upsampling2d({ size: [1, 2], interpolation: 'linear' }), [1, 2, 1], [1, 5]);
    expect(linear.data).toEqual([1, 2, 4, 5]);
  });

  test('resizing2d takes any size', () => {
    expect(run(layers.resizing2d([1, 3]), [2, 6, 1], count(12)).data).toEqual([0, 2, 4]);
    expect(run(layers.resizing2d([3, 5], { interpolation: 'linear' }), [2, 2, 1], count(4)).shape).toEqual([3, 5, 1]);
  });
});

describe('activations and norms', () => {
  test.each([
    ['relu', layers.relu(), (x: number) => Math.max(0, x)],
    ['relu6', layers.relu6(), (x: number) => Math.min(6, Math.max(0, x))],
    ['leakyRelu', layers.leakyRelu({ alpha: 0.2 }), (x: number) => (x < 0 ? 0.2 * x : x)],
    ['elu', layers.elu(), (x: number) => (x < 0 ? Math.expm1(x) : x)],
    ['sigmoid', layers.sigmoid(), (x: number) => 1 / (1 + Math.exp(-x))],
    ['tanh', layers.tanh(), Math.tanh],
    ['hardSwish', layers.hardSwish(), (x: number) => (x * Math.min(6, Math.max(0, x + 3))) / 6],
    ['silu', layers.silu(), (x: number) => x / (1 + Math.exp(-x))],
    [
      'geluTanh',
      layers.activation('geluTanh'),
      (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    ],
    ['linear', layers.activation('linear'), (x: number) => x],
  ] as const)('%s', (_, layer, reference) => {
    const data = [-4, -1.5, -0.25, 0, 0.5, 2, 7];
    run(layer, [7], data).data.forEach((value, index) => {
      expect(value).toBeCloseTo(reference(data[index]!), 5);
    });
  });

  test('gelu is x at both ends of what matters', () => {
    expect(run(layers.gelu(), [3], [-8, 0, 8]).data.map(Math.round).map(Math.abs)).toEqual([0, 0, 8]);
  });

  test('crelu doubles the channels', () => {
    expect(run(layers.crelu(), [1, 2], [3, -4])).toEqual({ shape: [1, 4], data: [3, 0, 0, 4] });
  });

  test('softmax along an axis', () => {
    const { data } = run(layers.softmax({ axis: 1 }), [2, 2], [1, 2, 1, 2]);
    for (const value of data) expect(value).toBeCloseTo(0.5, 6);
  });

  test('localResponseNorm divides by what its neighbours have', () => {
    const norm = layers.localResponseNorm({ size: 3, alpha: 3, beta: 0.5, bias: 2 });
    const data = [1, 2, 3];
    run(norm, [1, 1, 3], data).data.forEach((value, index) => {
      const squares = [1 + 4, 1 + 4 + 9, 4 + 9][index]!;
      expect(value).toBeCloseTo(data[index]! / Math.sqrt(2 + squares), 5);
    });
  });

  /** Mean and deviation with the epsilon, of the values at `places`. */
  const normalized = (data: readonly number[], places: readonly number[], epsilon: number) => {
    const mean = places.reduce((sum, at) => sum + data[at]!, 0) / places.length;
    const variance = places.reduce((sum, at) => sum + (data[at]! - mean) ** 2, 0) / places.length;
    return places.map((at) => (data[at]! - mean) / Math.sqrt(variance + epsilon));
  };
  const uneven = [1, 2, 4, 8, -3, 5, 0.5, 7, -1, 2, 6, -9];

  test.each([
    ['the last axis', -1, [2], 6],
    ['the last two', -2, [3, 2], 2],
    ['the last two, counted from the batch', 2, [3, 2], 2],
    ['all of an example', 1, [2, 3, 2], 1],
  ])('layerNorm over %s', (_, axis, inner, rows) => {
    const size = uneven.length / rows;
    const values = Array.from({ length: size }, (_, i) => 0.5 + i / 4);
    const norm = layers.layerNorm({ axis, epsilon: 0.01 });
    const { data } = run(norm, [2, 3, 2], uneven, { weight: values, bias: values });
    expect(layers.sequential([layers.input([2, 3, 2]), layers.layerNorm({ axis })]).parameters[0]!.shape).toEqual(
      inner,
    );
    for (let row = 0; row < rows; row++) {
      const places = Array.from({ length: size }, (_, i) => row * size + i);
      normalized(uneven, places, 0.01).forEach((value, i) => {
        expect(data[places[i]!]).toBeCloseTo(value * values[i]! + values[i]!, 5);
      });
    }
  });

  test.each([
    [
      'groupNorm',
      layers.groupNorm({ groups: 2, epsilon: 0.01 }),
      [
        [0, 1, 4, 5, 8, 9],
        [2, 3, 6, 7, 10, 11],
      ],
    ],
    [
      'instanceNorm',
      layers.instanceNorm({ epsilon: 0.01 }),
      [
        [0, 4, 8],
        [1, 5, 9],
        [2, 6, 10],
        [3, 7, 11],
      ],
    ],
  ] as const)('%s', (_, norm, groups) => {
    const weight = [1, -2, 0.5, 3];
    const { data } = run(norm, [3, 1, 4], uneven, { weight, bias: weight });
    for (const places of groups) {
      normalized(uneven, places, 0.01).forEach((value, i) => {
        const channel = places[i]! % 4;
        expect(data[places[i]!]).toBeCloseTo(value * weight[channel]! + weight[channel]!, 5);
      });
    }
  });

  test('batchNorm normalises by its statistics; dropout passes on', () => {
    const weights = { weight: [2], bias: [1], running_mean: [3], running_var: [4 - 1e-5] };
    run(layers.batchNorm(), [3, 1], [3, 5, 1], weights).data.forEach((value, index) => {
      expect(value).toBeCloseTo([1, 3, -1][index]!, 5);
    });
    expect(run(layers.dropout(0.9), [3], [3, 5, 1]).data).toEqual([3, 5, 1]);
  });
});
