// The smoke suite in a page: the result, with what the policy had to forbid, is posted to the server.

import { runSmoke } from './suite.mjs';

const forbidden = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  forbidden.push(`FAIL policy: ${violatedDirective} forbids ${blockedURI}`);
});

const outcome = await runSmoke(globalThis.crossOriginIsolated ? 2 : 1);
if (outcome.result && globalThis.crossOriginIsolated) await checkResponsiveness(outcome.result);
if (outcome.result) {
  outcome.result.failed += forbidden.length;
  outcome.result.lines.push(...forbidden);
}
await fetch('/result', { method: 'POST', body: JSON.stringify(outcome) });

/** A run on threads leaves the page's own thread free: its timers go on meanwhile. */
async function checkResponsiveness(result) {
  const name = 'the page goes on while threads run a network';
  try {
    const { compile, resnet18 } = await import('/quadlane/browser/zoo.js');
    const { tensor } = await import('/quadlane/browser/index.js');
    const model = await compile(resnet18(), { threads: 2 });
    const input = tensor(new Float32Array(224 * 224 * 3).fill(0.5), [1, 224, 224, 3]);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    // Both are asked for at once: the second waits for the first.
    const [first, second] = await Promise.all([
      model.run({ [nameOf(model)]: input }),
      model.run({ [nameOf(model)]: input }),
    ]);
    clearInterval(timer);
    const [one, two] = [first, second].map((outputs) => String(Object.values(outputs)[0].data));
    const alone = String(Object.values(model.runSync({ [nameOf(model)]: input }))[0].data);
    model.dispose();
    if (ticks === 0) throw new Error('no timer fired');
    if (one !== two || one !== alone) throw new Error('the outputs differ');
    result.passed++;
    result.lines.push(`ok   ${name} (${ticks} ticks)`);
  } catch (error) {
    result.failed++;
    result.lines.push(`FAIL ${name}: ${error.stack}`);
  }
}

function nameOf(model) {
  return Object.keys(model.inputs)[0];
}
