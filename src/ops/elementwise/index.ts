// Functions of single elements, and of elements of tensors that broadcast: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { activation } from './activation.js';
import { binary } from './binary.js';
import { cast } from './cast.js';
import { compare } from './compare.js';
import { dropout } from './dropout.js';
import { identity } from './identity.js';
import { logical } from './logical.js';
import { scaleShift } from './scaleShift.js';
import { unary } from './unary.js';
import { where } from './where.js';

export const operators: Operators = {
  activation,
  binary,
  cast,
  compare,
  dropout,
  identity,
  logical,
  scaleShift,
  unary,
  where,
};
