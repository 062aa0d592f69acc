// A page that lets a shared worker run the smoke suite.

import { sendFrom } from './send.mjs';

const worker = new SharedWorker(new URL('shared.mjs', import.meta.url), { type: 'module' });
sendFrom(worker, worker.port);
worker.port.start();
