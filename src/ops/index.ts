// The registry of operators: one line each.

import { activation } from './activation.js';
import { batchNorm } from './batchNorm.js';
import { binary } from './binary.js';
import { cast } from './cast.js';
import { centerCropPad } from './centerCropPad.js';
import { compare } from './compare.js';
import { concat } from './concat.js';
import { constantOfShape } from './constantOfShape.js';
import { conv } from './conv.js';
import { convTranspose } from './convTranspose.js';
import { depthToSpace, spaceToDepth } from './depthToSpace.js';
import { expand } from './expand.js';
import { gather } from './gather.js';
import { globalAveragePool, globalMaxPool } from './globalPool.js';
import { gridSample } from './gridSample.js';
import { groupNorm } from './groupNorm.js';
import { identity } from './identity.js';
import { layerNorm } from './layerNorm.js';
import { logical } from './logical.js';
import { lpPool } from './lpPool.js';
import { matmul } from './matmul.js';
import type { Operator } from './operator.js';
import { pad } from './pad.js';
import { averagePool, maxPool } from './pool.js';
import { range } from './range.js';
import { reduce } from './reduce.js';
import { flatten, reshape, squeeze, unsqueeze } from './reshape.js';
import { resize } from './resize.js';
import { responseNorm } from './responseNorm.js';
import { roiAlign } from './roiAlign.js';
import { shape, size } from './shapeOf.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { split } from './split.js';
import { tile } from './tile.js';
import { transpose } from './transpose.js';
import { unary } from './unary.js';
import { where } from './where.js';

/** Every operator by name. */
export const operators: Readonly<Record<string, Operator>> = {
  activation,
  averagePool,
  batchNorm,
  binary,
  cast,
  centerCropPad,
  compare,
  concat,
  constantOfShape,
  conv,
  convTranspose,
  depthToSpace,
  expand,
  flatten,
  gather,
  globalAveragePool,
  globalMaxPool,
  gridSample,
  groupNorm,
  identity,
  layerNorm,
  logical,
  lpPool,
  matmul,
  maxPool,
  pad,
  range,
  reduce,
  reshape,
  resize,
  responseNorm,
  roiAlign,
  shape,
  size,
  slice,
  softmax,
  spaceToDepth,
  split,
  squeeze,
  tile,
  transpose,
  unary,
  unsqueeze,
  where,
};
