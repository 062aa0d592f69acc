// What is computed along axes: sums, extremes, places, orders: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { argMax, argMin } from './arg.js';
import { cumSum } from './cumSum.js';
import { reduce } from './reduce.js';
import { topK } from './topK.js';

export const operators: Operators = {
  argMax,
  argMin,
  cumSum,
  reduce,
  topK,
};
