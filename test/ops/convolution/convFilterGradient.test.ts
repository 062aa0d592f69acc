import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradientTile } from '../../../src/ops/convolution/winogradFilterGradient.js';
import { makePlan, type PlanOptions } from '../../../src/plan/planner.js';
import { WeightStore } from '../../../src/plan/weights.js';
import { sizeOf, windowCounts, windowsOf } from '../../../src/shape.js';
import { tensor } from '../../../src/tensor.js';
import { everything } from '../../graph/everything.js';
import { ROUNDOFF, randomFloats } from '../../kernels/numbers.js';
import { convolutionShape } from '../../reference/convolution/conv.js';
import { filterGradient } from '../../reference/convolution/convFilterGradient.js';
import { checkOperator, specialized } from '../check.js';
import { type ConvolutionCase, threeAxes } from '../windows.js';

/** Pixels whose products are summed before they join the other sums. */
const BLOCK = 128;
/** Roundings of the largest sum of |x g| by Winograd: a tile's values meet, so a small sum may be off by a big one's. */
const WINOGRAD_ROUNDINGS = { 2: 8, 4: 24 };

/** Checks one gradient; returns the tile of Winograd, where that is used. */
function checkGradient({ x, filters, kernel, strides, dilations, padding, groups = 1 }: ConvolutionCase) {
  const rank = kernel.length;
  const random = randomFloats(7);
  const channels = x.at(-1)!;
  const input = tensor(random(sizeOf(x)), x);
  const x5 = [x[0], ...threeAxes(x.slice(1, -1), 1), channels];
  const w5 = [filters, channels / groups, ...threeAxes(kernel, 1)];
  const options = {
    strides: threeAxes(strides, 1),
    dilations: threeAxes(dilations, 1),
    paddingBefore: threeAxes(padding?.slice(0, rank), 0),
    paddingAfter: threeAxes(padding?.slice(rank), 0),
    groups,
  };
  const y5 = convolutionShape(x5, w5, options);
  const y = [y5[0], ...y5.slice(4 - rank, 4), filters];
  const gradient = tensor(random(sizeOf(y)), y);
  const absolute = (values: Float32Array) => values.map(Math.abs);
  const pixels = sizeOf(y.slice(0, -1));
  const tile = gradientTile(input, filters, windowsOf(kernel, strides, padding, dilations), groups);
  const magnitude = filterGradient(absolute(input.data), x5, absolute(gradient.data), w5, options);
  const largest = magnitude.reduce((a, b) => Math.max(a, b), 0);
  checkOperator({
    op: 'convFilterGradient',
    inputs: [input, gradient],
    attributes: { kernelShape: kernel, strides, dilations, padding, groups },
    expected: {
      shape: [filters, channels / groups, ...kernel],
      values: filterGradient(input.data, x5, gradient.data, w5, options),
      magnitude: tile ? magnitude.fill(largest) : magnitude,
      roundings: tile ? WINOGRAD_ROUNDINGS[tile] : Math.min(BLOCK, pixels) + Math.ceil(pixels / BLOCK) + 2,
    },
  });
  return tile;
}

const name = ({ x, filters, kernel, ...rest }: ConvolutionCase) =>
  `[${x}] to ${filters} by ${kernel.join('x') || 'rows'} ${Object.entries(rest)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')}`;
const each = (cases: ConvolutionCase[]) => it.each(cases.map((test) => [name(test), test] as const));

describe('convFilterGradient, direct error within 128 + pixels / 128 + 3 roundings of the sum of |x g|', () => {
  describe('channels and filters on both sides of the tiles', () => {
    each(
      [1, 3, 4, 5, 7, 8, 9, 13].flatMap((channels, i, all) => [
        { x: [1, 3, 4, channels], filters: all[(i + 3) % all.length], kernel: [1, 1] },
        { x: [2, 4, 5, channels], filters: 13 + all[(i + 5) % all.length], kernel: [3, 2], padding: [1, 1, 1, 0] },
        { x: [5, channels], filters: 10 + 2 * all[(i + 2) % all.length], kernel: [] },
      ]),
    )('%s', (_, test) => void checkGradient(test));
  });

  describe('depthwise', () => {
    each(
      [1, 3, 4, 5, 7, 8, 9, 13].flatMap((extent, i) => [
        { x: [1 + (i % 2), 4, extent, 2 + i], filters: 2 + i, groups: 2 + i, kernel: [3, 3], padding: [1, 1, 1, 1] },
        ...[{ x: [1, 9, 6, extent + 1], filters: extent + 1, groups: extent + 1, kernel: [1 + (i % 5), 2 + (i % 5)] }],
      ]),
    )('%s', (_, test) => void checkGradient(test));
  });

  each([
    { x: [2, 6, 7, 4], filters: 6, kernel: [3, 3], groups: 2, padding: [1, 1, 1, 1] },
    { x: [1, 6, 7, 40], filters: 40, kernel: [3, 3], groups: 2, strides: [2, 2], padding: [1, 1, 1, 1] },
    { x: [1, 7, 5, 3], filters: 6, kernel: [2, 2], groups: 3, dilations: [2, 1] },
    { x: [1, 7, 9, 5], filters: 18, kernel: [3, 3], dilations: [2, 3], padding: [2, 0, 1, 3] },
    { x: [2, 12, 11, 1], filters: 6, kernel: [5, 5] },
    { x: [3, 14, 14, 6], filters: 16, kernel: [5, 5] },
    { x: [1, 9, 9, 3], filters: 20, kernel: [7, 7], strides: [2, 2], padding: [3, 3, 3, 3] },
    { x: [2, 13, 3], filters: 5, kernel: [3], strides: [2], padding: [1, 1] },
    { x: [1, 4, 5, 3, 2], filters: 17, kernel: [2, 3, 2], strides: [2, 1, 1], padding: [0, 1, 1, 1, 0, 0] },
    { x: [1, 6, 6, 4], filters: 3, kernel: [3, 3], padding: [-1, 0, 0, -1] },
    { x: [0, 4, 4, 3], filters: 2, kernel: [3, 3] },
    { x: [0, 4, 4, 3], filters: 3, groups: 3, kernel: [3, 3] },
    { x: [1, 4, 4, 3], filters: 0, kernel: [3, 3] },
    { x: [1, 4, 4, 0], filters: 2, kernel: [3, 3] },
    { x: [0, 5], filters: 3, kernel: [] },
  ])('%s', (_, test) => void checkGradient(test));

  describe('tap by tap, where channels are many', () => {
    each([
      { x: [2, 5, 4, 32], filters: 20, kernel: [3, 4], padding: [1, 1, 1, 1] },
      { x: [3, 2, 2, 33], filters: 17, kernel: [5, 3], padding: [2, 2, 4, 3] },
      { x: [1, 7, 6, 70], filters: 38, kernel: [3, 2], groups: 2, strides: [2, 3], padding: [1, 0, 2, 1] },
      { x: [2, 6, 9, 34], filters: 3, kernel: [2, 3], dilations: [3, 2], padding: [0, 2, 3, -1] },
      { x: [2, 9, 32], filters: 18, kernel: [4], padding: [3, 1] },
      { x: [1, 2, 3, 4, 32], filters: 17, kernel: [2, 2, 3], strides: [1, 2, 1], padding: [1, 0, 1, 0, 1, 1] },
      { x: [0, 4, 4, 32], filters: 2, kernel: [2, 3] },
    ])('%s', (_, test) => expect(checkGradient(test)).toBeUndefined());
  });

  describe('by Winograd, within 24 (4x4) or 8 (2x2) roundings of the largest sum of |x g|', () => {
    const padding = [1, 1, 1, 1];
    describe('channels and filters on both sides of the tiles', () => {
      each(
        [17, 19, 20, 21, 23, 24, 25, 29].flatMap((channels, i, all) => [
          { x: [2, 8, 9, channels], filters: all[(i + 3) % all.length], kernel: [3, 3], padding },
          { x: [3, 2, 6, channels + 16], filters: all[(i + 5) % all.length], kernel: [3, 3], padding },
        ]),
      )('%s', (_, test) => expect(checkGradient(test)).toBeDefined());
    });

    describe('rows and columns on both sides of the tiles', () => {
      each(
        [3, 4, 5, 6, 7, 8, 9, 13].flatMap((rows, i, all) => [
          { x: [2, rows, all[(i + 3) % all.length], 40], filters: 32, kernel: [3, 3], padding },
          { x: [1, rows + 4, all[(i + 6) % all.length] + 4, 33], filters: 24, kernel: [3, 3], padding: [0, 1, 2, 0] },
        ]),
      )('%s', (_, test) => expect(checkGradient(test)).toBeDefined());
    });

    each([
      { x: [5, 2, 2, 72], filters: 40, kernel: [3, 3], padding },
      { x: [3, 13, 14, 70], filters: 20, kernel: [3, 3], padding },
      { x: [20, 8, 8, 130], filters: 9, kernel: [3, 3], padding },
      { x: [2, 9, 10, 32], filters: 24, kernel: [3, 3], padding: [-1, 0, 0, -1] },
      { x: [0, 8, 8, 32], filters: 32, kernel: [3, 3], padding },
    ])('%s', (_, test) => expect(checkGradient(test)).toBeDefined());
  });

  it('anything that fits', () => {
    const extent = (least: number, most: number) => fc.integer({ min: least, max: most });
    const pair = (least: number, most: number) => fc.tuple(extent(least, most), extent(least, most));
    const gradient = fc
      .record({
        images: extent(1, 3),
        rows: extent(1, 9),
        columns: extent(1, 12),
        groups: extent(1, 3),
        channels: extent(1, 9),
        perGroup: extent(1, 20),
        kernel: pair(1, 4),
        strides: pair(1, 3),
        dilations: pair(1, 2),
        padding: fc.array(extent(0, 3), { minLength: 4, maxLength: 4 }),
      })
      .filter(({ rows, columns, kernel, dilations, padding }) =>
        [rows, columns].every((size, i) => size + padding[i] + padding[i + 2] > (kernel[i] - 1) * dilations[i]),
      )
      .map(({ images, rows, columns, channels, perGroup, groups, ...rest }) => ({
        x: [images, rows, columns, channels * groups],
        filters: perGroup * groups,
        groups,
        ...rest,
      }));
    fc.assert(
      fc.property(gradient, (test) => void checkGradient(test)),
      { numRuns: 25 },
    );
  });

  it('keeps long sums as exact as short ones', () => {
    const pixels = 20_000;
    const [x, g] = [new Float32Array(pixels).fill(0.1), new Float32Array(pixels).fill(0.3)];
    const values = [x[0] * g[0] * pixels];
    checkOperator({
      op: 'convFilterGradient',
      attributes: { kernelShape: [] },
      inputs: [tensor(x, [pixels, 1]), tensor(g, [pixels, 1])],
      expected: { shape: [1, 1], values, roundings: BLOCK + pixels / BLOCK + 3 },
    });
    expect(pixels * ROUNDOFF).toBeGreaterThan(5 * (BLOCK + pixels / BLOCK + 3) * ROUNDOFF);
  });
});

describe('the kernel of a gradient padded by 1', () => {
  const kernelOf = (x: readonly number[], filters: number, attributes = {}, options?: PlanOptions): string => {
    const all = { kernelShape: [3, 3], padding: [1, 1, 1, 1], ...attributes };
    const input = { dtype: 'float32' as const, shape: [...x] };
    const { strides, dilations } = all as { strides?: number[]; dilations?: number[] };
    const counts = windowCounts(x.slice(1, -1), windowsOf(all.kernelShape, strides, all.padding, dilations));
    const gradient = { dtype: 'float32' as const, shape: [x[0], ...counts, filters] };
    const graph = {
      inputs: [
        { name: 'x', ...input },
        { name: 'g', ...gradient },
      ],
      outputs: ['w'],
      nodes: [{ name: 'f', op: 'convFilterGradient', inputs: ['x', 'g'], outputs: ['w'], attributes: all }],
      constants: new Map(),
    };
    const { steps } = makePlan(specialized(graph, { x: input, g: gradient }), new WeightStore(), options);
    const step = steps.find(({ kernel }) => kernel.startsWith('f32_filter_gradient'))!;
    return 'tile' in step.args ? `${step.kernel} ${step.args.tile}` : step.kernel;
  };

  it.each([
    ['wide maps, many channels', [8, 56, 56, 64], 64, {}, 'f32_filter_gradient_winograd 4'],
    ['few channels', [32, 32, 32, 16], 16, {}, 'f32_filter_gradient_winograd 4'],
    ['maps that 4x4 tiles would exceed by far', [8, 2, 2, 512], 512, {}, 'f32_filter_gradient_winograd 2'],
    ['colours', [8, 32, 32, 3], 32, {}, 'f32_filter_gradient'],
    ['single pixels', [8, 1, 1, 256], 256, {}, 'f32_filter_gradient'],
    ['5x5', [8, 28, 28, 64], 64, { kernelShape: [5, 5] }, 'f32_filter_gradient'],
    ['stride 2', [8, 28, 28, 64], 64, { strides: [2, 2] }, 'f32_filter_gradient'],
    ['dilation 2', [8, 28, 28, 64], 64, { dilations: [1, 2] }, 'f32_filter_gradient'],
    ['groups', [8, 28, 28, 64], 64, { groups: 2 }, 'f32_filter_gradient'],
  ] as const)('%s: %j to %i by %s', (_, x, filters, attributes, kernel) => {
    expect(kernelOf(x, filters, attributes)).toBe(kernel);
  });

  it('is the direct one where the options say so', () => {
    expect(kernelOf([8, 56, 56, 64], 64, {}, { winograd: false })).toBe('f32_filter_gradient');
  });
});

it('refuses gradients of another shape', () => {
  const type = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
  const refuse = (inputs: object[], attributes: object) =>
    expect(() => everything.operators.convFilterGradient.infer(inputs as never, attributes)).toThrow(
      expect.objectContaining({ code: 'SHAPE' }),
    );
  refuse([type(1, 4, 4, 3), type(1, 4, 4, 8)], { kernelShape: [3, 3] });
  refuse([type(1, 4, 4, 3), type(1, 2, 2, 8)], { kernelShape: [3, 3], groups: 2 });
  refuse([type(2, 3), type(3, 8)], { kernelShape: [] });
  refuse([type(2, 3), type(2, 8)], { kernelShape: [1] });
});
