// Threads of browsers: module workers, which share memory only with pages that are isolated from other origins.

import type { ThreadHost } from '../runtime/threadPool.js';

export const threads: ThreadHost = {
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
    const worker = new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
    worker.addEventListener('error', ({ message }) => lose(message || 'its script thread.js is not there'));
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
};
