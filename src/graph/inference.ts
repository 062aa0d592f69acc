// The dialect of networks from files: every operator of inference, every pass.

import { operators } from '../ops/operators.js';
import { classification } from './classification.js';
import { controls } from './control/index.js';
import { dialectOf } from './dialect.js';
import { eightBits } from './passes/eightBits.js';

export const inference = /* @__PURE__ */ dialectOf(operators, [...classification.passes, eightBits], controls);
