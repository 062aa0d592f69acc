// Arithmetic of 8-bit integers: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { convInteger } from './convInteger.js';
import { fakeQuantize } from './fakeQuantize.js';
import { matmulInteger } from './matmulInteger.js';
import { dequantize, quantize } from './quantize.js';
import { lookUp, quantizedBinary } from './quantizedElements.js';

export const operators: Operators = {
  convInteger,
  dequantize,
  fakeQuantize,
  lookUp,
  matmulInteger,
  quantize,
  quantizedBinary,
};
