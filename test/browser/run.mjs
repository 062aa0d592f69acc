// npm run test:browser: the smoke suite on the built package in Chromium and Firefox, unbundled and under a strict
// content security policy; Node runs it too, for its bits to compare with.

import { serve } from '../../examples/browser/serve.mjs';
import { modelFile, smokeInputs } from '../runtimes/inputs.mjs';
import { reportHosts } from '../runtimes/report.mjs';
import { smoke } from '../runtimes/smoke.mjs';
import { absence, browsers, launch, programOf } from './browsers.mjs';

/** Milliseconds that a page may take. */
const PATIENCE = 60_000;

await reportHosts([
  { host: 'Node', run: runNode },
  ...browsers.map((browser) => ({ host: browser.name, run: () => runBrowser(browser) })),
]);

async function runNode() {
  const quadlane = await import('../../dist/node/index.js');
  return { version: process.versions.node, result: await smoke(quadlane, { ...smokeInputs(), model: modelFile }) };
}

async function runBrowser(description) {
  if (!programOf(description)) return { skipped: absence(description) };
  let receive;
  const outcome = new Promise((resolve) => {
    receive = resolve;
  });
  const server = await serve({
    '/': new URL('.', import.meta.url),
    '/runtimes/': new URL('../runtimes/', import.meta.url),
    '/models/': new URL('../../examples/models/', import.meta.url),
    '/quadlane/': new URL('../../dist/', import.meta.url),
    '/inputs.json': (_, response) => response.end(JSON.stringify(smokeInputs())),
    '/result': async (request, response) => {
      receive(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      response.end();
    },
  });
  const browser = await launch(description);
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => receive({ error: error.stack }));
    await page.goto(`${server.origin}/`);
    const late = new Promise((_, reject) => {
      setTimeout(() => reject(new Error(`no result after ${PATIENCE} ms`)), PATIENCE).unref();
    });
    const { result, error } = await Promise.race([outcome, late]);
    if (error) throw new Error(error);
    return { version: (await browser.version()).split('/').at(-1), result };
  } finally {
    await browser.close();
    await server.stop();
  }
}
