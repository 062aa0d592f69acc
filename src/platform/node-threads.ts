// Threads of Node, and with it Bun and Deno.

import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ThreadHost } from '../runtime/threadPool.js';
import { pathOf } from './files.js';

// Bundles (dist/node/) and sources (src/platform/) lie equally deep, so one relative address serves both.
const own = new URL('../../dist/quadlane.thread.js', import.meta.url);

/** @param folder where the script of threads lies, with a slash at the end; default: in the package, as for a far one */
export const threadsIn = (folder?: string): ThreadHost => ({
  reason: () => undefined,

  start(hear, lose) {
    const worker = new Worker(scriptIn(folder), { execArgv: [] });
    worker.on('message', hear);
    worker.on('error', lose);
    worker.on('exit', (code) => lose(`its exit code is ${code}`));
    return {
      post: (assignment) => worker.postMessage(assignment),
      hold: (held) => (held ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    };
  },
});

function scriptIn(folder = 'https:'): URL {
  if (/^https?:/i.test(folder)) return own;
  const script = pathOf(`${folder}quadlane.thread.js`);
  return typeof script === 'string' ? pathToFileURL(script) : script;
}
