// What takes and puts elements where indices say: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { gather } from './gather.js';
import { gatherElements } from './gatherElements.js';
import { gatherNd } from './gatherNd.js';
import { oneHot } from './oneHot.js';
import { scatterElements } from './scatterElements.js';
import { scatterNd } from './scatterNd.js';

export const operators: Operators = {
  gather,
  gatherElements,
  gatherNd,
  oneHot,
  scatterElements,
  scatterNd,
};
