// The quantizer: what runs in 8 bits, how near it comes, what leaves as a file, and what is refused.

import { describe, expect, it } from 'vitest';
import { eightBits } from '../../src/graph/passes/eightBits.js';
import { conv2d, depthwiseConv2d, input, relu, relu6, sequential } from '../../src/layers/index.js';
import { loadModel } from '../../src/model/load.js';
import { type CalibrationMethod, quantize } from '../../src/quantize/index.js';
import { type Tensor, tensor } from '../../src/tensor.js';
import { argMax, digits, labels, lenetBytes } from './digits.js';
import { images, mixed } from './networks.js';

const ratio = (exact: Tensor, rounded: Tensor): number => {
  let [signal, noise] = [0, 0];
  exact.toFloat32().forEach((value, i) => {
    signal += value ** 2;
    noise += (value - Number(rounded.data[i])) ** 2;
  });
  return 10 * Math.log10(signal / noise);
};

describe('what runs in 8 bits', () => {
  it('all from the input to the softmax, but what the compiler has no integers for', async () => {
    using quantized = await quantize(mixed(), { calibration: images(8) });
    const { graph } = quantized;
    expect(graph.dialect.passes).toContain(eightBits);
    const operators = quantized.summary().match(/(convInteger|matmulInteger|lookUp|add|mul) /g)!;
    const count = (name: string) => operators.filter((one) => one.trim() === name).length;
    expect([count('convInteger'), count('matmulInteger')]).toEqual([5, 1]);
    expect(count('add')).toBe(1);
    expect(quantized.summary()).not.toMatch(/ conv /);
  });

  // A value whose deviation is an eighth of its range is 20 log(255 / 8) + 10 log 12 = 41 dB above its rounding. Some 25 of them,
  // weights included, are rounded on the way: 10 log 25 = 14 dB less. Two more for inputs beyond the ranges of the samples.
  it.each<[CalibrationMethod, number]>([
    ['minMax', 25],
    ['percentile', 25],
    ['entropy', 25],
    ['meanSquaredError', 25],
  ])('%s: outputs are at least %i dB above their error, on other inputs too', async (method, least) => {
    const net = mixed();
    using exact = await loadModel(
      await (await import('../../src/layers/index.js')).compile(net).then((one) => one.save()),
    );
    using quantized = await quantize(net, { calibration: images(8), method });
    const [sample] = images(1, undefined, 99);
    expect(
      ratio(exact.runSync({ image: sample }).probabilities, quantized.runSync({ image: sample }).probabilities),
    ).toBeGreaterThan(least);
    expect(quantized.report!.outputs.probabilities).toBeGreaterThan(least);
  });

  it('one scale for all filters, and symmetric activations', async () => {
    using quantized = await quantize(mixed(), { calibration: images(8), perChannel: false, symmetric: true });
    const scales = [...quantized.graph.constants].filter(([name]) => name.endsWith('/scales'));
    expect(scales.length).toBe(6);
    expect(scales.every(([, { size }]) => size === 1)).toBe(true);
    expect([...quantized.graph.constants.values()].some(({ dtype }) => dtype === 'uint8')).toBe(false);
    // One scale for filters of about one size: within a bit, 6 dB, of one for each.
    expect(quantized.report!.outputs.probabilities).toBeGreaterThan(19);
  });

  it('any batch, and samples that come asynchronously in batches', async () => {
    async function* samples() {
      yield { image: images(1, [3, 12, 12, 3])[0] };
      yield images(1, [2, 12, 12, 3])[0];
    }
    using quantized = await quantize(mixed(), { calibration: samples() });
    expect(quantized.runSync({ image: images(1, [5, 12, 12, 3])[0] }).probabilities.shape).toEqual([5, 6]);
  });

  it('excluded layers stay in float, by name and by the beginning of it', async () => {
    using quantized = await quantize(mixed(), { calibration: images(4), exclude: ['stem', 'head'] });
    const inFloat = quantized.report!.layers.filter(({ precision }) => precision === 'float32');
    expect(inFloat.map(({ layer }) => layer).sort()).toEqual(['head', 'stem']);
    expect(quantized.summary()).toMatch(/conv/);
  });
});

describe('what rounding costs', () => {
  it('reports layers, the worst first, as a table too', async () => {
    using quantized = await quantize(mixed(), { calibration: images(4) });
    const { layers } = quantized.report!;
    expect(layers.length).toBe(6);
    expect(layers.map(({ signalToNoise }) => signalToNoise)).toEqual(
      layers.map((one) => one.signalToNoise).sort((a, b) => a - b),
    );
    expect(String(quantized.report)).toContain(layers[0].layer);
  });

  it('leaves layers in float until the outputs are as near as asked for, and no more', async () => {
    const calibration = images(4);
    using plain = await quantize(mixed(), { calibration });
    const bound = plain.report!.outputs.probabilities + 4;
    using partly = await quantize(mixed(), { calibration, mixedPrecision: { signalToNoise: bound } });
    const left = partly.report!.layers.filter(({ precision }) => precision === 'float32').length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(6);
    expect(partly.report!.outputs.probabilities).toBeGreaterThanOrEqual(bound);
    using same = await quantize(mixed(), { calibration, mixedPrecision: { signalToNoise: bound - 8 } });
    expect(same.report!.layers.every(({ precision }) => precision === 'int8')).toBe(true);
  });

  it("or until the caller's own measure loses little enough", async () => {
    let asked = 0;
    const evaluate = () => [1, 0.5, 0.95, 0.98][Math.min(asked++, 3)];
    using partly = await quantize(mixed(), { calibration: images(2), mixedPrecision: { maxLoss: 0.1, evaluate } });
    expect(partly.report!.layers.some(({ precision }) => precision === 'float32')).toBe(true);
  });

  it('equalised channels and corrected biases bring weights of one scale nearer', async () => {
    const net = sequential([
      input([12, 12, 3], { name: 'image' }),
      conv2d({ filters: 8, kernelSize: 3, name: 'a' }),
      relu6(),
      depthwiseConv2d({ kernelSize: 3, name: 'b' }),
      relu(),
      conv2d({ filters: 4, kernelSize: 1, name: 'c' }),
    ]);
    const weights = new Map(net.weights);
    const uneven = weights
      .get('a.weight')!
      .toFloat32()
      .map((value, i) => value * 4 ** (Math.floor(i / 27) - 6));
    weights.set('a.weight', tensor(uneven, [8, 3, 3, 3]));
    const even = weights
      .get('b.weight')!
      .toFloat32()
      .map((value, i) => value / 4 ** (Math.floor(i / 9) - 6));
    weights.set('b.weight', tensor(even, [8, 1, 3, 3]));
    net.load(weights);
    const calibration = images(4);
    const ratioOf = async (equalize: boolean) => {
      using quantized = await quantize(net, { calibration, perChannel: false, equalize });
      return Object.values(quantized.report!.outputs)[0];
    };
    expect(await ratioOf(true)).toBeGreaterThan((await ratioOf(false)) + 6);
  });
});

describe('LeNet-5 on real digits', () => {
  it.each<CalibrationMethod>(['minMax', 'percentile', 'entropy', 'meanSquaredError'])(
    '%s: every digit stays what it was',
    async (method) => {
      using exact = await loadModel(lenetBytes);
      const [name] = exact.graph.outputs;
      using quantized = await quantize(exact, { calibration: digits.slice(0, 20), method });
      const answers = digits.map((image) => argMax(quantized.runSync({ image })[name]));
      const before = digits.map((image) => argMax(exact.runSync({ image })[name]));
      expect(answers).toEqual(before);
      expect(answers.filter((answer, i) => answer === labels[i]).length).toBeGreaterThanOrEqual(39);
    },
  );
});

describe('files', () => {
  it('saved and loaded, the same bits', async () => {
    const [sample] = images(1, undefined, 7);
    using quantized = await quantize(mixed(), { calibration: images(4) });
    using loaded = await loadModel(await quantized.save());
    const [a, b] = [quantized, loaded].map((one) => one.runSync({ image: sample }).probabilities.data);
    expect(b).toEqual(a);
  });
});

describe('what is refused', () => {
  const refused = (options: object, source: unknown = mixed()) => quantize(source as never, options as never);
  const nan = tensor(new Float32Array(432).fill(Number.NaN), [1, 12, 12, 3]);

  it.each<[string, string, object, RegExp]>([
    ['no samples', 'ARGUMENT', {}, /needs sample inputs/],
    ['an empty list', 'ARGUMENT', { calibration: [] }, /is empty/],
    ['what is no list', 'ARGUMENT', { calibration: images(1)[0] }, /must be a list/],
    ['a number', 'ARGUMENT', { calibration: 7 }, /must be a list/],
    ['a sample of another shape', 'INPUT', { calibration: images(1, [1, 5, 5, 3]) }, /takes float32/],
    [
      'a sample of another type',
      'INPUT',
      { calibration: [tensor(new Int32Array(432), [1, 12, 12, 3])] },
      /takes float32/,
    ],
    [
      'a sample with NaN',
      'INPUT',
      { calibration: [images(1)[0], nan] },
      /sample 2 of calibration has NaN in input "image"/,
    ],
    ["an input that isn't there", 'INPUT', { calibration: [{ picture: images(1)[0] }] }, /no input "picture"/],
    ['an unknown method', 'ARGUMENT', { calibration: images(1), method: 'median' }, /method must be one of/],
    ['a percentile of 0', 'ARGUMENT', { calibration: images(1), percentile: 0 }, /percentile/],
    ['an unknown layer', 'ARGUMENT', { calibration: images(1), exclude: ['nowhere'] }, /no layer "nowhere"/],
    ['an unknown option', 'ARGUMENT', { calibration: images(1), perchannel: true }, /did you mean "perChannel"/],
    ['half a bound', 'ARGUMENT', { calibration: images(1), mixedPrecision: { maxLoss: 1 } }, /evaluate/],
  ])('%s: %s', async (_, code, options, message) => {
    await expect(refused(options)).rejects.toMatchObject({
      name: 'QuadlaneError',
      code,
      message: expect.stringMatching(message),
    });
  });

  it('what is no network, has nothing to quantize, or is quantized already', async () => {
    const calibration = images(1);
    await expect(refused({ calibration }, 7)).rejects.toMatchObject({ code: 'ARGUMENT' });
    const bare = sequential([input([12, 12, 3], { name: 'image' }), relu()]);
    await expect(refused({ calibration }, bare)).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringMatching(/no convolutions/),
    });
    using quantized = await quantize(mixed(), { calibration });
    await expect(refused({ calibration }, quantized)).rejects.toMatchObject({
      code: 'ARGUMENT',
      message: expect.stringMatching(/quantized already/),
    });
  });

  it('a network whose values overflow', async () => {
    const net = sequential([input([12, 12, 3], { name: 'image' }), conv2d({ filters: 2, kernelSize: 1, name: 'c' })]);
    const weights = new Map(net.weights).set('c.weight', tensor(new Float32Array(6).fill(3e38), [2, 3, 1, 1]));
    net.load(weights);
    const big = tensor(new Float32Array(432).fill(1e5), [1, 12, 12, 3]);
    await expect(refused({ calibration: [big] }, net)).rejects.toMatchObject({
      code: 'INPUT',
      message: expect.stringMatching(/isn't finite/),
    });
  });
});

describe('odd values', () => {
  it('filters of zeros, inputs of zeros and biases far beyond the weights', async () => {
    const net = sequential([
      input([4, 4, 2], { name: 'image' }),
      conv2d({ filters: 3, kernelSize: 1, name: 'c' }),
      conv2d({ filters: 2, kernelSize: 3, name: 'd' }),
    ]);
    const weights = new Map(net.weights)
      .set('c.weight', tensor(new Float32Array(6), [3, 2, 1, 1]))
      .set('c.bias', tensor(Float32Array.of(0, 1e6, -3)));
    net.load(weights);
    const calibration = [tensor(new Float32Array(32), [1, 4, 4, 2])];
    using quantized = await quantize(net, { calibration });
    expect(Object.values(quantized.report!.outputs)[0]).toBeGreaterThan(30);
  });
});
