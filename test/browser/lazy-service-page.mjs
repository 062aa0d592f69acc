// A page with a service worker that has quadlane without the readers inside: it is told what to import instead.

import { addChecks, newResult } from './checks.mjs';
import { send } from './send.mjs';

const worker = navigator.serviceWorker;
const registration = await worker.register('/lazy-service.mjs', { type: 'module' });
await worker.ready;
const answer = await new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  registration.active.postMessage('go', [port2]);
});
const checks = Object.entries(answer).map(([name, { detail, error }]) => {
  const tell = () => {
    if (error) throw new Error(error);
    return detail;
  };
  return [name, tell];
});
await send({ result: await addChecks(newResult(), Object.fromEntries(checks)) });
