// Matrix products: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { einsum } from './einsum.js';
import { matmul } from './matmul.js';

export const operators: Operators = {
  einsum,
  matmul,
};
