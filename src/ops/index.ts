// The registry of operators: one line each.

import { activation } from './activation.js';
import { argMax, argMin } from './arg.js';
import { batchNorm } from './batchNorm.js';
import { binary } from './binary.js';
import { cast } from './cast.js';
import { compare } from './compare.js';
import { concat } from './concat.js';
import { constantOfShape } from './constantOfShape.js';
import { conv } from './conv.js';
import { convInteger } from './convInteger.js';
import { cumSum } from './cumSum.js';
import { dropout } from './dropout.js';
import { expand } from './expand.js';
import { gather } from './gather.js';
import { gatherElements } from './gatherElements.js';
import { gatherNd } from './gatherNd.js';
import { globalAveragePool, globalMaxPool } from './globalPool.js';
import { hardmax } from './hardmax.js';
import { identity } from './identity.js';
import { logical } from './logical.js';
import { matmul } from './matmul.js';
import { matmulInteger } from './matmulInteger.js';
import { nonMaxSuppression } from './nonMaxSuppression.js';
import { oneHot } from './oneHot.js';
import type { Operator } from './operator.js';
import { pad } from './pad.js';
import { averagePool, maxPool } from './pool.js';
import { dequantize, quantize } from './quantize.js';
import { range } from './range.js';
import { reduce } from './reduce.js';
import { flatten, reshape, squeeze, unsqueeze } from './reshape.js';
import { scatterElements } from './scatterElements.js';
import { scatterNd } from './scatterNd.js';
import { shape, size } from './shapeOf.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { split } from './split.js';
import { tile } from './tile.js';
import { topK } from './topK.js';
import { transpose } from './transpose.js';
import { unary } from './unary.js';
import { where } from './where.js';

/** Every operator by name. */
export const operators: Readonly<Record<string, Operator>> = {
  activation,
  argMax,
  argMin,
  averagePool,
  batchNorm,
  binary,
  cast,
  compare,
  concat,
  constantOfShape,
  conv,
  convInteger,
  cumSum,
  dequantize,
  dropout,
  expand,
  flatten,
  gather,
  gatherElements,
  gatherNd,
  globalAveragePool,
  globalMaxPool,
  hardmax,
  identity,
  logical,
  matmul,
  matmulInteger,
  maxPool,
  nonMaxSuppression,
  oneHot,
  pad,
  quantize,
  range,
  reduce,
  reshape,
  scatterElements,
  scatterNd,
  shape,
  size,
  slice,
  softmax,
  split,
  squeeze,
  tile,
  topK,
  transpose,
  unary,
  unsqueeze,
  where,
};
