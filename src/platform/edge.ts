// What edge runtimes have instead of files: addresses.

import { QuadlaneError } from '../errors.js';
import { readByFetch } from './fetch.js';
import type { ReadOptions } from './platform.js';

/**
 * All bytes behind an absolute address.
 * @throws QuadlaneError `HOST` for a path: edge functions have no files
 */
export async function readFromNetwork(source: string | URL, options: ReadOptions): Promise<Uint8Array> {
  if (!URL.canParse(String(source)) || /^file:/i.test(String(source))) {
    throw new QuadlaneError(
      'HOST',
      `${source}: there are no files on this host; pass an https address, or the bytes (import the model as a data module)`,
    );
  }
  return readByFetch(source, options);
}
