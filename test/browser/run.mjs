// npm run test:browser: the smoke suite on the built package in Chromium and Firefox, unbundled and under a strict
// content security policy; Node runs it too, for its bits to compare with.

import { isolation, serve } from '../../examples/browser/serve.mjs';
import { modelFile, smokeInputs } from '../runtimes/inputs.mjs';
import { reportHosts } from '../runtimes/report.mjs';
import { smoke } from '../runtimes/smoke.mjs';
import { absence, browsers, launch, programOf } from './browsers.mjs';

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
  let receive;
  const outcome = new Promise((resolve) => {
    receive = resolve;
  });
  const page = `<!doctype html><link rel="icon" href="data:," /><script type="module" src="${script}"></script>`;
  const mounts = {
    '/': new URL('.', import.meta.url),
    '/index': (_, response) => response.setHeader('content-type', 'text/html').end(page),
    '/runtimes/': new URL('../runtimes/', import.meta.url),
    '/models/': new URL('../../examples/models/', import.meta.url),
    '/quadlane/': new URL('../../dist/', import.meta.url),
    '/inputs.json': (_, response) => response.end(JSON.stringify(smokeInputs())),
    '/result': async (request, response) => {
      receive(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      response.end();
    },
  };
  const server = await serve(mounts, 0, headers);
  const browser = await launch(description);
  try {
    const tab = await browser.newPage();
    tab.on('pageerror', (error) => receive({ error: error.stack }));
    await tab.goto(`${server.origin}/index`);
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
