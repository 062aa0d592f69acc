// The smoke suite in a worker, which may block and therefore works as one of its threads, where the page is isolated.

import { addChecks } from './checks.mjs';
import { runSmoke } from './suite.mjs';
import { checkLoss } from './threads.mjs';

const { crossOriginIsolated } = globalThis;
const outcome = await runSmoke(crossOriginIsolated ? 2 : 1);
if (outcome.result && crossOriginIsolated)
  await addChecks(outcome.result, { 'a thread that ends is missed': checkLoss });
postMessage(outcome);
