// Normalisations: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { batchNorm } from './batchNorm.js';
import { groupNorm } from './groupNorm.js';
import { hardmax } from './hardmax.js';
import { layerNorm } from './layerNorm.js';
import { responseNorm } from './responseNorm.js';
import { softmax } from './softmax.js';

export const operators: Operators = {
  batchNorm,
  groupNorm,
  hardmax,
  layerNorm,
  responseNorm,
  softmax,
};
