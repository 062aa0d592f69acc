// A page that makes a worker of text, and lets that run the smoke suite.

import { sendFrom } from './send.mjs';

const program = `
  import { runSmoke } from '${location.origin}/suite.mjs';
  postMessage(await runSmoke(2));
`;
const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
sendFrom(new Worker(address, { type: 'module' }));
