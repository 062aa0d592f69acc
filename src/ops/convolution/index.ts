// Convolutions: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { conv } from './conv.js';
import { convTranspose } from './convTranspose.js';

export const operators: Operators = {
  conv,
  convTranspose,
};
