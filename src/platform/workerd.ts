// Cloudflare Workers: compilation at run time is forbidden, so the binaries are static imports that give compiled modules.

import relaxed from '../quadlane.relaxed.wasm';
import strict from '../quadlane.strict.wasm';
import { readFromNetwork } from './edge.js';
import type { Platform, Variant } from './platform.js';

const modules = { strict, relaxed };

export const platform: Platform = {
  name: 'workerd',
  compile: async (variant: Variant) => modules[variant],
  compileSync: (variant: Variant) => modules[variant],
  read: readFromNetwork,
};
