// Every gradient rule against difference quotients: 0.2 % of the largest gradient.
import { describe, test } from 'vitest';
import { Tensor, tensor } from '../../src/tensor.js';
import { everything } from '../graph/everything.js';
import { checkGradients, type GradientCase, positive, sample } from './gradients.js';

const labels = (...values: number[]) => tensor(Int32Array.from(values));
const places = (shape: readonly number[], ...values: number[]) => tensor(BigInt64Array.from(values, BigInt), shape);
const bools = (...values: number[]) => new Tensor('bool', [values.length], Uint8Array.from(values));
const image = (channels = 3) => sample([2, 5, 4, channels]);

/** x, weights, recurrent weights and biases. */
const recurrent = (
  gates: number,
  directions: number,
  steps: number,
  rows: number,
  features: number,
  hidden: number,
) => [
  sample([steps, rows, features]),
  sample([directions, gates * hidden, features], 2),
  sample([directions, gates * hidden, hidden], 3),
  sample([directions, 2 * gates * hidden], 4),
];

/** Cases by the name of the rule; each rule has some. */
const cases: Readonly<Record<string, readonly GradientCase[]>> = {
  cumSum: [
    { op: 'cumSum', inputs: [sample([2, 5, 3])], attributes: { axis: 1 } },
    { op: 'cumSum', inputs: [sample([4, 3])], attributes: { axis: -1, exclusive: true, reverse: true } },
  ],
  topK: [
    { op: 'topK', inputs: [sample([3, 7])], attributes: { k: 3 } },
    { op: 'topK', inputs: [sample([4, 2, 3])], attributes: { k: 2, axis: 0, largest: false } },
  ],
  gatherNd: [{ op: 'gatherNd', inputs: [sample([3, 4, 2]), places([3, 2], 0, 1, 2, 3, 0, 1)] }],
  scatterElements: [
    {
      op: 'scatterElements',
      inputs: [sample([3, 4]), places([2, 4], 0, 1, 2, 0, 2, 0, 1, 1), sample([2, 4], 2)],
      attributes: { axis: 0 },
    },
    {
      op: 'scatterElements',
      inputs: [sample([3, 4]), places([3, 2], 1, 1, 2, 0, 3, 3), sample([3, 2], 2)],
      attributes: { axis: 1, reduction: 'add' },
    },
  ],
  rnn: [
    { op: 'rnn', inputs: recurrent(1, 1, 3, 2, 3, 5) },
    {
      op: 'rnn',
      inputs: [...recurrent(1, 2, 3, 2, 3, 4), undefined, sample([2, 2, 4], 5)],
      attributes: {
        direction: 'bidirectional',
        activations: 'affine scaledTanh',
        alphas: [0.5, 1.5],
        betas: [0.1, 0.7],
      },
      outputs: [0, 1],
    },
  ],
  lstm: [
    { op: 'lstm', inputs: recurrent(4, 1, 3, 2, 3, 4), outputs: [0, 1, 2] },
    {
      op: 'lstm',
      inputs: [
        ...recurrent(4, 2, 3, 2, 3, 4),
        tensor(Int32Array.of(3, 1)),
        sample([2, 2, 4], 5),
        sample([2, 2, 4], 6),
        sample([2, 12], 7),
      ],
      attributes: { direction: 'bidirectional', clip: 10, inputForget: true },
      outputs: [0, 1, 2],
    },
    {
      op: 'lstm',
      inputs: [...recurrent(4, 1, 2, 3, 3, 4), undefined, undefined, undefined, sample([1, 12], 7)],
      attributes: { batchFirst: true, direction: 'reverse' },
    },
  ],
  gru: [
    { op: 'gru', inputs: recurrent(3, 1, 3, 2, 3, 4), outputs: [0, 1] },
    {
      op: 'gru',
      inputs: [...recurrent(3, 2, 3, 2, 3, 4), tensor(Int32Array.of(3, 1)), sample([2, 2, 4], 5)],
      attributes: { direction: 'bidirectional', linearBeforeReset: true },
      outputs: [0, 1],
    },
  ],
  scatterNd: [
    { op: 'scatterNd', inputs: [sample([4, 3]), places([2, 1], 3, 0), sample([2, 3], 2)] },
    {
      op: 'scatterNd',
      inputs: [sample([2, 3]), places([3, 2], 0, 1, 1, 2, 0, 1), sample([3], 2)],
      attributes: { reduction: 'add' },
    },
  ],
  conv: [
    { op: 'conv', inputs: [image(), sample([4, 3, 3, 3], 2), sample([4], 3)], attributes: { padding: [1, 1, 1, 1] } },
    { op: 'conv', inputs: [image(), sample([2, 3, 3, 2], 2)], attributes: { strides: [2, 3], padding: [0, 1, 2, 0] } },
    { op: 'conv', inputs: [image(4), sample([6, 2, 2, 2], 2)], attributes: { groups: 2, dilations: [2, 1] } },
    { op: 'conv', inputs: [image(), sample([3, 1, 3, 3], 2)], attributes: { groups: 3, autoPad: 'same-upper' } },
    { op: 'conv', inputs: [sample([2, 7, 3]), sample([5, 3, 3], 2)], attributes: { strides: [2] } },
    // An activation and a residual of its own.
    {
      op: 'conv',
      inputs: [image(), sample([2, 3, 1, 1], 2), undefined, sample([2, 5, 4, 2], 4)],
      attributes: { activation: 'tanh' },
    },
  ],
  convTranspose: [
    {
      op: 'convTranspose',
      inputs: [image(), sample([3, 2, 3, 3], 2), sample([2], 3)],
      attributes: { strides: [2, 2], padding: [1, 0, 1, 1], outputPadding: [1, 0] },
    },
    { op: 'convTranspose', inputs: [image(4), sample([4, 1, 2, 2], 2)], attributes: { groups: 2, dilations: [1, 2] } },
    {
      op: 'convTranspose',
      inputs: [image(), sample([3, 2, 2, 2], 2)],
      attributes: { strides: [2, 2], outputShape: [11, 7] },
    },
  ],
  matmul: [
    { op: 'matmul', inputs: [sample([3, 4]), sample([4, 5], 2), sample([5], 3)] },
    { op: 'matmul', inputs: [sample([3, 4]), sample([5, 4], 2)], attributes: { transposeB: true } },
    { op: 'matmul', inputs: [sample([4, 3]), sample([4, 5], 2)], attributes: { transposeA: true } },
    { op: 'matmul', inputs: [sample([4, 3]), sample([5, 4], 2)], attributes: { transposeA: true, transposeB: true } },
    { op: 'matmul', inputs: [sample([2, 1, 3, 4]), sample([3, 4, 2], 2)] },
    { op: 'matmul', inputs: [sample([2, 3, 4]), sample([5, 4], 2)], attributes: { transposeB: true } },
    { op: 'matmul', inputs: [sample([4]), sample([2, 4, 3], 2)] },
    { op: 'matmul', inputs: [sample([2, 3, 4]), sample([4], 2)] },
  ],
  maxPool: [
    { op: 'maxPool', inputs: [image()], attributes: { kernelShape: [2, 2], strides: [2, 2] } },
    { op: 'maxPool', inputs: [image()], attributes: { kernelShape: [3, 3], padding: [1, 1, 1, 1], ceil: true } },
  ],
  averagePool: [
    { op: 'averagePool', inputs: [image()], attributes: { kernelShape: [2, 2], strides: [2, 2] } },
    {
      op: 'averagePool',
      inputs: [image()],
      attributes: { kernelShape: [3, 2], padding: [1, 0, 1, 1], strides: [2, 1] },
    },
  ],
  globalAveragePool: [{ op: 'globalAveragePool', inputs: [image()] }],
  globalMaxPool: [{ op: 'globalMaxPool', inputs: [image()] }],
  activation: [
    ['clip', -0.5, 0.5],
    ['leakyRelu', 0.1],
    ['leakyRelu', -0.1],
    ['elu', 1],
    ['selu', 1.7, 1.05],
    ['celu', 1.5],
    ['sigmoid'],
    ['tanh'],
    ['hardSigmoid', 1, 0.5],
    ['hardSwish'],
    ['silu'],
    ['gelu'],
    ['geluTanh'],
    ['mish'],
    ['softplus'],
    ['softsign'],
    ['thresholdedRelu', 0.35],
  ].map(([activation, alpha = 0, beta = 0]) => ({
    op: 'activation',
    inputs: [sample([2, 8])],
    attributes: { activation, alpha, beta },
  })),
  batchNormTraining: [
    {
      op: 'batchNormTraining',
      inputs: [sample([4, 3, 3, 2]), positive([2], 2), sample([2], 3)],
      attributes: { epsilon: 1e-3 },
    },
  ],
  layerNorm: [
    { op: 'layerNorm', inputs: [sample([3, 2, 5]), positive([5], 2), sample([5], 3)], attributes: { epsilon: 1e-2 } },
    { op: 'layerNorm', inputs: [sample([3, 2, 5]), positive([2, 5], 2)], attributes: { axis: 1, epsilon: 1e-2 } },
  ],
  responseNorm: [
    { op: 'responseNorm', inputs: [sample([2, 3, 7])], attributes: { size: 3, alpha: 0.5, beta: 0.75, bias: 1 } },
  ],
  softmax: [
    { op: 'softmax', inputs: [sample([3, 4])], attributes: { axis: -1 } },
    { op: 'softmax', inputs: [sample([3, 4, 2])], attributes: { axis: 1, log: true } },
  ],
  softmaxCrossEntropy: [
    { op: 'softmaxCrossEntropy', inputs: [sample([3, 5]), labels(0, 4, 2)], attributes: { labelSmoothing: 0.1 } },
    {
      op: 'softmaxCrossEntropy',
      inputs: [sample([2, 3]), tensor(Float32Array.of(0.2, 0.3, 0.5, 1, 0, 0), [2, 3])],
      attributes: { labelSmoothing: 0 },
      wanted: [0],
    },
  ],
  randomMask: [
    { op: 'randomMask', inputs: [sample([4, 6]), tensor(Int32Array.of(3), [])], attributes: { rate: 0.4, seed: 7 } },
  ],
  resize: [
    { op: 'resize', inputs: [image()], attributes: { axes: [1, 2], sizes: [7, 9], mode: 'linear' } },
    { op: 'resize', inputs: [image()], attributes: { axes: [1, 2], sizes: [10, 8], mode: 'nearest' } },
    { op: 'resize', inputs: [image()], attributes: { axes: [1, 2], sizes: [3, 7], mode: 'cubic' } },
  ],
  binary: [
    ...['add', 'sub', 'mul', 'min', 'max'].map((operation) => ({
      op: 'binary',
      inputs: [sample([2, 3, 4]), sample([3, 1], 5)],
      attributes: { operation },
    })),
    { op: 'binary', inputs: [sample([2, 4]), positive([4], 5)], attributes: { operation: 'div' } },
    { op: 'binary', inputs: [positive([2, 4]), sample([4], 5)], attributes: { operation: 'pow' } },
    { op: 'binary', inputs: [tensor([5.3, 7.6, -4.4]), tensor([2.1, 3, 1.7])], attributes: { operation: 'mod' } },
    { op: 'binary', inputs: [tensor([5.3, 7.6, -4.4]), tensor([2.1, 3, 1.7])], attributes: { operation: 'remainder' } },
    { op: 'binary', inputs: [sample([3]), sample([3], 5)], attributes: { operation: 'add', activation: 'sigmoid' } },
  ],
  unary: [
    ...['abs', 'neg', 'exp', 'erf', 'sin', 'cos'].map((operation) => ({
      op: 'unary',
      inputs: [sample([2, 6])],
      attributes: { operation },
    })),
    ...['log', 'sqrt', 'reciprocal'].map((operation) => ({
      op: 'unary',
      inputs: [tensor([1.2, 1.7, 2.4, 3])],
      attributes: { operation },
    })),
    { op: 'unary', inputs: [sample([4])], attributes: { operation: 'floor' } },
  ],
  where: [{ op: 'where', inputs: [bools(1, 0, 1), sample([2, 3]), sample([2, 1], 4)] }],
  cast: [{ op: 'cast', inputs: [sample([3])], attributes: { to: 'float32' } }],
  concat: [{ op: 'concat', inputs: [image(), sample([2, 5, 4, 2], 4)], attributes: { axis: 3 } }],
  split: [
    { op: 'split', inputs: [sample([2, 7])], attributes: { axis: 1, sizes: [3, 4] }, outputs: [0, 1] },
    { op: 'split', inputs: [sample([2, 7])], attributes: { axis: 1, sizes: [3, 4] }, outputs: [1] },
  ],
  slice: [
    { op: 'slice', inputs: [image()], attributes: { starts: [1, -1], ends: [4, -6], axes: [1, 2], steps: [2, -1] } },
  ],
  pad: [
    { op: 'pad', inputs: [sample([3, 4])], attributes: { padding: [1, -1, 0, 2], value: 3 } },
    ...['edge', 'reflect', 'wrap'].map((mode) => ({
      op: 'pad',
      inputs: [sample([3, 4])],
      attributes: { mode, padding: [2, 1, 1, 3] },
    })),
    { op: 'pad', inputs: [sample([3, 4])], attributes: { mode: 'edge', padding: [-1, 2, 2, -1] } },
  ],
  transpose: [{ op: 'transpose', inputs: [sample([2, 3, 4])], attributes: { permutation: [2, 0, 1] } }],
  reshape: [{ op: 'reshape', inputs: [sample([2, 6])], attributes: { shape: [3, -1] } }],
  identity: [{ op: 'identity', inputs: [sample([2, 3])] }],
  expand: [{ op: 'expand', inputs: [sample([3, 1])], attributes: { shape: [2, 3, 4] } }],
  tile: [{ op: 'tile', inputs: [sample([2, 3])], attributes: { repeats: [3, 2] } }],
  gather: [
    { op: 'gather', inputs: [sample([5, 3]), tensor(Int32Array.of(1, 4, 1, -1), [2, 2])], attributes: { axis: 0 } },
    { op: 'gather', inputs: [sample([2, 5, 3]), labels(3, 3)], attributes: { axis: 1 } },
  ],
  gatherElements: [
    {
      op: 'gatherElements',
      inputs: [sample([3, 2]), tensor(Int32Array.of(0, 2, 0, 1), [2, 2])],
      attributes: { axis: 0 },
    },
  ],
  depthToSpace: [
    { op: 'depthToSpace', inputs: [sample([1, 2, 3, 8])], attributes: { blockSize: 2, blocksInside: true } },
  ],
  spaceToDepth: [{ op: 'spaceToDepth', inputs: [sample([1, 4, 6, 2])], attributes: { blockSize: 2 } }],
  reduce: [
    ...['sum', 'mean', 'max', 'min', 'l1', 'l2', 'sumSquare', 'logSumExp'].map((reduction) => ({
      op: 'reduce',
      inputs: [sample([2, 4, 3])],
      attributes: { reduction, axes: [1], keepDims: reduction.length > 3 },
    })),
    ...['logSum', 'prod'].map((reduction) => ({
      op: 'reduce',
      inputs: [positive([2, 4])],
      attributes: { reduction, axes: [1] },
    })),
    // One zero and two.
    {
      op: 'reduce',
      inputs: [
        tensor([
          [1.5, 0, 2],
          [0, 0, 3],
        ]),
      ],
      attributes: { reduction: 'prod', axes: [1] },
    },
    { op: 'reduce', inputs: [sample([2, 3])], attributes: { reduction: 'sum' } },
  ],
  // Taken apart before.
  groupNorm: [
    { op: 'groupNorm', inputs: [image(4), positive([4], 2), sample([4], 3)], attributes: { groups: 2, epsilon: 1e-2 } },
  ],
  batchNorm: [
    {
      op: 'batchNorm',
      inputs: [image(2), positive([2], 2), sample([2], 3), sample([2], 4), positive([2], 5)],
      attributes: { epsilon: 1e-2 },
    },
  ],
  lpPool: [{ op: 'lpPool', inputs: [image()], attributes: { kernelShape: [2, 2], p: 2 } }],
};

describe.each(Object.entries(cases))('%s', (_, tests) => {
  test.each(tests.map((one) => [JSON.stringify(one.attributes ?? {}), one] as const))('%s', (_title, one) => {
    checkGradients(one);
  });
});

// Differences don't tell a gradient that passes rounding: test/ops/quantized/fakeQuantize.test.ts has its values.
const passesRounding = 'fakeQuantize';

test('every rule has cases', ({ expect }) => {
  const withRules = Object.values(everything.operators)
    .filter(({ gradient, unroll }) => gradient ?? unroll)
    .filter(({ name, gradient }) => typeof gradient !== 'string' && name !== passesRounding);
  expect(withRules.map(({ name }) => name).filter((name) => !(name in cases))).toEqual([]);
});
