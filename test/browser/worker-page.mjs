// A page that lets a worker run the smoke suite, and posts the result to the server.

const worker = new Worker(new URL('worker.mjs', import.meta.url), { type: 'module' });
worker.addEventListener('message', ({ data }) => send(data));
worker.addEventListener('error', ({ message }) => send({ error: message }));

function send(outcome) {
  return fetch('/result', { method: 'POST', body: JSON.stringify(outcome) });
}
