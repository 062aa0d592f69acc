// Reading files, where the host has them.

import { QuadlaneError } from '../errors.js';
import { messageOf } from '../printable.js';
import { readByFetch, throwIfAborted } from './fetch.js';
import type { ReadOptions } from './platform.js';

/** `node:fs/promises`. */
export interface Files {
  readFile(path: string | URL, options?: { signal?: AbortSignal }): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * All bytes behind a path, or an address of any kind.
 * @throws QuadlaneError `ARGUMENT` when nothing is there, `HOST` when it can't be reached, `ABORTED` by the signal
 */
export async function readFrom(
  files: () => Files | Promise<Files>,
  source: string | URL,
  options: ReadOptions,
): Promise<Uint8Array> {
  if (/^(https?|data|blob):/i.test(String(source))) return readByFetch(source, options);
  throwIfAborted(options.signal, source);
  const { readFile } = await files();
  let bytes: Uint8Array;
  try {
    const { buffer, byteOffset, byteLength } = await readFile(
      pathOf(source),
      options.signal ? { signal: options.signal } : {},
    );
    bytes = new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    throwIfAborted(options.signal, source);
    throw new QuadlaneError('ARGUMENT', `${source} can't be read (${messageOf(cause)}): check the path`, { cause });
  }
  options.onProgress?.(bytes.byteLength, bytes.byteLength);
  return bytes;
}

/** A path or `file:` address as functions of `node:fs` take it. */
export function pathOf(source: string | URL): string | URL {
  return typeof source === 'string' && /^file:/i.test(source) ? new URL(source) : source;
}
