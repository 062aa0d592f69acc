// Arithmetic of 8-bit integers: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { convInteger } from './convInteger.js';
import { matmulInteger } from './matmulInteger.js';
import { dequantize, quantize } from './quantize.js';

export const operators: Operators = {
  convInteger,
  dequantize,
  matmulInteger,
  quantize,
};
