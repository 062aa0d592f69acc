// Pools: what is taken of windows, or of whole maps: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { globalAveragePool, globalMaxPool } from './globalPool.js';
import { lpPool } from './lpPool.js';
import { averagePool, maxPool } from './pool.js';

export const operators: Operators = {
  averagePool,
  globalAveragePool,
  globalMaxPool,
  lpPool,
  maxPool,
};
