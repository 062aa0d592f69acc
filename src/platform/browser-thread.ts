// The script that a thread of a browser runs.

import { takePart } from '../runtime/thread.js';

let alive: Promise<void> | undefined;

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

addEventListener('message', async ({ data }) => {
  alive ??= live(data.lock);
  await alive;
  takePart(data, (report) => postMessage(report));
});
