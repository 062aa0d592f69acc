// The smoke suite in a page: the result, with what the policy had to forbid, is posted to the server.

import { smoke } from '/runtimes/smoke.mjs';

const forbidden = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  forbidden.push(`FAIL policy: ${violatedDirective} forbids ${blockedURI}`);
});

await fetch('/result', { method: 'POST', body: JSON.stringify(await run()) });

async function run() {
  try {
    const quadlane = await import('/quadlane/browser/index.js');
    const inputs = await (await fetch('/inputs.json')).json();
    const result = await smoke(quadlane, { ...inputs, model: new URL('/models/lenet5-mnist.onnx', location.href) });
    result.failed += forbidden.length;
    result.lines.push(...forbidden);
    return { result };
  } catch (error) {
    return { error: `${error}\n${error.stack}` };
  }
}
