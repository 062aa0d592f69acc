// The dialect of networks from files: every operator of inference, every pass.

import { operators } from '../ops/operators.js';
import { dialectOf } from './dialect.js';
import { channels } from './passes/channels.js';
import { flatten } from './passes/flatten.js';
import { padding } from './passes/padding.js';
import { transposes } from './passes/transposes.js';

export const inference = /* @__PURE__ */ dialectOf(operators, [padding, ...transposes, flatten, ...channels]);
