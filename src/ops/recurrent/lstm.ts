// Long short-term memory (Hochreiter and Schmidhuber 1997; peepholes: Gers 2000), gates in the order i, o, f, c:
// i = f(x Wi + h Ri + Pi * C + bi), f and o likewise, the latter of the next C; C = f * C + i * g(x Wc + h Rc + bc);
// h = o * h(C). Beside the inputs of all: the first cell state, and peepholes `[directions, 3 * hidden]` of i, o and f.
// Beside the outputs: the last cell state.

import type { RecurrentAttributes } from './geometry.js';
import { recurrent } from './operator.js';

export interface LstmAttributes extends RecurrentAttributes {
  /** The forget gate is 1 - i. Default: false. */
  readonly inputForget?: boolean;
}

export const lstm = /* @__PURE__ */ recurrent<LstmAttributes>('lstm');
