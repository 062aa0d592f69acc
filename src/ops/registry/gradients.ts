// The registry of gradient rules, one line each, by the names of their operators. Operators that are composed of others
// need none: they are taken apart before.

import { conv, convTranspose } from '../convolution/gradients.js';
import { activation, binary, cast, unary, where } from '../elementwise/gradients.js';
import type { GradientRule } from '../gradientRule.js';
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
} from '../layout/gradients.js';
import { matmul } from '../matmul/gradients.js';
import {
  batchNormTraining,
  layerNorm,
  randomMask,
  resize,
  responseNorm,
  softmax,
  softmaxCrossEntropy,
} from '../normalization/gradients.js';
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from '../pooling/gradients.js';
import { reduce } from '../reduction/gradients.js';

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
