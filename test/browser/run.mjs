// npm run test:browser [-- name ...]: the built package in every kind of page and worker of Chromium and Firefox, unbundled
// where it may be, under strict content security policies; Node runs the same suite, for its bits to compare with.

import { isolation } from '../../examples/browser/serve.mjs';
import { modelFile, smokeInputs } from '../runtimes/inputs.mjs';
import { reportHosts } from '../runtimes/report.mjs';
import { smoke } from '../runtimes/smoke.mjs';
import { absence, browsers, programOf, resultOfPage } from './browsers.mjs';
import { answering, bundled } from './bundled.mjs';
import { openFromDisk } from './disk.mjs';
import { openOffline } from './offline.mjs';

/** Milliseconds that a page may take. */
const PATIENCE = 120_000;

const policy = (text) => ({ 'content-security-policy': text });
/** The least that quadlane needs where everything else comes from the page's own server too. */
const strict = policy("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'");

/** By name: how each kind of page is opened. The server's own policy is stricter yet than the strict one here. */
const kinds = {
  '': page('page.mjs', isolation),
  ', not isolated': page('page.mjs', {}),
  ', strict policy': page('page.mjs', { ...isolation, ...strict }),
  ', policy without wasm-unsafe-eval': page(
    'policy-page.mjs',
    { ...isolation, ...policy("default-src 'self'; script-src 'self'") },
    // Firefox tells the console too.
    /^Content-Security-Policy: .*'wasm-unsafe-eval'/,
  ),
  ', policy without worker-src': page(
    'worker-policy-page.mjs',
    { ...isolation, ...policy("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'") },
    /Content.Security.Policy/i,
  ),
  ', policy without connect-src': page(
    'connect-policy-page.mjs',
    policy("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src http://127.0.0.1:*/result"),
    /Content.Security.Policy/i,
  ),
  ', in a worker': page('worker-page.mjs', isolation),
  ', in a worker, not isolated': page('worker-page.mjs', {}),
  ', in a worker made of a blob': page('blob-page.mjs', {
    ...isolation,
    ...policy("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:"),
  }),
  ', in a classic worker': page('classic-page.mjs', isolation),
  ', in a shared worker': page('shared-page.mjs', isolation),
  ', in a service worker, offline': (browser) => openOffline(browser, mounts, 'module', { patience: PATIENCE }),
  ', in a classic service worker, offline': (browser) =>
    openOffline(browser, mounts, 'classic', { patience: PATIENCE }),
  ', in a service worker without quadlane/inline': page('lazy-service-page.mjs', {}),
  ', a page from a disk': (browser) => openFromDisk(browser, { patience: PATIENCE }),
};

const mounts = {
  '/': new URL('.', import.meta.url),
  '/runtimes/': new URL('../runtimes/', import.meta.url),
  '/models/': new URL('../../examples/models/', import.meta.url),
  '/quadlane/': new URL('../../dist/', import.meta.url),
  '/inputs.json': (_, response) => response.end(JSON.stringify(smokeInputs())),
  '/classic.js': answering(() => bundled('classic.mjs')),
  '/service.js': answering(() => bundled('service.mjs')),
};

function page(script, headers, expected) {
  return (browser) => resultOfPage(browser, mounts, { script, headers, patience: PATIENCE, expected });
}

async function runNode() {
  const quadlane = await import('../../dist/node/index.js');
  const train = await import('../../dist/node/train.js');
  return {
    version: process.versions.node,
    result: await smoke(quadlane, { ...smokeInputs(), model: modelFile, train, threads: 2 }),
  };
}

const hosts = browsers.flatMap((browser) =>
  Object.entries(kinds).map(([kind, open]) => ({
    host: `${browser.name}${kind}`,
    run: async () => (programOf(browser) ? open(browser) : { skipped: absence(browser) }),
  })),
);
const words = process.argv.slice(2);
await reportHosts([
  { host: 'Node', run: runNode },
  ...hosts.filter(({ host }) => words.every((word) => host.includes(word))),
]);
