// Browsers: the binary is fetched from where the bundle lies; bundlers see the address and carry the file along.

import { QuadlaneError } from '../errors.js';
import { messageOf, readByFetch } from './fetch.js';
import { CompiledModules } from './modules.js';
import type { Platform, ReadOptions, Variant } from './platform.js';

// Bundlers recognise only `new URL` with a literal and import.meta.url.
const binaries = {
  strict: () => new URL('../quadlane.strict.wasm', import.meta.url),
  relaxed: () => new URL('../quadlane.relaxed.wasm', import.meta.url),
};

const modules = new CompiledModules();

export const platform: Platform = {
  name: 'browser',

  compile(variant: Variant): Promise<WebAssembly.Module> {
    return modules.once(variant, async () => {
      const url = binaries[variant]();
      try {
        const response = await fetch(url);
        if (!response.ok) throw new Error(`the server answered ${response.status}`);
        // Streaming compilation insists on the exact media type, which not every server sends.
        const streams = response.headers.get('content-type') === 'application/wasm';
        return await (streams
          ? WebAssembly.compileStreaming(response)
          : WebAssembly.compile(await response.arrayBuffer()));
      } catch (cause) {
        throw new QuadlaneError(
          'HOST',
          `${url} can't be loaded (${messageOf(cause)}): serve that file there (with Vite add optimizeDeps: { exclude: ['quadlane'] }), ` +
            `allow 'wasm-unsafe-eval' if the page has a content security policy, or compile "quadlane/${variant}.wasm" yourself and pass it as { wasm }`,
          { cause },
        );
      }
    });
  },

  compileSync(variant: Variant): WebAssembly.Module {
    const module = modules.get(variant);
    if (module) return module;
    throw new QuadlaneError(
      'HOST',
      `the ${variant} binary isn't compiled yet, and a browser can't fetch it at once: call \`await ready()\` first, or pass { wasm }`,
    );
  },

  binary: (variant: Variant) => binaries[variant](),

  threads: async () => (await import('./browser-threads.js')).threads,

  read(source: string | URL, options: ReadOptions): Promise<Uint8Array> {
    return readByFetch(source, options);
  },
};
