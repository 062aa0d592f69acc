import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/ops/operator.js';
import { sizeOf } from '../../../src/shape.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { everything, type Written } from '../../graph/everything.js';
import { randomFloats } from '../../kernels/numbers.js';
import { batchNorm, batchNormGradient } from '../../reference/normalization/batchNorm.js';
import { checkGraph, checkOperator, compiled } from '../check.js';

const random = randomFloats(13);
/** Off centre, so that sums of squares without the mean would lose digits. */
const make = (shape: readonly number[], mean = 0): Tensor<'float32'> =>
  tensor(
    random(sizeOf(shape)).map((value) => value + mean),
    shape,
  );
const EPSILON = 1e-3;

const shapes = [
  ...[1, 3, 4, 5, 7, 8, 9, 13, 16, 17, 35].map((channels, i) => [2, 3, 1 + i, channels]),
  [300, 3],
  [1, 130, 16],
  [2, 2, 3, 2, 5],
];

function graphOf(op: string, inputs: readonly Tensor[], outputs: string[], attributes: Attributes): Written {
  const names = inputs.map((_, index) => `input${index}`);
  return {
    inputs: inputs.map(({ shape }, index) => ({ name: names[index], dtype: 'float32', shape: [...shape] })),
    outputs,
    nodes: [{ name: op, op, inputs: names, outputs, attributes }],
    constants: new Map(),
  };
}

const named = (inputs: readonly Tensor[]) => Object.fromEntries(inputs.map((input, i) => [`input${i}`, input]));
/** Results of size 1 from inputs of size 4 whose mean and deviation are rounded. */
const bound = (values: readonly number[]) => ({ magnitude: values.map((value) => 4 + Math.abs(value)), roundings: 40 });

describe('batchNormTraining, error within 40 roundings of 4 and the value', () => {
  it.each(shapes.map((shape) => [shape.join(), shape] as const))('of [%s]', (_, shape) => {
    const inputs = [make(shape, 3), make([shape.at(-1)!]), make([shape.at(-1)!])];
    const [x, scale, bias] = inputs.map(({ data }) => data as Float32Array);
    const { values, means, variances } = batchNorm(x, scale, bias, EPSILON);
    const attributes = { epsilon: EPSILON };
    checkOperator({ op: 'batchNormTraining', inputs, attributes, expected: { shape, values, ...bound(values) } });
    const statistics = (list: number[]) => ({ shape: [list.length], values: list, ...bound(list) });
    checkGraph(graphOf('batchNormTraining', inputs, ['y', 'mean', 'variance'], attributes), named(inputs), [
      { shape, values, ...bound(values) },
      statistics(means),
      statistics(variances),
    ]);
  });

  it.each([
    { activation: 'clip', alpha: 0, beta: 0.5 },
    { activation: 'tanh', alpha: 0, beta: 0 },
  ])('takes in the activation behind it: %o', (attributes) => {
    const inputs = [make([2, 3, 3, 6]), make([6]), make([6])];
    const [x, scale, bias] = inputs.map(({ data }) => data as Float32Array);
    const plain = graphOf('batchNormTraining', inputs, ['normal'], { epsilon: EPSILON });
    const graph: Written = {
      ...plain,
      outputs: ['y'],
      nodes: [...plain.nodes, { name: 'act', op: 'activation', inputs: ['normal'], outputs: ['y'], attributes }],
    };
    expect(compiled(graph, named(inputs)).nodes).toHaveLength(1);
    const values = batchNorm(x, scale, bias, EPSILON).values.map((value) =>
      attributes.activation === 'tanh' ? Math.tanh(value) : Math.max(0, Math.min(0.5, value)),
    );
    checkGraph(graph, named(inputs), [{ shape: [2, 3, 3, 6], values, ...bound(values) }]);
  });
});

describe('batchNormGradient, error within 60 roundings of the sizes of its terms', () => {
  it.each(shapes.map((shape) => [shape.join(), shape] as const))('of [%s]', (_, shape) => {
    const [x, gradient, scale] = [make(shape, 3), make(shape), make([shape.at(-1)!])];
    const { means, variances } = batchNorm(x.data, scale.data, scale.data, EPSILON);
    const inputs = [x, gradient, scale, tensor(means), tensor(variances)];
    const { values, scales, biases } = batchNormGradient(x.data, gradient.data, scale.data, EPSILON);
    const channels = means.length;
    const inverse = variances.map((variance) => 1 / Math.sqrt(variance + EPSILON));
    const pixels = sizeOf(shape) / channels;
    const expected = {
      shape,
      values,
      magnitude: values.map((_, i) => 10 * inverse[i % channels] * (1 + inverse[i % channels])),
      roundings: 60,
    };
    checkOperator({ op: 'batchNormGradient', inputs, attributes: { epsilon: EPSILON }, expected });
    const sums = (list: number[]) => ({
      shape: [channels],
      values: list,
      roundings: 60,
      magnitude: list.map((_, channel) => Math.sqrt(pixels) * 4 * (1 + inverse[channel])),
    });
    checkGraph(graphOf('batchNormGradient', inputs, ['dx', 'dscale', 'dbias'], { epsilon: EPSILON }), named(inputs), [
      expected,
      sums(scales),
      sums(biases),
    ]);
  });
});

it('refuses empty batches and parameters of other shapes', () => {
  const type = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
  const refuse = (op: string, ...inputs: object[]) =>
    expect(() => everything.operators[op].infer(inputs as never, {})).toThrow(
      expect.objectContaining({ code: 'SHAPE' }),
    );
  refuse('batchNormTraining', type(0, 3), type(3), type(3));
  refuse('batchNormTraining', type(2, 3), type(4), type(3));
  refuse('batchNormGradient', type(2, 3), type(2, 4), type(3), type(3), type(3));
  refuse('batchNormGradient', type(2, 3), type(2, 3), type(3), type(3));
});
