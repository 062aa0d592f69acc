// The page's service worker. It keeps the page, and answers `read?name=7-0.png` with the digit in that picture, whether there
// is a server or not. quadlane/inline has all that quadlane needs inside: service workers know no import().

import { loadModel, tensor } from 'quadlane/inline';

const network = 'lenet5-mnist.onnx';
const pictures = Array.from({ length: 40 }, (_, index) => `digits/${Math.floor(index / 4)}-${index % 4}.png`);

addEventListener('install', (event) => event.waitUntil(keep()));
// The page that is open already is answered too.
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  const { pathname, searchParams } = new URL(event.request.url);
  event.respondWith(pathname.endsWith('/read') ? read(searchParams.get('name')) : kept(event.request));
});

async function keep() {
  const cache = await caches.open('reader');
  await cache.addAll(['./', 'style.css', 'main.js', network, ...pictures]);
  await skipWaiting();
}

async function kept(request) {
  return (await caches.match(request)) ?? fetch(request).catch(() => new Response('offline', { status: 503 }));
}

let model;

async function read(name) {
  const picture = await createImageBitmap(await (await kept(`digits/${name}`)).blob());
  const pen = new OffscreenCanvas(28, 28).getContext('2d');
  pen.drawImage(picture, 0, 0);
  const { data } = pen.getImageData(0, 0, 28, 28);
  const ink = Float32Array.from({ length: 28 * 28 }, (_, pixel) => data[4 * pixel] / 255);

  // Browsers end service workers that have nothing to do: the first answer after that loads the network again.
  model ??= kept(network).then((response) => loadModel(response));
  const { logits } = await (await model).run({ image: tensor(ink, [1, 1, 28, 28]) });
  return Response.json({ digit: logits.data.indexOf(Math.max(...logits.data)) });
}
