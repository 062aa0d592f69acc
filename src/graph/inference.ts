// The dialect of networks from files: every operator of inference, every pass.

import { operators } from '../ops/operators.js';
import { classification } from './classification.js';
import { controls } from './control/index.js';
import { definedControls, definedOperators } from './definitions/index.js';
import { dialectOf } from './dialect.js';
import { eightBits } from './passes/eightBits.js';

export const inference = /* @__PURE__ */ dialectOf(
  { ...operators, ...definedOperators },
  [...classification.passes, eightBits],
  { ...controls, ...definedControls },
);
