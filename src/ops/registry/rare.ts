// Operators that few classifiers have, one line each, for front ends to bring along where a network has one.

import { convTranspose } from '../convolution/convTranspose.js';
import { compare } from '../elementwise/compare.js';
import { logical } from '../elementwise/logical.js';
import { where } from '../elementwise/where.js';
import { gatherElements } from '../indexing/gatherElements.js';
import { gatherNd } from '../indexing/gatherNd.js';
import { oneHot } from '../indexing/oneHot.js';
import { scatterElements } from '../indexing/scatterElements.js';
import { scatterNd } from '../indexing/scatterNd.js';
import { centerCropPad } from '../layout/centerCropPad.js';
import { depthToSpace, spaceToDepth } from '../layout/depthToSpace.js';
import { range } from '../layout/range.js';
import { tile } from '../layout/tile.js';
import { groupNorm } from '../normalization/groupNorm.js';
import { hardmax } from '../normalization/hardmax.js';
import { layerNorm } from '../normalization/layerNorm.js';
import { responseNorm } from '../normalization/responseNorm.js';
import type { Operator } from '../operator.js';
import { lpPool } from '../pooling/lpPool.js';
import { convInteger } from '../quantized/convInteger.js';
import { matmulInteger } from '../quantized/matmulInteger.js';
import { dequantize, quantize } from '../quantized/quantize.js';
import { argMax, argMin } from '../reduction/arg.js';
import { cumSum } from '../reduction/cumSum.js';
import { topK } from '../reduction/topK.js';
import { gridSample } from '../vision/gridSample.js';
import { nonMaxSuppression } from '../vision/nonMaxSuppression.js';
import { resize } from '../vision/resize.js';
import { roiAlign } from '../vision/roiAlign.js';

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
