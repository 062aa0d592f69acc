// Operators that the compiler itself doesn't need but many networks do, one line each, for front ends to bring along.

import { batchNorm } from './batchNorm.js';
import { cast } from './cast.js';
import { compare } from './compare.js';
import { constantOfShape } from './constantOfShape.js';
import { convTranspose } from './convTranspose.js';
import { depthToSpace, spaceToDepth } from './depthToSpace.js';
import { expand } from './expand.js';
import { gather } from './gather.js';
import { globalAveragePool, globalMaxPool } from './globalPool.js';
import { groupNorm } from './groupNorm.js';
import { identity } from './identity.js';
import { layerNorm } from './layerNorm.js';
import { logical } from './logical.js';
import type { Operator } from './operator.js';
import { pad } from './pad.js';
import { averagePool, maxPool } from './pool.js';
import { range } from './range.js';
import { reduce } from './reduce.js';
import { flatten, squeeze, unsqueeze } from './reshape.js';
import { resize } from './resize.js';
import { responseNorm } from './responseNorm.js';
import { shape, size } from './shapeOf.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { split } from './split.js';
import { tile } from './tile.js';
import { where } from './where.js';

export const extended: Readonly<Record<string, Operator>> = {
  averagePool,
  batchNorm,
  cast,
  compare,
  constantOfShape,
  convTranspose,
  depthToSpace,
  expand,
  flatten,
  gather,
  globalAveragePool,
  globalMaxPool,
  groupNorm,
  identity,
  layerNorm,
  logical,
  maxPool,
  pad,
  range,
  reduce,
  resize,
  responseNorm,
  shape,
  size,
  slice,
  softmax,
  spaceToDepth,
  split,
  squeeze,
  tile,
  unsqueeze,
  where,
};
