// npm run test:browser: the smoke suite on the built package in Chromium and Firefox, unbundled and under a strict
// content security policy; Node runs it too, for its bits to compare with.

import { isolation } from '../../examples/browser/serve.mjs';
import { modelFile, smokeInputs } from '../runtimes/inputs.mjs';
import { reportHosts } from '../runtimes/report.mjs';
import { smoke } from '../runtimes/smoke.mjs';
import { absence, browsers, programOf, resultOfPage } from './browsers.mjs';

/** Milliseconds that a page may take. */
const PATIENCE = 60_000;

await reportHosts([
  { host: 'Node', run: runNode },
  ...browsers.flatMap((browser) => [
    { host: browser.name, run: () => runBrowser(browser, 'page.mjs', isolation) },
    { host: `${browser.name}, in a worker`, run: () => runBrowser(browser, 'worker-page.mjs', isolation) },
    { host: `${browser.name}, not isolated`, run: () => runBrowser(browser, 'page.mjs', {}) },
  ]),
]);

async function runNode() {
  const quadlane = await import('../../dist/node/index.js');
  const train = await import('../../dist/node/train.js');
  return {
    version: process.versions.node,
    result: await smoke(quadlane, { ...smokeInputs(), model: modelFile, train, threads: 2 }),
  };
}

async function runBrowser(description, script, headers) {
  if (!programOf(description)) return { skipped: absence(description) };
  const mounts = {
    '/': new URL('.', import.meta.url),
    '/runtimes/': new URL('../runtimes/', import.meta.url),
    '/models/': new URL('../../examples/models/', import.meta.url),
    '/quadlane/': new URL('../../dist/', import.meta.url),
    '/inputs.json': (_, response) => response.end(JSON.stringify(smokeInputs())),
  };
  return resultOfPage(description, mounts, { script, headers, patience: PATIENCE });
}
