// The dialect of networks from files that are made of what classifiers are made of; it is loaded for every file.

import { common } from '../ops/common.js';
import { dialectOf } from './dialect.js';
import { channels } from './passes/channels.js';
import { flatten } from './passes/flatten.js';
import { padding } from './passes/padding.js';
import { transposes } from './passes/transposes.js';

export const classification = /* @__PURE__ */ dialectOf(
  common,
  /* @__PURE__ */ [padding, transposes, flatten, channels].flat(),
);
