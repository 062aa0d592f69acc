// The registry of gradient rules, one line each, by the names of their operators. Operators that are composed of others
// need none: they are taken apart before.

import { conv, convTranspose } from './convolution.js';
import { activation, binary, cast, unary, where } from './elementwise.js';
import { matmul } from './matmul.js';
import {
  concat,
  depthToSpace,
  expand,
  gather,
  gatherElements,
  pad,
  reshape,
  slice,
  spaceToDepth,
  split,
  tile,
  transpose,
} from './movement.js';
import {
  batchNormTraining,
  layerNorm,
  randomMask,
  resize,
  responseNorm,
  softmax,
  softmaxCrossEntropy,
} from './normalization.js';
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from './pooling.js';
import { reduce } from './reduce.js';
import type { GradientRule } from './rule.js';

export const gradientRules: Readonly<Record<string, GradientRule>> = {
  activation,
  averagePool,
  batchNormTraining,
  binary,
  cast,
  concat,
  conv,
  convTranspose,
  depthToSpace,
  expand,
  gather,
  gatherElements,
  globalAveragePool,
  globalMaxPool,
  identity: reshape,
  layerNorm,
  matmul,
  maxPool,
  pad,
  randomMask,
  reduce,
  reshape,
  resize,
  responseNorm,
  slice,
  softmax,
  softmaxCrossEntropy,
  spaceToDepth,
  split,
  tile,
  transpose,
  unary,
  where,
};
