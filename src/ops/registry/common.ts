// Operators that most classifiers are made of, one line each, for front ends to bring along.

import { conv } from '../convolution/conv.js';
import { cast } from '../elementwise/cast.js';
import { dropout } from '../elementwise/dropout.js';
import { identity } from '../elementwise/identity.js';
import { gather } from '../indexing/gather.js';
import { concat } from '../layout/concat.js';
import { constantOfShape } from '../layout/constantOfShape.js';
import { expand } from '../layout/expand.js';
import { pad } from '../layout/pad.js';
import { flatten, squeeze, unsqueeze } from '../layout/reshape.js';
import { shape, size } from '../layout/shapeOf.js';
import { slice } from '../layout/slice.js';
import { split } from '../layout/split.js';
import { transpose } from '../layout/transpose.js';
import { matmul } from '../matmul/matmul.js';
import { softmax } from '../normalization/softmax.js';
import type { Operator } from '../operator.js';
import { globalAveragePool, globalMaxPool } from '../pooling/globalPool.js';
import { averagePool, maxPool } from '../pooling/pool.js';
import { reduce } from '../reduction/reduce.js';

export const extended: Readonly<Record<string, Operator>> = {
  averagePool,
  cast,
  concat,
  constantOfShape,
  conv,
  dropout,
  expand,
  flatten,
  gather,
  globalAveragePool,
  globalMaxPool,
  identity,
  matmul,
  maxPool,
  pad,
  reduce,
  shape,
  size,
  slice,
  softmax,
  split,
  squeeze,
  transpose,
  unsqueeze,
};
