// The smoke suite in a worker, which may block and therefore works as one of its threads.

import { runSmoke } from './suite.mjs';
import { addChecks, checkLoss } from './threads.mjs';

const outcome = await runSmoke(2);
if (outcome.result) await addChecks(outcome.result, { 'a thread that ends is missed': checkLoss });
postMessage(outcome);
