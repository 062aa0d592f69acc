// Any host that may compile a binary, which lies inside the bundle: nothing is fetched, no file is needed, and there is
// neither `import()` nor `import.meta`, so that it runs in service workers and classic scripts too.

import { piece, sizes, text } from '#binaries';
import { builtIn } from '../builtIn.js';
import { readByFetch } from './fetch.js';
import { type Files, readFrom } from './files.js';
import { inflate } from './inflate.js';
import { CompiledModules } from './modules.js';
import type { Platform, ReadOptions, Variant } from './platform.js';
import { refusal } from './refusal.js';

const modules = new CompiledModules();
const total = sizes.strict + sizes.relaxed;

export const platform: Platform = {
  name: 'inline',

  compile(variant: Variant): Promise<WebAssembly.Module> {
    return modules.once(variant, async () => {
      const binary = binaryIn(await unpacked(), variant);
      return WebAssembly.compile(binary).catch((cause) => {
        throw refusal(variant, cause);
      });
    });
  },

  compileSync(variant: Variant): WebAssembly.Module {
    const ready = modules.get(variant);
    if (ready) return ready;
    const binary = binaryIn(inflate(packed(), total), variant);
    try {
      return modules.keep(variant, new WebAssembly.Module(binary));
    } catch (cause) {
      throw refusal(variant, cause);
    }
  },

  alone: 'quadlane/inline is one file, without a script for threads: import from "quadlane"',

  read(source: string | URL, options: ReadOptions): Promise<Uint8Array> {
    const files = builtIn<Files>('node:fs/promises');
    return files ? readFrom(() => files, source, options) : readByFetch(source, options);
  },
};

function packed(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The pieces, by whatever the host is fastest with. */
async function unpacked(): Promise<Uint8Array> {
  const zlib = builtIn<{ inflateRawSync(deflated: Uint8Array): Uint8Array }>('node:zlib');
  if (zlib) return zlib.inflateRawSync(packed());
  if (typeof DecompressionStream === 'undefined') return inflate(packed(), total);
  const stream = new Blob([packed()]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** One of the binaries, whose pieces take turns with those of the other, beginning with the strict one's. */
function binaryIn(pieces: Uint8Array, variant: Variant): Uint8Array<ArrayBuffer> {
  const binary = new Uint8Array(sizes[variant]);
  let from = 0;
  for (let at = 0; at < Math.max(sizes.strict, sizes.relaxed); at += piece) {
    for (const one of ['strict', 'relaxed'] as const) {
      const size = Math.min(piece, Math.max(0, sizes[one] - at));
      // A binary that ended pieces before the other one has no place `at`.
      if (one === variant && size > 0) binary.set(pieces.subarray(from, from + size), at);
      from += size;
    }
  }
  return binary;
}
