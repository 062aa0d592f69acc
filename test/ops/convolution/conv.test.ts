import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/shape.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { ROUNDOFF, randomFloats } from '../../kernels/numbers.js';
import { convolution, convolutionShape } from '../../reference/convolution/conv.js';
import { type ActivationName, activations } from '../../reference/elementwise/activation.js';
import { checkOperator } from '../check.js';
import { type ConvolutionCase, threeAxes } from '../windows.js';

interface ConvCase extends ConvolutionCase {
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly activation?: ActivationName;
  readonly alpha?: number;
  readonly beta?: number;
  readonly seed?: number;
}

/** Roundings beyond one for each product: Winograd adds its transforms. */
const EXTRA_ROUNDINGS = 60;
/** An activation's own error, in roundings of max(1, |result|). */
const ACTIVATION_ROUNDINGS = 16;

function checkConv(test: ConvCase): void {
  const rank = test.kernel.length;
  const { groups = 1, activation = 'none', alpha = 0, beta = 0 } = test;
  const random = randomFloats(test.seed ?? 1);
  const make = (shape: readonly number[]): Tensor<'float32'> => tensor(random(sizeOf(shape)), shape);
  const channels = test.x.at(-1)!;
  const x = make(test.x);
  const w = make([test.filters, channels / groups, ...test.kernel]);
  const bias = test.bias === false ? undefined : make([test.filters]);

  const x5 = [test.x[0], ...threeAxes(test.x.slice(1, -1), 1), channels];
  const w5 = [...w.shape.slice(0, 2), ...threeAxes(test.kernel, 1)];
  const options = {
    strides: threeAxes(test.strides, 1),
    dilations: threeAxes(test.dilations, 1),
    paddingBefore: threeAxes(test.padding?.slice(0, rank), 0),
    paddingAfter: threeAxes(test.padding?.slice(rank), 0),
    groups,
  };
  const y5 = convolutionShape(x5, w5, options);
  const shape = [y5[0], ...y5.slice(4 - rank, 4), y5[4]];
  const residual = test.residual ? make(shape) : undefined;
  const sums = convolution(x.data, x5, w.data, w5, bias?.data ?? null, options);
  const absolute = (values: Float32Array) => values.map(Math.abs);
  const sizes = convolution(absolute(x.data), x5, absolute(w.data), w5, bias ? absolute(bias.data) : null, options);
  const products = sizeOf(w.shape.slice(1));
  const roundings = products + EXTRA_ROUNDINGS;
  const values = sums.map((sum, i) => activations[activation](sum + (residual ? residual.data[i] : 0), alpha, beta));
  const magnitude = sizes.map((size, i) => {
    const error = roundings * (size + (residual ? Math.abs(residual.data[i]) : 0));
    // No activation is steeper than 2 with the parameters used here.
    return 2 * error + ACTIVATION_ROUNDINGS * Math.max(1, Math.abs(values[i]));
  });
  checkOperator({
    op: 'conv',
    inputs: [x, w, bias, residual].slice(0, residual ? 4 : bias ? 3 : 2),
    attributes: {
      strides: test.strides,
      dilations: test.dilations,
      padding: test.padding,
      groups,
      ...(test.activation ? { activation, alpha, beta } : {}),
    },
    expected: { shape, values, magnitude, roundings: 1 },
  });
  expect(magnitude.every((bound) => bound * ROUNDOFF < 0.01)).toBe(true);
}

const name = ({ x, filters, kernel, ...rest }: ConvCase) =>
  `[${x}] * ${filters} of ${kernel.join('x')} ${Object.entries(rest)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')}`;
const each = (cases: ConvCase[]) => it.each(cases.map((test) => [name(test), test] as const));

describe('conv, error within (products + 60) roundings of the sum of |x w|', () => {
  describe('small maps in parts that leave out zeros, where weights are not known', () => {
    each([
      { x: [8, 2, 2, 5], filters: 9, kernel: [3, 3], padding: [1, 1, 1, 1] },
      { x: [4, 4, 4, 3], filters: 8, kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1], residual: true },
      { x: [8, 3, 2, 4], filters: 7, kernel: [5, 5], padding: [2, 2, 2, 2], activation: 'clip', beta: 1 },
      { x: [4, 5, 3, 2], filters: 13, kernel: [5, 7], strides: [3, 2], padding: [4, 3, 1, 5], bias: false },
      { x: [4, 2, 9], filters: 8, kernel: [5], padding: [2, 2], activation: 'tanh' },
      { x: [4, 4, 4, 3], filters: 5, kernel: [3, 3], dilations: [2, 1], padding: [2, 1, 2, 1] },
      { x: [4, 3, 3, 8], filters: 8, kernel: [3, 3], groups: 2, padding: [2, 2, 2, 2] },
    ])('%s', (_, test) => checkConv(test));
  });

  describe('more filters than are packed at once, where weights are not known', () => {
    each([
      { x: [2, 2, 2, 48], filters: 397, kernel: [3, 3], padding: [1, 1, 1, 1] },
      { x: [1, 3, 2, 350], filters: 477, kernel: [1, 1], residual: true, activation: 'tanh' },
    ])('%s', (_, test) => checkConv(test));
  });

  describe('channels and filters on both sides of the tiles', () => {
    each(
      [1, 3, 4, 5, 7, 8, 9, 13].flatMap((channels, i, all) => [
        { x: [1, 3, 4, channels], filters: all[(i + 3) % all.length], kernel: [1, 1] },
        { x: [1, 4, 5, channels], filters: all[(i + 5) % all.length], kernel: [3, 3], padding: [1, 1, 1, 1] },
      ]),
    )('%s', (_, test) => checkConv(test));
  });

  describe('rows and columns on both sides of the tiles', () => {
    each(
      [1, 3, 4, 5, 7, 8, 9, 13].map((extent, i, all) => ({
        x: [2, extent, all[(i + 3) % all.length], 3],
        filters: 5,
        kernel: [3, 3],
        padding: [1, 1, 1, 1],
        strides: [1 + (i % 2), 1 + (i % 3)],
      })),
    )('%s', (_, test) => checkConv(test));
  });

  describe('empty tensors', () => {
    each([
      { x: [0, 4, 4, 3], filters: 2, kernel: [3, 3] },
      { x: [1, 4, 4, 3], filters: 0, kernel: [3, 3] },
      { x: [1, 4, 4, 0], filters: 2, kernel: [3, 3] },
    ])('%s', (_, test) => checkConv(test));
  });

  describe('Winograd', () => {
    each([
      ...[4, 7, 8, 9].flatMap((extent) => [
        { x: [1, extent, extent, 32], filters: 24, kernel: [3, 3], padding: [1, 1, 1, 1] },
        { x: [3, extent, 6, 12], filters: 16, kernel: [3, 3], padding: [1, 1, 1, 1], residual: true, bias: false },
      ]),
      { x: [1, 12, 9, 17], filters: 15, kernel: [3, 3], padding: [0, 2, 1, 0], activation: 'silu' as const },
      { x: [2, 10, 11, 16], filters: 13, kernel: [3, 3], padding: [-1, 1, 0, -2], residual: true },
      { x: [1, 16, 16, 8], filters: 16, kernel: [3, 3], activation: 'clip' as const, alpha: 0, beta: 6 },
      { x: [1, 12, 12, 16], filters: 16, kernel: [5, 5], padding: [2, 2, 2, 2], residual: true },
      { x: [2, 13, 11, 18], filters: 24, kernel: [4, 4], padding: [1, 2, 2, 1], activation: 'clip' as const, beta: 6 },
      { x: [1, 14, 16, 16], filters: 23, kernel: [6, 5], padding: [-1, 3, 0, 1] },
      { x: [1, 18, 17, 8], filters: 16, kernel: [7, 9], padding: [4, 4, 4, 4], bias: false },
      { x: [1, 33, 30, 3], filters: 64, kernel: [7, 7], padding: [3, 3, 3, 3], strides: [2, 2] },
      { x: [2, 43, 39, 3], filters: 24, kernel: [11, 11], padding: [2, 2, 2, 2], strides: [4, 4] },
      { x: [1, 20, 21, 16], filters: 17, kernel: [5, 4], padding: [0, -1, 3, 1], strides: [1, 2], residual: true },
      { x: [1, 32, 31, 48], filters: 72, kernel: [3, 3], padding: [1, 1, 1, 1], strides: [2, 2], residual: true },
      { x: [2, 33, 34, 48], filters: 70, kernel: [3, 3], strides: [2, 2] },
      { x: [1, 35, 36, 48], filters: 72, kernel: [3, 3], padding: [-2, 1, 0, -3], strides: [2, 2] },
      { x: [1, 24, 24, 48], filters: 65, kernel: [1, 7], padding: [0, 3, 0, 3] },
      { x: [1, 24, 23, 48], filters: 64, kernel: [7, 1], padding: [3, 0, 3, 0], residual: true },
      { x: [1, 34, 35, 4], filters: 32, kernel: [9, 9], padding: [4, 4, 4, 4], strides: [2, 2] },
    ])('%s', (_, test) => checkConv(test));
  });

  describe('padding', () => {
    each([
      { x: [1, 5, 6, 4], filters: 3, kernel: [3, 3], padding: [0, 1, 2, 3] },
      { x: [1, 5, 6, 4], filters: 3, kernel: [3, 2], padding: [2, 0, 0, 1], strides: [2, 1] },
      { x: [1, 5, 6, 4], filters: 3, kernel: [2, 2], padding: [-1, 0, 0, -2] },
      { x: [2, 7, 6, 3], filters: 8, kernel: [3, 3], padding: [-2, 1, 1, -1] },
      { x: [1, 1, 1, 2], filters: 9, kernel: [3, 3], padding: [5, 4, 3, 2] },
      { x: [1, 6, 6, 3], filters: 4, kernel: [5, 5], padding: [2, 2, 2, 2], strides: [3, 3] },
      { x: [1, 6, 6, 4], filters: 4, kernel: [3, 3], padding: [-1, 1, 0, 0], groups: 4 },
      { x: [1, 6, 6, 5], filters: 5, kernel: [3, 3], padding: [0, 2, 1, 0], groups: 5, strides: [2, 2] },
    ])('%s', (_, test) => checkConv(test));
  });

  describe('dilation', () => {
    each([
      { x: [1, 9, 8, 4], filters: 3, kernel: [3, 3], dilations: [2, 2], padding: [2, 2, 2, 2] },
      { x: [1, 9, 8, 5], filters: 3, kernel: [3, 2], dilations: [1, 3], strides: [2, 1] },
      { x: [1, 9, 8, 5], filters: 5, kernel: [3, 3], dilations: [3, 1], groups: 5, padding: [3, 1, 3, 1] },
      { x: [1, 9, 8, 6], filters: 6, kernel: [3, 3], dilations: [1, 2], groups: 6 },
    ])('%s', (_, test) => checkConv(test));
  });

  describe('groups', () => {
    each([
      { x: [2, 4, 5, 6], filters: 4, kernel: [3, 3], groups: 2, padding: [1, 1, 1, 1] },
      { x: [1, 4, 5, 6], filters: 9, kernel: [1, 1], groups: 3 },
      { x: [1, 4, 4, 26], filters: 26, kernel: [2, 2], groups: 2 },
      { x: [2, 14, 13, 64], filters: 64, kernel: [3, 3], groups: 4, padding: [1, 1, 1, 1], residual: true },
      { x: [1, 28, 28, 32], filters: 48, kernel: [5, 5], groups: 2, padding: [2, 2, 2, 2] },
      { x: [1, 4, 4, 3], filters: 6, kernel: [3, 3], groups: 3, padding: [1, 0, 1, 0] },
      { x: [1, 4, 4, 5], filters: 15, kernel: [1, 1], groups: 5, bias: false },
    ])('%s', (_, test) => checkConv(test));
  });

  describe('depthwise', () => {
    each(
      [1, 3, 4, 5, 7, 8, 9, 13].flatMap((channels, i, all) => [
        {
          x: [1, all[(i + 2) % 8], all[(i + 5) % 8], channels],
          filters: channels,
          groups: channels,
          kernel: [3, 3],
          padding: [1, 1, 1, 1],
          strides: [1 + (i % 2), 1 + (i % 2)],
        },
        {
          x: [2, 6, 7, channels],
          filters: channels,
          groups: channels,
          kernel: [5, 2],
          padding: [2, 1, 1, 0],
          bias: false,
        },
      ]),
    )('%s', (_, test) => checkConv(test));
  });

  describe('one and three axes', () => {
    each([
      { x: [2, 13, 3], filters: 5, kernel: [3], padding: [1, 2], strides: [2] },
      { x: [1, 8, 4], filters: 4, kernel: [3], groups: 4, padding: [1, 1] },
      { x: [1, 9, 6], filters: 4, kernel: [2], groups: 2, dilations: [3] },
      { x: [1, 4, 5, 3, 2], filters: 3, kernel: [3, 2, 3], padding: [1, 0, 1, 1, 1, 1] },
      { x: [2, 5, 4, 4, 5], filters: 5, kernel: [2, 3, 3], groups: 5, strides: [2, 1, 1], padding: [0, 1, 1, 1, 1, 1] },
      { x: [1, 5, 5, 5, 2], filters: 8, kernel: [2, 2, 2], dilations: [2, 3, 1], padding: [-1, 0, 1, 0, 1, -1] },
    ])('%s', (_, test) => checkConv(test));
  });

  describe('residual and activation', () => {
    const parameters: Partial<Record<ActivationName, [number, number]>> = {
      clip: [-0.25, 1],
      leakyRelu: [0.1, 0],
      elu: [0.9, 0],
      selu: [1.67, 1.05],
      celu: [1.2, 0],
      hardSigmoid: [0.2, 0.5],
    };
    const smooth = (Object.keys(activations) as ActivationName[]).filter(
      (activation) => activation !== 'thresholdedRelu',
    );
    each(
      smooth.map((activation, i) => ({
        x: [1, 3, 3, 3],
        filters: 5,
        kernel: [1, 1],
        residual: i % 2 === 0,
        activation,
        alpha: parameters[activation]?.[0],
        beta: parameters[activation]?.[1],
      })),
    )('%s', (_, test) => checkConv(test));
    each([
      {
        x: [2, 5, 5, 8],
        filters: 9,
        kernel: [3, 3],
        padding: [1, 1, 1, 1],
        residual: true,
        activation: 'clip',
        alpha: 0,
        beta: 6,
      },
      { x: [1, 5, 5, 8], filters: 8, groups: 8, kernel: [3, 3], residual: true, activation: 'silu' },
      { x: [1, 5, 5, 8], filters: 4, groups: 2, kernel: [3, 3], bias: false, activation: 'hardSwish' },
      { x: [1, 9, 4], filters: 4, kernel: [3], residual: true },
    ])('%s', (_, test) => checkConv(test));
  });

  it('anything that fits', () => {
    const extent = fc.integer({ min: 1, max: 9 });
    const conv = fc
      .record({
        rank: fc.integer({ min: 1, max: 3 }),
        images: fc.integer({ min: 1, max: 2 }),
        seed: fc.integer(),
        groups: fc.integer({ min: 1, max: 4 }),
        channels: extent,
        filters: extent,
        depthwise: fc.boolean(),
        extents: fc.array(extent, { minLength: 3, maxLength: 3 }),
        kernel: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
        strides: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
        dilations: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 3, maxLength: 3 }),
        padding: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 6, maxLength: 6 }),
        bias: fc.boolean(),
        residual: fc.boolean(),
      })
      .map(({ rank, images, groups, channels, filters, depthwise, extents, ...rest }) => {
        const cut = (values: number[]) => values.slice(0, rank);
        return {
          ...rest,
          x: [images, ...cut(extents), depthwise ? channels : groups * Math.ceil(channels / 2)],
          filters: depthwise ? channels : groups * Math.ceil(filters / 2),
          groups: depthwise ? channels : groups,
          kernel: cut(rest.kernel),
          strides: cut(rest.strides),
          dilations: cut(rest.dilations),
          padding: rest.padding.slice(0, 2 * rank),
        };
      })
      .filter(({ x, kernel, dilations, padding }) =>
        kernel.every((size, axis) => {
          const room = x[axis + 1] + padding[axis] + padding[axis + kernel.length];
          return room >= (size - 1) * dilations[axis] + 1;
        }),
      );
    fc.assert(fc.property(conv, checkConv), { numRuns: 25 });
  });
});
