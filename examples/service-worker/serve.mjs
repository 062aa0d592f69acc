// npm run example:offline: serves a page whose service worker reads digits, with a server or without (another port: PORT=8080).

import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { serve } from '../browser/serve.mjs';

/**
 * What the page needs. The service worker is bundled into one script:
 * `npx esbuild worker.js --bundle --minify --outfile=out/worker.js` does the same.
 */
export async function mounts() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('worker.js', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
  });
  return {
    '/': new URL('.', import.meta.url),
    '/worker.js': (_, response) => response.setHeader('content-type', 'text/javascript').end(outputFiles[0].text),
    '/digits/': new URL('../digits/', import.meta.url),
    '/lenet5-mnist.onnx': new URL('../models/lenet5-mnist.onnx', import.meta.url),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { origin } = await serve(await mounts(), Number(process.env.PORT ?? 8000));
  console.log(`Digits at ${origin}/; stop this server (Ctrl+C) and reload the page: it goes on`);
}
