// How pages tell the server what came out.

export function send(outcome) {
  return fetch('/result', { method: 'POST', body: JSON.stringify(outcome) });
}

/** Passes on what a worker posts, or that it broke. */
export function sendFrom(worker, port = worker) {
  port.addEventListener('message', ({ data }) => send(data));
  worker.addEventListener('error', ({ message }) => send({ error: message ?? 'its script is not there' }));
}
