// Operators that few classifiers have, one line each, for front ends to bring along where a network has one.

import { argMax, argMin } from './arg.js';
import { centerCropPad } from './centerCropPad.js';
import { compare } from './compare.js';
import { convInteger } from './convInteger.js';
import { convTranspose } from './convTranspose.js';
import { cumSum } from './cumSum.js';
import { depthToSpace, spaceToDepth } from './depthToSpace.js';
import { gatherElements } from './gatherElements.js';
import { gatherNd } from './gatherNd.js';
import { gridSample } from './gridSample.js';
import { groupNorm } from './groupNorm.js';
import { hardmax } from './hardmax.js';
import { layerNorm } from './layerNorm.js';
import { logical } from './logical.js';
import { lpPool } from './lpPool.js';
import { matmulInteger } from './matmulInteger.js';
import { nonMaxSuppression } from './nonMaxSuppression.js';
import { oneHot } from './oneHot.js';
import type { Operator } from './operator.js';
import { dequantize, quantize } from './quantize.js';
import { range } from './range.js';
import { resize } from './resize.js';
import { responseNorm } from './responseNorm.js';
import { roiAlign } from './roiAlign.js';
import { scatterElements } from './scatterElements.js';
import { scatterNd } from './scatterNd.js';
import { tile } from './tile.js';
import { topK } from './topK.js';
import { where } from './where.js';

export const rare: Readonly<Record<string, Operator>> = {
  argMax,
  argMin,
  centerCropPad,
  compare,
  convInteger,
  convTranspose,
  cumSum,
  depthToSpace,
  dequantize,
  gatherElements,
  gatherNd,
  gridSample,
  groupNorm,
  hardmax,
  layerNorm,
  logical,
  lpPool,
  matmulInteger,
  nonMaxSuppression,
  oneHot,
  quantize,
  range,
  resize,
  responseNorm,
  roiAlign,
  scatterElements,
  scatterNd,
  spaceToDepth,
  tile,
  topK,
  where,
};
