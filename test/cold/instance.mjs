// What a worker of fresh.ts runs: each task in an instance of its own of the task's script and of all that it imports.

import { register } from 'node:module';
import { parentPort } from 'node:worker_threads';

register('./instances.mjs', import.meta.url);

let tasks = 0;
parentPort.on('message', async ({ script, task, args }) => {
  try {
    const scripts = await import(`${script}?instance=${tasks++}`);
    parentPort.postMessage({ result: await scripts[task](...args) });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parentPort.postMessage({ failure: error?.code ? `${error.code}: ${text}` : text });
  }
});
