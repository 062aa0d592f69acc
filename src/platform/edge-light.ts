// Vercel's edge runtime and its like: only the application's own code can import a binary, so it passes the module.

import { QuadlaneError } from '../errors.js';
import { readFromNetwork } from './edge.js';
import type { Platform, Variant } from './platform.js';

export const platform: Platform = {
  name: 'edge-light',
  compile: async (variant: Variant) => missing(variant),
  compileSync: missing,
  read: readFromNetwork,
};

function missing(variant: Variant): never {
  throw new QuadlaneError(
    'HOST',
    `this runtime compiles WebAssembly only where the application imports it: ` +
      `\`import wasm from 'quadlane/${variant}.wasm?module'\`, then pass { wasm }: there is nowhere else to take it from`,
  );
}
