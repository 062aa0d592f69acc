// A page that leaves the work to a worker with quadlane/inline.

const worker = new Worker(new URL('./inline.mjs', import.meta.url), { type: 'module' });
worker.addEventListener('message', ({ data }) => {
  globalThis.outcome = data;
});
worker.addEventListener('error', ({ message }) => {
  globalThis.outcome = { error: message };
});
