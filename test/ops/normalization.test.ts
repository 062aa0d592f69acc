import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../src/tensor.js';
import { everything } from '../graph/everything.js';
import { randomFloats } from '../kernels/numbers.js';
import { activations } from '../reference/activation.js';
import { groupNorm, layerNorm, responseNorm, responseNormGradient, scaleShift } from '../reference/normalization.js';
import { checkGraph, checkOperator } from './check.js';

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const random = randomFloats(11);
/** Off centre, so that sums of squares without the mean would lose digits. */
const make = (shape: readonly number[], mean = 0): Tensor<'float32'> =>
  tensor(
    random(sizeOf(shape)).map((value) => value + mean),
    shape,
  );
/** Results of size 1 from inputs of size 4 whose mean and deviation are rounded. */
const bound = (values: readonly number[]) => ({ magnitude: values.map((value) => 4 + Math.abs(value)), roundings: 40 });

describe('layerNorm, error within 40 roundings of 4 and the value', () => {
  it.each([
    ...[1, 2, 3, 4, 5, 7, 8, 9, 13, 130].map((columns) => ({ shape: [3, columns], axis: -1, shifts: true })),
    { shape: [2, 3, 4, 5], axis: 2, shifts: true },
    { shape: [2, 3, 4, 5], axis: 0, shifts: false },
    { shape: [2, 1, 5, 6], axis: -1, shifts: false },
  ])('%o', ({ shape, axis, shifts }) => {
    const inner = shape.slice(axis);
    const [x, scale, shift] = [make(shape, 3), make(inner), shifts ? make(inner) : undefined];
    const { values } = layerNorm(x.data, sizeOf(inner), scale.data, shift?.data, 1e-3);
    const expected = { shape, values, ...bound(values) };
    checkOperator({ op: 'layerNorm', inputs: [x, scale, shift], attributes: { axis, epsilon: 1e-3 }, expected });
  });

  it('stretches its parameters, and gives means and deviations', () => {
    const x = make([2, 3, 4]);
    const scale = tensor([1.5, -2, 0.5], [3, 1]);
    const whole = Array.from({ length: 12 }, (_, i) => scale.data[Math.floor(i / 4)]);
    const { values, means, inverses } = layerNorm(x.data, 12, whole, undefined, 1e-5);
    const graph = {
      inputs: [{ name: 'x', dtype: 'float32' as const, shape: [2, 3, 4] }],
      outputs: ['y', 'means', 'inverses'],
      nodes: [
        {
          name: 'norm',
          op: 'layerNorm',
          inputs: ['x', 'scale'],
          outputs: ['y', 'means', 'inverses'],
          attributes: { axis: 1 },
        },
      ],
      constants: new Map([['scale', scale]]),
    };
    const statistics = (list: number[]) => ({ shape: [2, 1, 1], values: list, ...bound(list) });
    checkGraph(graph, { x }, [{ shape: [2, 3, 4], values, ...bound(values) }, statistics(means), statistics(inverses)]);
  });
});

describe('groupNorm, error within 40 roundings of 4 and the value', () => {
  it.each([
    ...[1, 3, 4, 5, 8, 13].map((channels) => ({ shape: [2, 3, 4, channels], groups: undefined, parameters: channels })),
    { shape: [1, 5, 6, 12], groups: 4, parameters: 12 },
    { shape: [2, 5, 6, 12], groups: 4, parameters: 4 },
    { shape: [2, 7, 10], groups: 5, parameters: 10 },
    { shape: [1, 2, 3, 4, 6], groups: 1, parameters: 6 },
    { shape: [3, 8], groups: 2, parameters: 8 },
  ])('%o', ({ shape, groups, parameters }) => {
    const [x, scale, shift] = [make(shape, 3), make([parameters]), make([parameters])];
    const channels = shape.at(-1)!;
    const pixels = sizeOf(shape.slice(1, -1));
    const values = groupNorm(x.data, [shape[0], pixels, channels], groups ?? channels, scale.data, shift.data, 1e-3);
    const expected = { shape, values, ...bound(values) };
    checkOperator({ op: 'groupNorm', inputs: [x, scale, shift], attributes: { groups, epsilon: 1e-3 }, expected });
  });

  it('takes channels on another axis', () => {
    const [x, scale, shift] = [make([2, 3, 5]), make([3]), make([3])];
    const moved = Array.from(
      { length: 30 },
      (_, i) => x.data[Math.floor(i / 15) * 15 + (i % 3) * 5 + (Math.floor(i / 3) % 5)],
    );
    const last = groupNorm(moved, [2, 5, 3], 3, scale.data, shift.data, 1e-5);
    const values = Array.from(
      { length: 30 },
      (_, i) => last[Math.floor(i / 15) * 15 + (i % 5) * 3 + (Math.floor(i / 5) % 3)],
    );
    const expected = { shape: [2, 3, 5], values, ...bound(values) };
    checkOperator({ op: 'groupNorm', inputs: [x, scale, shift], attributes: { channelAxis: 1 }, expected });
  });
});

describe('responseNorm, error within 40 roundings, and its gradient, within 100 of 1', () => {
  it.each(
    [1, 3, 4, 5, 7, 8, 13, 17].flatMap((channels) =>
      [
        { size: 5, alpha: 1e-4, beta: 0.75, bias: 1 },
        { size: 3, alpha: 2, beta: 0.6, bias: 0.5 },
        { size: 4, alpha: 0.5, beta: 1, bias: 2 },
        { size: 40, alpha: 1, beta: 0.75, bias: 1 },
      ].map((attributes) => ({ channels, ...attributes })),
    ),
  )('%o', ({ channels, ...attributes }) => {
    const x = make([2, 2, 3, channels]);
    const values = responseNorm(x.data, channels, attributes.size, attributes);
    checkOperator({ op: 'responseNorm', inputs: [x], attributes, expected: { shape: x.shape, values, roundings: 40 } });
    const gradient = make(x.shape);
    const slopes = responseNormGradient(x.data, gradient.data, channels, attributes.size, attributes);
    checkOperator({
      ...{ op: 'responseNormGradient', inputs: [x, gradient], attributes },
      expected: { shape: x.shape, values: slopes, magnitude: slopes.map(() => 1), roundings: 100 },
    });
  });
});

it('refuses parameters of other shapes', () => {
  const type = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
  const refuse = (op: string, inputs: object[], attributes: object) =>
    expect(() => everything.operators[op].infer(inputs as never, attributes)).toThrow(
      expect.objectContaining({ code: 'SHAPE' }),
    );
  refuse('layerNorm', [type(2, 4), type(3)], {});
  refuse('groupNorm', [type(2, 4), type(4), type(3)], {});
  refuse('groupNorm', [type(2, 4), type(4), type(4)], { groups: 3 });
  refuse('responseNorm', [type(2, 4)], { size: 0 });
  refuse('responseNormGradient', [type(2, 4), type(2, 3)], { size: 3 });
});

describe('scaleShift, error within 8 roundings of 2 and the value', () => {
  it.each([
    ...[1, 2, 3, 4, 5, 7, 8, 9, 13].map((channels) => [2, 3, 3, channels]),
    [4],
    [3, 5],
    [2, 3, 1, 4, 5, 6],
    [0, 4],
  ])('of shape %o', (...shape) => {
    const [x, scale, shift] = [make(shape), make(shape.slice(-1)), make(shape.slice(-1))];
    const values = scaleShift(x.data, scale.data, shift.data);
    for (const activation of ['none', 'clip', 'hardSwish'] as const) {
      const activated = values.map((value) => activations[activation](value, 0, 0.5));
      checkOperator({
        op: 'scaleShift',
        inputs: [x, scale, shift],
        attributes: { activation, alpha: 0, beta: 0.5 },
        expected: { shape, values: activated, magnitude: values.map((value) => 2 + Math.abs(value)), roundings: 8 },
      });
    }
  });

  it('takes a scale and a shift of the channels', () => {
    const types = (...shapes: number[][]) => shapes.map((shape) => ({ dtype: 'float32' as const, shape }));
    for (const shapes of [
      [[2, 3], [3]],
      [[2, 3], [2], [3]],
      [[2, 3], [3], [1]],
      [[], [], []],
    ])
      expect(() => everything.operators.scaleShift.infer(types(...shapes), {})).toThrow(/scale and a shift of shape/);
  });
});
