// Calls of operators that have options, with what comes before these.

import { tensor } from '../src/index.js';

export const image = tensor(new Float32Array(18), [1, 3, 3, 2]);
export const filters = tensor(new Float32Array(4), [2, 2, 1, 1]);
export const channels = tensor([1, 1]);
const places = tensor(BigInt64Array.of(0n));
const bytes = tensor(new Uint8Array(18), [1, 3, 3, 2]);

const recurrent = (gates: number) => [
  tensor(new Float32Array(2), [1, 1, 2]),
  tensor(new Float32Array(2 * gates), [1, gates, 2]),
  tensor(new Float32Array(gates), [1, gates, 1]),
];

/** Arguments before the options, of the calls that have options. */
export const operators: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(['conv', 'conv2d', 'convTranspose'].map((name) => [name, [image, filters, undefined]])),
  conv1d: [tensor(new Float32Array(6), [1, 3, 2]), filters, undefined],
  conv3d: [tensor(new Float32Array(6), [1, 1, 1, 3, 2]), filters, undefined],
  depthwiseConv2d: [image, filters, undefined],
  convInteger: [bytes, tensor(new Int8Array(4), [2, 2, 1, 1])],
  integerAveragePool: [bytes, tensor(1), tensor(new Uint8Array(1))],
  matmul: [image, image],
  matmulInteger: [bytes, bytes],
  dense: [image, image, undefined],
  ...Object.fromEntries(
    ['maxPool', 'maxPoolWithIndices', 'averagePool', 'lpPool', 'activation', 'clip', 'leakyRelu', 'elu']
      .concat(['softmax', 'logSoftmax', 'hardmax', 'argMax', 'argMin', 'cumSum', 'flatten', 'squeeze'])
      .concat(['sum', 'mean', 'max', 'min', 'prod', 'l1Norm', 'l2Norm', 'sumSquare', 'logSum', 'logSumExp'])
      .concat(['localResponseNorm'])
      .map((name) => [name, [image]]),
  ),
  ...Object.fromEntries([1, 3, 4].map((gates, at) => [['rnn', 'gru', 'lstm'][at], recurrent(gates)])),
  topK: [image, 1],
  oneHot: [places, 3],
  gather: [image, places],
  gatherElements: [image, places],
  gatherNd: [image, places],
  scatterElements: [image, places, image],
  scatterNd: [image, places, image],
  concat: [[image, image]],
  split: [image, 2],
  slice: [image, [0], [1]],
  pad: [image, 1],
  centerCropPad: [image, [1]],
  fill: [[2], 1],
  range: [0, 1],
  batchNorm: [image, channels, channels, channels, channels],
  layerNorm: [image, channels, channels],
  groupNorm: [image, channels, channels],
  instanceNorm: [image, channels, channels],
  resize: [image, 2],
  gridSample: [image, image],
  roiAlign: [image, channels, places, 2],
  nonMaxSuppression: [image, image],
  quantize: [image, channels, undefined],
  fakeQuantize: [image, tensor(1, [])],
  dequantize: [bytes, channels, undefined],
};
