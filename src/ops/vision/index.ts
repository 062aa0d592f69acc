// Sampling of maps, and boxes in them: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { gridSample } from './gridSample.js';
import { nonMaxSuppression } from './nonMaxSuppression.js';
import { resize } from './resize.js';
import { roiAlign } from './roiAlign.js';

export const operators: Operators = {
  gridSample,
  nonMaxSuppression,
  resize,
  roiAlign,
};
