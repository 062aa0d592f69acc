// Which algorithm a convolution is lowered to: by its shape, and by what the model's options allow.
import { describe, expect, it } from 'vitest';
import { makePlan, type PlanOptions } from '../../../src/plan/planner.js';
import { WeightStore } from '../../../src/plan/weights.js';
import { tensor } from '../../../src/tensor.js';
import { specialized } from '../check.js';

interface Shape {
  /** `[N, H, W, C]` */
  readonly x: readonly number[];
  readonly filters: number;
  readonly kernel?: readonly number[];
  readonly attributes?: Readonly<Record<string, readonly number[] | number>>;
}

/** The kernel that computes a convolution of 3x3 taps or others, padded by 1. */
function kernelOf({ x, filters, kernel = [3, 3], attributes }: Shape, options?: PlanOptions, constant = true): string {
  const shape = [filters, x[3] / Number(attributes?.groups ?? 1), ...kernel];
  const weights = tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape);
  const input = { dtype: 'float32', shape: [...x] } as const;
  const graph = {
    inputs: [{ name: 'x', ...input }, ...(constant ? [] : [{ name: 'w', dtype: 'float32', shape } as const])],
    outputs: ['y'],
    nodes: [
      {
        name: 'c',
        op: 'conv',
        inputs: ['x', 'w'],
        outputs: ['y'],
        attributes: { padding: [1, 1, 1, 1], ...attributes },
      },
    ],
    constants: new Map(constant ? [['w', weights]] : []),
  };
  const plan = makePlan(
    specialized(graph, { x: input, ...(constant ? {} : { w: weights }) }),
    new WeightStore(),
    options,
  );
  return plan.steps.at(-1)!.kernel;
}

it('is the same for the gradient of the input: a transposed convolution of stride 1', () => {
  const kernel = (strides: readonly number[]) => {
    const [x, w] = [
      { dtype: 'float32' as const, shape: [1, 28, 28, 64] },
      { dtype: 'float32' as const, shape: [64, 64, 3, 3] },
    ];
    const attributes = { padding: [1, 1, 1, 1], strides };
    const graph = {
      inputs: [
        { name: 'x', ...x },
        { name: 'w', ...w },
      ],
      outputs: ['y'],
      nodes: [{ name: 'c', op: 'convTranspose', inputs: ['x', 'w'], outputs: ['y'], attributes }],
      constants: new Map(),
    };
    return makePlan(specialized(graph, { x, w }), new WeightStore()).steps.at(-1)!.kernel;
  };
  expect(kernel([1, 1])).toBe('f32_winograd_4x4');
  expect(kernel([2, 1])).toBe('f32_conv');
});

const colours = { x: [1, 224, 224, 3], filters: 64 } as const;

describe('the kernel of a convolution', () => {
  it.each([
    ['wide maps, many channels', { x: [1, 56, 56, 64], filters: 64 }, 'f32_winograd_4x4'],
    ['7x7', { x: [1, 7, 7, 512], filters: 512 }, 'f32_winograd_4x4'],
    ['maps that 4x4 tiles would exceed by far', { x: [1, 4, 4, 64], filters: 64 }, 'f32_winograd_2x2'],
    ['the same in a batch', { x: [16, 4, 4, 64], filters: 64 }, 'f32_winograd_4x4'],
    ['a map smaller than a tile', { x: [1, 2, 2, 64], filters: 64 }, 'f32_conv'],
    ['colours', { x: [1, 112, 112, 3], filters: 64 }, 'f32_conv'],
    ['no channels', { x: [1, 8, 8, 0], filters: 8 }, 'f32_conv'],
    ['no filters', { x: [1, 8, 8, 8], filters: 0 }, 'f32_conv'],
    ['stride 2', { x: [1, 56, 56, 64], filters: 64, attributes: { strides: [2, 2] } }, 'f32_winograd_4x4'],
    [
      'stride 2, weights that few pixels use',
      { x: [1, 14, 14, 512], filters: 512, attributes: { strides: [2, 2] } },
      'f32_conv',
    ],
    ['dilation 2', { x: [1, 56, 56, 64], filters: 64, attributes: { dilations: [2, 1] } }, 'f32_conv'],
    ['groups', { x: [1, 56, 56, 64], filters: 64, attributes: { groups: 2 } }, 'f32_winograd_4x4'],
    ['groups of eight filters', { x: [1, 28, 28, 256], filters: 256, attributes: { groups: 32 } }, 'f32_winograd_4x4'],
    ['groups of fewer filters', { x: [1, 56, 56, 128], filters: 128, attributes: { groups: 32 } }, 'f32_conv'],
    ['groups that fill no panels', { x: [1, 28, 28, 64], filters: 24, attributes: { groups: 2 } }, 'f32_conv'],
    ['depthwise', { x: [1, 56, 56, 64], filters: 64, attributes: { groups: 64 } }, 'f32_depthwise_3x3'],
  ] as const)('%s: %j by %s', (_, shape, kernel) => {
    expect(kernelOf(shape)).toBe(kernel);
  });

  it.each([
    ['5x5', { x: [1, 27, 27, 64], filters: 192, kernel: [5, 5] }, 'f32_winograd_4x4'],
    ['4x4', { x: [1, 32, 32, 64], filters: 64, kernel: [4, 4] }, 'f32_winograd_4x4'],
    ['7x7', { x: [1, 32, 32, 64], filters: 64, kernel: [7, 7] }, 'f32_winograd_4x4'],
    ['9x9', { x: [1, 32, 32, 64], filters: 64, kernel: [9, 9] }, 'f32_winograd_4x4'],
    ['12x12', { x: [1, 32, 32, 64], filters: 64, kernel: [12, 12] }, 'f32_winograd_4x4'],
    ['more taps than are kept in parts', { x: [1, 32, 32, 64], filters: 64, kernel: [13, 12] }, 'f32_conv'],
    ['1x7', { x: [1, 32, 32, 64], filters: 64, kernel: [1, 7] }, 'f32_winograd_4x4'],
    ['1x1', { x: [1, 32, 32, 64], filters: 64, kernel: [1, 1] }, 'f32_conv'],
    ['2x2', { x: [1, 32, 32, 64], filters: 64, kernel: [2, 2] }, 'f32_winograd_4x4'],
    ['2x2, a map of which tiles exceed much', { x: [1, 8, 8, 64], filters: 64, kernel: [2, 2] }, 'f32_conv'],
    ["LeNet-5's second", { x: [1, 12, 12, 6], filters: 16, kernel: [5, 5] }, 'f32_conv'],
    ['7x7 at stride 2', { ...colours, kernel: [7, 7], attributes: { strides: [2, 2] } }, 'f32_winograd_4x4'],
    ['11x11 at stride 4', { ...colours, kernel: [11, 11], attributes: { strides: [4, 4] } }, 'f32_winograd_4x4'],
    ['3x3 at stride 2', { ...colours, attributes: { strides: [2, 2] } }, 'f32_conv'],
    ['a stride as long as the filter', { ...colours, kernel: [4, 4], attributes: { strides: [4, 4] } }, 'f32_conv'],
  ] as const)('%s: %j by %s', (_, shape, kernel) => {
    expect(kernelOf(shape)).toBe(kernel);
  });

  it('is the direct one where the options say so', () => {
    expect(kernelOf({ x: [1, 56, 56, 64], filters: 64 }, { winograd: false })).toBe('f32_conv');
  });

  it('counts the transform of filters that are computed in each run', () => {
    expect(kernelOf({ x: [1, 8, 8, 64], filters: 64 }, {}, true)).toBe('f32_winograd_4x4');
    expect(kernelOf({ x: [1, 8, 8, 64], filters: 64 }, {}, false)).toBe('f32_conv');
    expect(kernelOf({ x: [1, 24, 24, 64], filters: 64 }, {}, false)).toBe('f32_winograd_4x4');
  });
});
