// Reading an address with fetch: progress, cancellation, and errors that say which address and why.

import { QuadlaneError } from '../errors.js';
import { messageOf } from '../printable.js';
import type { ReadOptions } from './platform.js';

/**
 * All bytes behind an address.
 * @throws QuadlaneError `ARGUMENT` when the server answers with an error, `HOST` when it can't be reached, `ABORTED` by the signal
 */
export async function readByFetch(
  url: string | URL,
  { signal, onProgress }: ReadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  let own: { readonly error: unknown } | undefined;
  const report = (loaded: number, total?: number) => {
    try {
      onProgress?.(loaded, total);
    } catch (error) {
      own = { error };
      throw error;
    }
  };
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) {
      throw new QuadlaneError(
        'ARGUMENT',
        `${url} answered ${`${response.status} ${response.statusText}`.trim()}: check the address, or pass the bytes themselves`,
      );
    }
    const counted = onProgress && response.body ? new Response(count(response, report)) : response;
    return new Uint8Array(await counted.arrayBuffer());
  } catch (cause) {
    if (own) throw own.error;
    if (cause instanceof QuadlaneError) throw cause;
    throwIfAborted(signal, url);
    throw new QuadlaneError(
      'HOST',
      `${url} can't be read (${messageOf(cause)}): check the network, connect-src of a content security policy and, for another origin, its CORS headers, or pass the bytes themselves`,
      { cause },
    );
  }
}

/** @throws QuadlaneError `ABORTED` once the signal is */
export function throwIfAborted(signal: AbortSignal | undefined, source: string | URL): void {
  if (signal?.aborted) {
    throw new QuadlaneError('ABORTED', `reading ${source} was aborted`, { cause: signal.reason });
  }
}

function count(response: Response, onProgress: NonNullable<ReadOptions['onProgress']>): ReadableStream<Uint8Array> {
  // The length of a compressed answer isn't that of its content.
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  const total = length === null ? undefined : Number(length);
  let loaded = 0;
  return response.body!.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        onProgress(loaded, total);
        controller.enqueue(chunk);
      },
    }),
  );
}
