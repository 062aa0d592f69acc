// Winograd of 8-bit integers gives the bits of direct convolution, or isn't chosen.

import { describe, expect, it } from 'vitest';
import { ByteDots } from '../../../src/ops/kernels.generated.js';
import type { Attributes } from '../../../src/ops/operator.js';
import { makePlan } from '../../../src/plan/planner.js';
import { WeightStore } from '../../../src/plan/weights.js';
import { Tensor, tensor } from '../../../src/tensor.js';
import { checkOperator, compiled } from '../check.js';
import { exact } from '../values.js';
import type { ConvolutionCase } from '../windows.js';
import { checkConv, products, random } from './products.js';

/** The kernel that convolves x with w where bytes are multiplied as pairs. */
function kernelOf(x: Tensor, inputs: readonly Tensor[], attributes: Attributes = {}): string {
  const names = inputs.map((_, i) => `w${i}`);
  const graph = {
    inputs: [{ name: 'x', dtype: x.dtype, shape: [...x.shape] }],
    outputs: ['y'],
    nodes: [{ name: 'y', op: 'convInteger', inputs: ['x', ...names], outputs: ['y'], attributes }],
    constants: new Map(inputs.map((tensor, i) => [names[i], tensor])),
  };
  const plan = makePlan(compiled(graph, { x }), new WeightStore(), { threads: 1, byteDots: ByteDots.none });
  return plan.steps[0].kernel;
}

describe.each(products.map((product) => [JSON.stringify(product), product] as const))('%s', (_, product) => {
  it.each<[string, ConvolutionCase]>([
    ['4x4', { x: [1, 12, 16, 16], filters: 16, kernel: [3, 3], padding: [1, 1, 1, 1] }],
    ['4x4', { x: [2, 13, 15, 17], filters: 21, kernel: [3, 3], padding: [1, 2, 0, 1] }],
    ['4x4', { x: [1, 23, 22, 30], filters: 16, kernel: [3, 3] }],
    ['4x4', { x: [1, 16, 16, 32], filters: 24, groups: 2, kernel: [3, 3], padding: [2, 0, 2, 1] }],
    ['4x4', { x: [3, 7, 7, 24], filters: 40, kernel: [3, 3], padding: [1, 1, 1, 1] }],
    ['2x2', { x: [16, 4, 4, 64], filters: 64, kernel: [3, 3] }],
    ['2x2', { x: [8, 3, 2, 35], filters: 43, kernel: [3, 3], padding: [1, 1, 1, 1] }],
  ])('tiles of %s, %j', (tile, shape) => {
    const channels = shape.x.at(-1)! / (shape.groups ?? 1);
    const w = random(product.types[1], [shape.filters, channels, 3, 3], 2);
    const { padding, groups } = shape;
    expect(kernelOf(random(product.types[0], shape.x, 1), [w], { padding, groups })).toBe(`integer_winograd_${tile}`);
    checkConv({ ...shape, ...product }, true);
    checkConv({ ...shape, ...product }, false);
  });
});

describe('sums of as many channels as', () => {
  const filled = (dtype: 'uint8' | 'int8', shape: readonly number[], value: number) =>
    new Tensor(
      dtype,
      shape,
      (dtype === 'int8' ? new Int8Array(2 ** 20) : new Uint8Array(2 ** 20)).fill(value).slice(
        0,
        shape.reduce((a, b) => a * b, 1),
      ) as never,
    );
  const zero = tensor(Uint8Array.of(128), []);
  // 2^25 = 33,554,432 is 115.1 channels of nine products of 255 and 127, or 228.5 of 128 and -128.
  it.each([
    [114, [], 127, 'integer_winograd_4x4'],
    [116, [], 127, 'integer_winograd_2x2'],
    [227, [zero], -128, 'integer_winograd_4x4'],
    [230, [zero], -128, 'integer_winograd_2x2'],
  ] as const)('%i fit what is chosen for them', (channels, zeros, weight, kernel) => {
    const value = zeros.length > 0 ? 0 : 255;
    const x = filled('uint8', [1, 14, 14, channels], value);
    const w = filled('int8', [8, channels, 3, 3], weight);
    expect(kernelOf(x, [w, ...zeros])).toBe(kernel);
    const sum = 9 * channels * weight * (value - (zeros.length > 0 ? 128 : 0));
    checkOperator({
      op: 'convInteger',
      inputs: [x, w, ...zeros],
      expected: exact([1, 12, 12, 8], new Array(144 * 8).fill(sum)),
    });
  });

  it('1,850 are multiplied as they are where neither fits', () => {
    const x = filled('uint8', [1, 4, 4, 1850], 255);
    const w = filled('uint8', [8, 1850, 3, 3], 255);
    expect(kernelOf(x, [w])).toBe('integer_conv');
  });
});

it('is not chosen where only a run knows the weights or their zeros', () => {
  const x = random('uint8', [1, 16, 16, 16], 1);
  const graph = {
    inputs: [
      { name: 'x', dtype: 'uint8' as const, shape: [1, 16, 16, 16] },
      { name: 'w', dtype: 'int8' as const, shape: [16, 16, 3, 3] },
    ],
    outputs: ['y'],
    nodes: [{ name: 'y', op: 'convInteger', inputs: ['x', 'w'], outputs: ['y'], attributes: {} }],
    constants: new Map<string, Tensor>(),
  };
  const w = random('int8', [16, 16, 3, 3], 2);
  const plan = makePlan(compiled(graph, { x, w }), new WeightStore(), { threads: 1, byteDots: ByteDots.none });
  expect(plan.steps.map(({ kernel }) => kernel)).not.toContain('integer_winograd_4x4');
});
