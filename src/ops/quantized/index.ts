// Arithmetic of 8-bit integers: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { convInteger } from './convInteger.js';
import { dynamicAffine } from './dynamicAffine.js';
import { fakeQuantize } from './fakeQuantize.js';
import { integerAveragePool } from './integerAveragePool.js';
import { matmulInteger } from './matmulInteger.js';
import { dequantize, quantize } from './quantize.js';
import { lookUp, quantizedBinary } from './quantizedElements.js';
import { scaleSums } from './scaleSums.js';

export const operators: Operators = {
  convInteger,
  dequantize,
  dynamicAffine,
  integerAveragePool,
  fakeQuantize,
  lookUp,
  matmulInteger,
  quantize,
  quantizedBinary,
  scaleSums,
};
