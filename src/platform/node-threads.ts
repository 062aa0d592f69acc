// Threads of Node, and with it Bun and Deno.

import { Worker } from 'node:worker_threads';
import type { ThreadHost } from '../runtime/threadPool.js';

// Bundles (dist/node/) and sources (src/platform/) lie equally deep, so one relative address serves both.
const script = new URL('../../dist/node/thread.js', import.meta.url);

export const threads: ThreadHost = {
  reason: () => undefined,

  start(hear, lose) {
    const worker = new Worker(script, { execArgv: [] });
    worker.on('message', hear);
    worker.on('error', lose);
    worker.on('exit', (code) => lose(`its exit code is ${code}`));
    return {
      post: (assignment) => worker.postMessage(assignment),
      hold: (held) => (held ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    };
  },
};
