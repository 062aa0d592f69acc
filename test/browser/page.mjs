// The smoke suite in a page: the result, with what the policy had to forbid, is posted to the server.

import { addChecks } from './checks.mjs';
import { send } from './send.mjs';
import { runSmoke } from './suite.mjs';
import { checkLoss, checkResponsiveness } from './threads.mjs';

const forbidden = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  forbidden.push(`FAIL policy: ${violatedDirective} forbids ${blockedURI}`);
});

const outcome = await runSmoke(globalThis.crossOriginIsolated ? 2 : 1);
if (outcome.result && globalThis.crossOriginIsolated) {
  await addChecks(outcome.result, {
    'the page goes on while threads run a network': checkResponsiveness,
    'a thread that ends is missed': checkLoss,
  });
}
if (outcome.result) {
  outcome.result.failed += forbidden.length;
  outcome.result.lines.push(...forbidden);
}
await send(outcome);
