// Every operator of the registry, but those of training steps, can be called on tensors.
import { beforeAll, expect, it } from 'vitest';
import * as ops from '../../src/eager/index.js';
import { operators } from '../../src/ops/operators.js';

beforeAll(ops.ready);

/** The calls that are made of each operator, the plainest first. */
const calls: Readonly<Record<string, readonly (keyof typeof ops)[]>> = {
  activation: ['activation', 'relu', 'relu6', 'clip', 'leakyRelu', 'elu', 'sigmoid', 'tanh'],
  argMax: ['argMax'],
  argMin: ['argMin'],
  averagePool: ['averagePool'],
  batchNorm: ['batchNorm'],
  binary: ['add', 'sub', 'mul', 'div', 'minimum', 'maximum', 'pow', 'mod', 'remainder'],
  cast: ['cast'],
  centerCropPad: ['centerCropPad'],
  compare: ['less', 'greater', 'equal', 'lessEqual', 'greaterEqual'],
  concat: ['concat'],
  constantOfShape: ['fill'],
  conv: ['conv', 'conv1d', 'conv2d', 'depthwiseConv2d'],
  convInteger: ['convInteger'],
  convTranspose: ['convTranspose'],
  cumSum: ['cumSum'],
  depthToSpace: ['depthToSpace', 'pixelShuffle'],
  dequantize: ['dequantize'],
  dropout: ['dropout'],
  expand: ['expand'],
  flatten: ['flatten'],
  gather: ['gather'],
  gatherElements: ['gatherElements'],
  gatherNd: ['gatherNd'],
  globalAveragePool: ['globalAveragePool'],
  globalMaxPool: ['globalMaxPool'],
  gridSample: ['gridSample'],
  groupNorm: ['groupNorm', 'instanceNorm'],
  hardmax: ['hardmax'],
  identity: ['identity'],
  layerNorm: ['layerNorm'],
  logical: ['logicalAnd', 'logicalOr', 'logicalXor', 'logicalNot'],
  lpPool: ['lpPool'],
  matmul: ['matmul', 'dense'],
  matmulInteger: ['matmulInteger'],
  maxPool: ['maxPool', 'maxPoolWithIndices'],
  nonMaxSuppression: ['nonMaxSuppression'],
  oneHot: ['oneHot'],
  pad: ['pad'],
  quantize: ['quantize'],
  range: ['range'],
  reduce: ['sum', 'mean', 'max', 'min', 'prod', 'l1Norm', 'l2Norm', 'sumSquare', 'logSum', 'logSumExp'],
  reshape: ['reshape'],
  resize: ['resize'],
  responseNorm: ['localResponseNorm'],
  roiAlign: ['roiAlign'],
  scaleShift: ['scaleShift'],
  scatterElements: ['scatterElements'],
  scatterNd: ['scatterNd'],
  shape: ['shapeOf'],
  size: ['sizeOf'],
  slice: ['slice'],
  softmax: ['softmax', 'logSoftmax'],
  spaceToDepth: ['spaceToDepth'],
  split: ['split'],
  squeeze: ['squeeze'],
  tile: ['tile'],
  topK: ['topK'],
  transpose: ['transpose'],
  unary: [
    ...(['abs', 'neg', 'exp', 'log', 'sqrt', 'reciprocal', 'floor', 'ceil', 'round', 'sign', 'erf', 'sin'] as const),
    'cos',
  ],
  unsqueeze: ['unsqueeze'],
  where: ['where'],
};

it('every operator has a call, and every call is of an operator', () => {
  expect(Object.keys(calls)).toEqual(Object.keys(operators).sort());
  const functions = Object.entries(ops).filter(([name, value]) => typeof value === 'function' && name !== 'ready');
  expect(Object.values(calls).flat().sort()).toEqual(functions.map(([name]) => name).sort());
});
