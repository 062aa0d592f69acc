// Threads of browsers: module workers, which share memory only with pages that are isolated from other origins.

import type { ThreadHost } from '../runtime/threadPool.js';

// Browsers don't tell which of the two it is.
const ABSENT =
  "quadlane.thread.js isn't there, or a content security policy lacks worker-src 'self': put quadlane.* of the package's " +
  'folder dist/ on the page\'s own server and pass { wasmUrl: "the folder they are in" }';

/** @param folder where the script of threads lies, with a slash at the end; default: where the bundle has it */
export const threadsIn = (folder?: string): ThreadHost => ({
  reason() {
    if (typeof Worker === 'undefined') return 'this host has no workers';
    if (globalThis.crossOriginIsolated) return undefined;
    return (
      'the page is not cross-origin isolated: serve it with the headers ' +
      '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"'
    );
  },

  start(hear, lose) {
    // Bundlers recognise only `new Worker(new URL(...))` with literals and import.meta.url.
    const worker = isNear(folder)
      ? new Worker(`${folder}quadlane.thread.js`, { type: 'module' })
      : new Worker(new URL('../quadlane.thread.js', import.meta.url), { type: 'module' });
    worker.addEventListener('error', ({ message }) => lose(message || ABSENT));
    // No event tells that a worker has ended. But it holds a lock as long as it lives, and then the next in line gets it.
    const lock = `quadlane thread ${crypto.randomUUID()}`;
    const watch = new AbortController();
    let isWatched = false;
    worker.addEventListener('message', ({ data }) => {
      hear(data);
      if (isWatched || !navigator.locks) return;
      isWatched = true;
      navigator.locks.request(lock, { signal: watch.signal }, () => lose('it has ended')).catch(() => {});
    });
    return {
      post: (assignment) => worker.postMessage({ ...assignment, lock }),
      hold() {},
      end() {
        watch.abort();
        worker.terminate();
      },
    };
  },
});

/** Whether scripts of a folder can be threads: those of another origin never can. */
function isNear(folder: string | undefined): folder is string {
  return folder !== undefined && new URL(new Request(folder).url).origin === origin;
}
