// The simple recurrent layer: h = f(x W + h R + b), f being tanh unless told otherwise (Elman 1990).

import type { RecurrentAttributes } from './geometry.js';
import { recurrent } from './operator.js';

export const rnn = /* @__PURE__ */ recurrent<RecurrentAttributes>('rnn');
