// The script that a thread runs, on any host: one file without imports, so that it can lie wherever the binaries do.

import { type Assignment, type Report, takePart } from '../runtime/thread.js';

interface Port {
  on(event: 'message', hear: (assignment: Assignment) => void): void;
  postMessage(report: Report): void;
}

interface NodeLike {
  getBuiltinModule?(name: string): { readonly parentPort: Port | null } | undefined;
}

// Bundlers would bring a `process` of their own along for a plain one.
const { process } = globalThis as { process?: NodeLike };
/** How threads of Node, Bun and Deno talk; those of browsers have it in their global scope. */
const port = process?.getBuiltinModule?.('node:worker_threads')?.parentPort;

if (port) port.on('message', (assignment) => takePart(assignment, (report) => port.postMessage(report)));
else {
  let alive: Promise<void> | undefined;
  addEventListener('message', async ({ data }) => {
    alive ??= live(data.lock);
    await alive;
    takePart(data, (report) => postMessage(report));
  });
}

/** Takes the lock by which others see that this thread lives, for as long as it does. */
function live(lock: string): Promise<void> {
  if (!navigator.locks) return Promise.resolve();
  return new Promise((taken) => {
    navigator.locks.request(lock, () => {
      taken();
      return new Promise(() => {});
    });
  });
}
