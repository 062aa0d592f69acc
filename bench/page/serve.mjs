// npm run bench:page: serves the comparison with other libraries in a browser (another port: PORT=8080). It isolates the
// page from other origins, so that libraries may have threads there.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundlePage, bundlePeers, requirePeers } from '../peers/bundle.mjs';

const root = new URL('../../', import.meta.url);
const models = new URL('bench/dist/models/', root);
/** What is served of the repository; all of it built, installed or of this folder. */
const folders = ['bench/page/', 'bench/dist/', 'bench/node_modules/', 'dist/'].map((path) => new URL(path, root).href);

const mediaTypes = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-store',
};

/**
 * Bundles the page and serves it on loopback.
 * @param {number} [port] default: any free one
 * @returns {Promise<{ origin: string, stop: () => Promise<void> }>}
 */
export async function servePage(port = 0) {
  await bundlePeers();
  await bundlePage();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/') response.writeHead(302, { location: '/bench/page/index.html' }).end();
    else send(response, new URL(`.${pathname}`, root));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, stop };
}

async function send(response, file) {
  try {
    if (!folders.some((folder) => file.href.startsWith(folder))) throw new Error('not served');
    if (file.href.startsWith(models.href)) await exportOnce(file);
    const content = await readFile(file);
    const mediaType = mediaTypes[extname(file.pathname)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': mediaType, ...isolation }).end(content);
  } catch (error) {
    response.writeHead(404, isolation).end(String(error));
  }
}

const exporting = new Map();

/** Makes the file of a network that isn't there, in a process of its own. */
async function exportOnce(file) {
  if (existsSync(file)) return;
  if (!exporting.has(file.href)) exporting.set(file.href, exportNetwork(file));
  await exporting.get(file.href);
}

async function exportNetwork(file) {
  const [, network, format] = /([^/]+)\.(onnx|tfjs)$/.exec(file.pathname);
  const task = JSON.stringify({ name: 'exportNetwork', parameters: { network, format } });
  mkdirSync(models, { recursive: true });
  const script = fileURLToPath(new URL('bench/dist/peers-task.mjs', root));
  await promisify(execFile)(process.execPath, [script, task, fileURLToPath(new URL(`${network}.log`, models))]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  requirePeers();
  const { origin } = await servePage(Number(process.env.PORT ?? 8001));
  console.log(`Compare in a browser at ${origin}/`);
}
