// The registry of operators: one line each.

import { activation } from './activation.js';
import { batchNorm } from './batchNorm.js';
import { binary } from './binary.js';
import { conv } from './conv.js';
import { matmul } from './matmul.js';
import type { Operator } from './operator.js';
import { averagePool, maxPool } from './pool.js';
import { reduce } from './reduce.js';
import { softmax } from './softmax.js';
import { unary } from './unary.js';

/** Every operator by name. */
export const operators: Readonly<Record<string, Operator>> = {
  activation,
  averagePool,
  batchNorm,
  binary,
  conv,
  matmul,
  maxPool,
  reduce,
  softmax,
  unary,
};
