// A service worker that keeps the page and what that needs, answers a picture with the digit in it, and runs the smoke suite.
// It is a module that imports all it needs when it starts: import() and what comes later are not for service workers.

import * as quadlane from '/quadlane/inline/index.js';
import * as train from '/quadlane/inline/train.js';
import { smoke } from '/runtimes/smoke.mjs';

const network = '/models/lenet5-mnist.onnx';
const files = ['/index', '/service-page.mjs', '/checks.mjs', '/inputs.json', network];
let model;

addEventListener('install', (event) => event.waitUntil(caches.open('files').then((cache) => cache.addAll(files))));

addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname === '/suite') event.respondWith(suite());
  else if (pathname === '/digit') event.respondWith(digit(event.request));
  else event.respondWith(kept(event.request));
});

async function kept(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request).catch(() => gone());
}

/** What stands for the answer of a server that can't be reached. */
function gone() {
  return new Response(null, { status: 503 });
}

/** The digit in a picture of 28 x 28 bytes. */
async function digit(request) {
  const pixels = Float32Array.from(new Uint8Array(await request.arrayBuffer()), (value) => value / 255);
  model ??= kept(network).then((response) => quadlane.loadModel(response));
  const { logits } = await (await model).run({ image: quadlane.tensor(pixels, [1, 1, 28, 28]) });
  return Response.json({ digit: logits.data.indexOf(Math.max(...logits.data)) });
}

async function suite() {
  try {
    const [inputs, bytes] = await Promise.all([kept('/inputs.json'), kept(network)]);
    const given = { ...(await inputs.json()), model: await bytes.arrayBuffer(), train, threads: 1 };
    return Response.json({ result: await smoke(quadlane, given) });
  } catch (error) {
    return Response.json({ error: `${error}\n${error.stack}` });
  }
}
