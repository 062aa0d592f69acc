// All operators that the compiler itself doesn't need, one line each, for front ends whose graphs may hold any of them.

import { argMax, argMin } from './arg.js';
import { batchNorm } from './batchNorm.js';
import { cast } from './cast.js';
import { centerCropPad } from './centerCropPad.js';
import { compare } from './compare.js';
import { constantOfShape } from './constantOfShape.js';
import { convInteger } from './convInteger.js';
import { convTranspose } from './convTranspose.js';
import { cumSum } from './cumSum.js';
import { depthToSpace, spaceToDepth } from './depthToSpace.js';
import { dropout } from './dropout.js';
import { expand } from './expand.js';
import { gather } from './gather.js';
import { gatherElements } from './gatherElements.js';
import { gatherNd } from './gatherNd.js';
import { globalAveragePool, globalMaxPool } from './globalPool.js';
import { gridSample } from './gridSample.js';
import { groupNorm } from './groupNorm.js';
import { hardmax } from './hardmax.js';
import { identity } from './identity.js';
import { layerNorm } from './layerNorm.js';
import { logical } from './logical.js';
import { lpPool } from './lpPool.js';
import { matmulInteger } from './matmulInteger.js';
import { nonMaxSuppression } from './nonMaxSuppression.js';
import { oneHot } from './oneHot.js';
import type { Operator } from './operator.js';
import { pad } from './pad.js';
import { averagePool, maxPool } from './pool.js';
import { dequantize, quantize } from './quantize.js';
import { range } from './range.js';
import { reduce } from './reduce.js';
import { flatten, squeeze, unsqueeze } from './reshape.js';
import { resize } from './resize.js';
import { responseNorm } from './responseNorm.js';
import { roiAlign } from './roiAlign.js';
import { scatterElements } from './scatterElements.js';
import { scatterNd } from './scatterNd.js';
import { shape, size } from './shapeOf.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { split } from './split.js';
import { tile } from './tile.js';
import { topK } from './topK.js';
import { where } from './where.js';

export const extended: Readonly<Record<string, Operator>> = {
  argMax,
  argMin,
  averagePool,
  batchNorm,
  cast,
  centerCropPad,
  compare,
  constantOfShape,
  convInteger,
  convTranspose,
  cumSum,
  depthToSpace,
  dequantize,
  dropout,
  expand,
  flatten,
  gather,
  gatherElements,
  gatherNd,
  globalAveragePool,
  globalMaxPool,
  gridSample,
  groupNorm,
  hardmax,
  identity,
  layerNorm,
  logical,
  lpPool,
  matmulInteger,
  maxPool,
  nonMaxSuppression,
  oneHot,
  pad,
  quantize,
  range,
  reduce,
  resize,
  responseNorm,
  roiAlign,
  scatterElements,
  scatterNd,
  shape,
  size,
  slice,
  softmax,
  spaceToDepth,
  split,
  squeeze,
  tile,
  topK,
  unsqueeze,
  where,
};
