// A page that lets a worker run the smoke suite.

import { sendFrom } from './send.mjs';

sendFrom(new Worker(new URL('worker.mjs', import.meta.url), { type: 'module' }));
