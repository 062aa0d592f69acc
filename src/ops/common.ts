// The operators that classifiers are made of, by name: few, since programs load them before they know what a file holds.

import { conv } from './convolution/conv.js';
import { activation } from './elementwise/activation.js';
import { binary } from './elementwise/binary.js';
import { cast } from './elementwise/cast.js';
import { dropout } from './elementwise/dropout.js';
import { identity } from './elementwise/identity.js';
import { scaleShift } from './elementwise/scaleShift.js';
import { unary } from './elementwise/unary.js';
import { concat } from './layout/concat.js';
import { constantOfShape } from './layout/constantOfShape.js';
import { pad } from './layout/pad.js';
import { flatten, reshape, squeeze, unsqueeze } from './layout/reshape.js';
import { shape } from './layout/shapeOf.js';
import { slice } from './layout/slice.js';
import { transpose } from './layout/transpose.js';
import { matmul } from './matmul/matmul.js';
import { batchNorm } from './normalization/batchNorm.js';
import { softmax } from './normalization/softmax.js';
import type { Operators } from './operator.js';
import { globalAveragePool, globalMaxPool } from './pooling/globalPool.js';
import { averagePool, maxPool } from './pooling/pool.js';
import { reduce } from './reduction/reduce.js';

export const common: Operators = {
  activation,
  averagePool,
  batchNorm,
  binary,
  cast,
  concat,
  constantOfShape,
  conv,
  dropout,
  flatten,
  globalAveragePool,
  globalMaxPool,
  identity,
  matmul,
  maxPool,
  pad,
  reduce,
  reshape,
  scaleShift,
  shape,
  slice,
  softmax,
  squeeze,
  transpose,
  unary,
  unsqueeze,
};
