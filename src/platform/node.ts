// Node, and with it Bun and Deno: binaries from the files of the package, bytes from files or by fetch.

import { readFileSync } from 'node:fs';
import { QuadlaneError } from '../errors.js';
import { messageOf, readByFetch, throwIfAborted } from './fetch.js';
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

  compile(variant: Variant): Promise<WebAssembly.Module> {
    // Read at once: that takes a tenth of the time that loading node:fs/promises does.
    return modules.once(variant, async () => WebAssembly.compile(readBinary(variant)));
  },

  compileSync(variant: Variant): WebAssembly.Module {
    return modules.get(variant) ?? modules.keep(variant, new WebAssembly.Module(readBinary(variant)));
  },

  binary: (variant: Variant) => binaries[variant](),

  threads: async () => (await import('./node-threads.js')).threads,

  async read(source: string | URL, options: ReadOptions): Promise<Uint8Array> {
    if (/^(https?|data|blob):/i.test(String(source))) return readByFetch(source, options);
    throwIfAborted(options.signal, source);
    const { readFile } = await import('node:fs/promises');
    let bytes: Uint8Array;
    try {
      const path = typeof source === 'string' && /^file:/i.test(source) ? new URL(source) : source;
      const { buffer, byteOffset, byteLength } = await readFile(path, options.signal ? { signal: options.signal } : {});
      bytes = new Uint8Array(buffer, byteOffset, byteLength);
    } catch (cause) {
      throwIfAborted(options.signal, source);
      throw new QuadlaneError('ARGUMENT', `${source} can't be read (${messageOf(cause)}): check the path`, { cause });
    }
    options.onProgress?.(bytes.byteLength, bytes.byteLength);
    return bytes;
  },
};

function readBinary(variant: Variant): BufferSource {
  try {
    return readFileSync(binaries[variant]()) as BufferSource;
  } catch (cause) {
    return missing(variant, cause);
  }
}

function missing(variant: Variant, cause: unknown): never {
  throw new QuadlaneError(
    'HOST',
    `the ${variant} binary can't be read (${messageOf(cause)}): leave quadlane out of your bundle (mark it external), ` +
      `or compile "quadlane/${variant}.wasm" yourself and pass it as { wasm }`,
    { cause },
  );
}
