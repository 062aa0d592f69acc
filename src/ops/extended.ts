// Operators that most classifiers are made of, one line each, for front ends to bring along.

import { cast } from './cast.js';
import { concat } from './concat.js';
import { constantOfShape } from './constantOfShape.js';
import { conv } from './conv.js';
import { dropout } from './dropout.js';
import { expand } from './expand.js';
import { gather } from './gather.js';
import { globalAveragePool, globalMaxPool } from './globalPool.js';
import { identity } from './identity.js';
import { matmul } from './matmul.js';
import type { Operator } from './operator.js';
import { pad } from './pad.js';
import { averagePool, maxPool } from './pool.js';
import { reduce } from './reduce.js';
import { flatten, squeeze, unsqueeze } from './reshape.js';
import { shape, size } from './shapeOf.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { split } from './split.js';
import { transpose } from './transpose.js';

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
