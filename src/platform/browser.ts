// Browsers: the binary is fetched from where the bundle lies; bundlers see the address and carry the file along.

import { builtIn } from '../builtIn.js';
import { arrived, QuadlaneError } from '../errors.js';
import { readByFetch } from './fetch.js';
import type { Files } from './files.js';
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

  compile(variant: Variant, folder?: string): Promise<WebAssembly.Module> {
    return modules.once(variant, () =>
      fetched(variant, folder, async (response) => {
        // Streaming compilation insists on the exact media type, which not every server sends.
        const streams = response.headers.get('content-type') === 'application/wasm';
        return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
      }),
    );
  },

  compileSync(variant: Variant): WebAssembly.Module {
    const module = modules.get(variant);
    if (module) return module;
    throw new QuadlaneError(
      'HOST',
      `the ${variant} binary isn't compiled yet, and a browser can't fetch it at once: call \`await ready()\` first, pass { wasm }, or import from "quadlane/inline"`,
    );
  },

  compileAs: (variant, rewrite, folder) =>
    fetched(variant, folder, async (response) =>
      WebAssembly.compile(rewrite(new Uint8Array(await response.arrayBuffer()))),
    ),

  threads: async (folder) => (await arrived(import('./browser-threads.js'))).threadsIn(folder),

  read(source: string | URL, options: ReadOptions): Promise<Uint8Array> {
    return readByFetch(source, options).catch((error) => {
      if (error instanceof QuadlaneError && error.code === 'HOST') return fromFiles(source, options, error);
      throw error;
    });
  },
};

/**
 * What `use` makes of the binary.
 * @throws QuadlaneError `HOST` with what helps there
 */
async function fetched<Made>(
  variant: Variant,
  folder: string | undefined,
  use: (response: Response) => Promise<Made>,
): Promise<Made> {
  let url: string | URL | undefined;
  try {
    url = folder ? `${folder}quadlane.${variant}.wasm` : binaries[variant]();
    const response = await answerOf(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await use(response);
  } catch (cause) {
    const { missingBinary } = await arrived(import('./browser-advice.js'));
    throw missingBinary(variant, url, import.meta.url, cause);
  }
}

async function answerOf(url: string | URL): Promise<Response> {
  try {
    return await fetch(url);
  } catch (cause) {
    const bytes = await fromFiles(url, {}, cause);
    // There may be no Response either.
    return { ok: true, headers: new Map(), arrayBuffer: async () => new Uint8Array(bytes).buffer } as never;
  }
}

/**
 * What can't be fetched, from a file. Pages of test runners (jsdom, happy-dom) lie in a process of Node's, which has files.
 * @param cause why it can't be fetched, thrown where there are no files or it is none
 */
async function fromFiles(source: string | URL, options: ReadOptions, cause: unknown): Promise<Uint8Array> {
  const files = builtIn<Files>('node:fs/promises');
  if (!files || /^(https?|data|blob):/i.test(String(source))) throw cause;
  const { readFrom } = await arrived(import('./files.js'));
  return readFrom(() => files, source, options);
}
