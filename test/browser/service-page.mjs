// A page with a service worker, told by `?module` or `?classic`. The first time it only installs that; the second time,
// when the server is gone, it asks it for digits and for the smoke suite's result.

import { addChecks } from './checks.mjs';

const worker = navigator.serviceWorker;
const type = location.search.slice(1);

if (worker.controller) globalThis.outcome = await answers().catch((error) => ({ error: `${error}\n${error.stack}` }));
else {
  await worker.register(type === 'module' ? '/service.mjs' : '/service.js', { type });
  await worker.ready;
  globalThis.installed = true;
}

async function answers() {
  const outcome = await (await fetch('/suite')).json();
  if (!outcome.result) return outcome;
  await addChecks(outcome.result, {
    'the server is gone': async () => {
      const { status } = await fetch('/favicon.ico');
      if (status !== 503) throw new Error(`it answered ${status}`);
    },
    'a fetch is answered with the digit in a picture': async () => {
      const { digits } = await (await fetch('/inputs.json')).json();
      const { name, pixels } = digits.find(({ name }) => name === '7-0.png');
      const answer = await fetch('/digit', { method: 'POST', body: Uint8Array.from(pixels) });
      const { digit } = await answer.json();
      if (digit !== 7) throw new Error(`${digit} for ${name}`);
    },
  });
  return outcome;
}
