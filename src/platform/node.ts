// Node, and with it Bun and Deno: binaries from the files of the package, bytes from files or by fetch.

import { readFileSync } from 'node:fs';
import { arrived, QuadlaneError } from '../errors.js';
import { messageOf } from '../printable.js';
import { readByFetch } from './fetch.js';
import { pathOf, readFrom } from './files.js';
import { CompiledModules } from './modules.js';
import type { Platform, ReadOptions, Variant } from './platform.js';

// Bundles (dist/node/) and sources (src/platform/) lie equally deep, so one relative address serves both.
const binaries = {
  strict: () => new URL('../../dist/quadlane.strict.wasm', import.meta.url),
  relaxed: () => new URL('../../dist/quadlane.relaxed.wasm', import.meta.url),
};

const modules = new CompiledModules();

export const platform: Platform = {
  name: 'node',

  compile(variant: Variant, folder?: string): Promise<WebAssembly.Module> {
    return modules.once(variant, async () => WebAssembly.compile(await binary(variant, folder)));
  },

  compileSync(variant: Variant, folder?: string): WebAssembly.Module {
    return modules.get(variant) ?? modules.keep(variant, new WebAssembly.Module(readBinary(variant, folder)));
  },

  compileAs: async (variant, rewrite, folder) => WebAssembly.compile(rewrite(await binary(variant, folder))),

  threads: async (folder) => (await arrived(import('./node-threads.js'))).threadsIn(folder),

  read(source: string | URL, options: ReadOptions): Promise<Uint8Array> {
    return readFrom(() => import('node:fs/promises'), source, options);
  },
};

async function binary(variant: Variant, folder?: string): Promise<Uint8Array<ArrayBuffer>> {
  const isFar = folder && /^https?:/i.test(folder);
  // Files are read at once: that takes a tenth of the time that loading node:fs/promises does.
  return isFar ? readByFetch(`${folder}quadlane.${variant}.wasm`, {}) : readBinary(variant, folder);
}

function readBinary(variant: Variant, folder?: string): Uint8Array<ArrayBuffer> {
  try {
    return readFileSync(folder ? pathOf(`${folder}quadlane.${variant}.wasm`) : binaries[variant]());
  } catch (cause) {
    throw new QuadlaneError(
      'HOST',
      `the ${variant} binary can't be read (${messageOf(cause)}): a bundle lacks it (so does \`bun build --compile\`). Import from "quadlane/inline", mark quadlane as external, or pass its folder as { wasmUrl }`,
      { cause },
    );
  }
}
