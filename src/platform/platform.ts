// What the library needs from the host it runs on. The build picks one implementation a bundle, under the name `#platform`.

import type { ThreadHost } from '../runtime/threadPool.js';

/** Which of the two binaries: plain SIMD, or with relaxed SIMD's fused multiply-add. */
export type Variant = 'strict' | 'relaxed';

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Called with bytes read so far and, where the source tells, bytes in all. */
  onProgress?: ((loaded: number, total?: number) => void) | undefined;
}

/** A function from a binary to another. */
export type Rewrite = (binary: Uint8Array) => Uint8Array<ArrayBuffer>;

/** Where binaries and bytes come from. */
export interface Platform {
  readonly name: 'node' | 'browser' | 'workerd' | 'edge-light' | 'inline';
  /**
   * The binary, compiled; the same module each time.
   * @param folder where to look for it, with a slash at the end, where the host has it not yet and doesn't import it itself
   * @throws QuadlaneError `HOST` when the host can't get at the binary, saying what to do
   */
  compile(variant: Variant, folder?: string): Promise<WebAssembly.Module>;
  /**
   * The binary at once, where the host can or has it compiled already.
   * @throws QuadlaneError `HOST` where neither is so, naming the asynchronous way
   */
  compileSync(variant: Variant, folder?: string): WebAssembly.Module;
  /**
   * What `rewrite` makes of the binary, compiled; on hosts that have threads.
   * @throws QuadlaneError `HOST` as `compile`
   */
  compileAs?(variant: Variant, rewrite: Rewrite, folder?: string): Promise<WebAssembly.Module>;
  /**
   * Threads, where the host has them.
   * @param folder where their script lies, as for `compile`
   */
  threads?(folder?: string): Promise<ThreadHost>;
  /** Why there are none, where more is to say. */
  readonly alone?: string;
  /**
   * All bytes behind a path or an address.
   * @throws QuadlaneError `ARGUMENT` when nothing is there, `HOST` when the host can't reach it, `ABORTED` by the signal
   */
  read(source: string | URL, options: ReadOptions): Promise<Uint8Array>;
}
