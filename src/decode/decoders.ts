// The decoders of @jsquash, which programs install where they need them: each is a binary that is compiled once.

import { QuadlaneError } from '../errors.js';
import { fileOfPackage } from '../platform/packageFile.js';
import { messageOf } from '../printable.js';
import type { ImageKind } from './header.js';

/** What a decoder gives: `ImageData`, or what stands for it. */
interface Decoded {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** What @jsquash's decoders export. */
interface Decoder {
  init(module?: WebAssembly.Module, options?: object): Promise<unknown>;
  default(bytes: Uint8Array): Promise<Decoded | null>;
}

/** How each is imported, in a way that bundlers see and that may fail; and where its binary lies. */
const packages: Readonly<Record<ImageKind, { load(): Promise<unknown>; readonly binary: string }>> = {
  jpeg: {
    load: async () => {
      try {
        return await import('@jsquash/jpeg/decode.js');
      } catch (error) {
        throw absent('jpeg', error);
      }
    },
    binary: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  },
  png: {
    load: async () => {
      try {
        return await import('@jsquash/png/decode.js');
      } catch (error) {
        throw absent('png', error);
      }
    },
    binary: '@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  },
  webp: {
    load: async () => {
      try {
        return await import('@jsquash/webp/decode.js');
      } catch (error) {
        throw absent('webp', error);
      }
    },
    binary: '@jsquash/webp/codec/dec/webp_dec.wasm',
  },
  avif: {
    load: async () => {
      try {
        return await import('@jsquash/avif/decode.js');
      } catch (error) {
        throw absent('avif', error);
      }
    },
    binary: '@jsquash/avif/codec/dec/avif_dec.wasm',
  },
};

/** Libraries that write what goes wrong to the console are kept from it: their errors say it. */
const quiet = { print() {}, printErr() {} };

interface Loaded {
  readonly decoder: Decoder;
  readonly module: WebAssembly.Module | undefined;
}

const loaded = new Map<ImageKind, Promise<Loaded>>();

/**
 * The pixels of a file of that kind.
 * @param module the decoder's binary, where the host can't find or compile it
 * @throws QuadlaneError `HOST` where the decoder isn't there, and what it throws itself
 */
export async function decodeBy(
  kind: ImageKind,
  bytes: Uint8Array,
  module: WebAssembly.Module | undefined,
): Promise<Decoded> {
  let loading = loaded.get(kind);
  if (!loading) {
    loading = load(kind, module);
    loaded.set(kind, loading);
    // A later call may find what this one didn't.
    loading.catch(() => loaded.delete(kind));
  }
  const { decoder, module: compiled } = await loading;
  try {
    const decoded = await decoder.default(bytes);
    if (decoded) return decoded;
    throw new Error('nothing came out');
  } catch (error) {
    // An instance that ended in the middle isn't used again.
    await start(kind, decoder, compiled);
    throw error;
  }
}

async function load(kind: ImageKind, given: WebAssembly.Module | undefined): Promise<Loaded> {
  const decoder = (await packages[kind].load()) as Decoder;
  try {
    const bytes = given ? undefined : fileOfPackage(packages[kind].binary);
    const module = bytes ? await WebAssembly.compile(bytes) : given;
    await start(kind, decoder, module);
    return { decoder, module };
  } catch (cause) {
    throw new QuadlaneError(
      'HOST',
      `the binary of @jsquash/${kind} can't be loaded (${messageOf(cause)}): import "${packages[kind].binary}" as a WebAssembly.Module and pass it as { modules: { ${kind}: module } }`,
      { cause },
    );
  }
}

/** Makes an instance; @jsquash/png has one for good. */
async function start(kind: ImageKind, decoder: Decoder, module: WebAssembly.Module | undefined): Promise<void> {
  if (kind === 'png') await (module ? decoder.init(module) : decoder.init());
  else await (module ? decoder.init(module, quiet) : (decoder.init as (options: object) => Promise<unknown>)(quiet));
}

function absent(kind: ImageKind, cause: unknown): QuadlaneError {
  return new QuadlaneError(
    'HOST',
    `decoding this picture takes @jsquash/${kind}, which isn't there (${messageOf(cause)}): npm install @jsquash/${kind}`,
    { cause },
  );
}
