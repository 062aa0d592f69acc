// Operators that few networks have, one line each, for front ends to bring along where a network has one.

import { argMax, argMin } from './arg.js';
import { centerCropPad } from './centerCropPad.js';
import { convInteger } from './convInteger.js';
import { cumSum } from './cumSum.js';
import { dropout } from './dropout.js';
import { gatherElements } from './gatherElements.js';
import { gatherNd } from './gatherNd.js';
import { gridSample } from './gridSample.js';
import { hardmax } from './hardmax.js';
import { lpPool } from './lpPool.js';
import { matmulInteger } from './matmulInteger.js';
import { nonMaxSuppression } from './nonMaxSuppression.js';
import { oneHot } from './oneHot.js';
import type { Operator } from './operator.js';
import { dequantize, quantize } from './quantize.js';
import { roiAlign } from './roiAlign.js';
import { scatterElements } from './scatterElements.js';
import { scatterNd } from './scatterNd.js';
import { topK } from './topK.js';

export const rare: Readonly<Record<string, Operator>> = {
  argMax,
  argMin,
  centerCropPad,
  convInteger,
  cumSum,
  dequantize,
  dropout,
  gatherElements,
  gatherNd,
  gridSample,
  hardmax,
  lpPool,
  matmulInteger,
  nonMaxSuppression,
  oneHot,
  quantize,
  roiAlign,
  scatterElements,
  scatterNd,
  topK,
};
