// The smoke suite in a worker, which may block and therefore works as one of its threads.

import { runSmoke } from './suite.mjs';

postMessage(await runSmoke(2));
