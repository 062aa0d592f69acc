// A page that leaves the work to a worker.

const worker = new Worker(new URL('./page.mjs', import.meta.url), { type: 'module' });
worker.addEventListener('message', ({ data }) => {
  globalThis.outcome = data;
});
worker.addEventListener('error', ({ message }) => {
  globalThis.outcome = { error: message };
});
