// Layers with a state from step to step: the family's operators, one line each.

import type { Operators } from '../operator.js';
import { gru } from './gru.js';
import { lstm } from './lstm.js';
import { rnn } from './rnn.js';

export const operators: Operators = {
  gru,
  lstm,
  rnn,
};
