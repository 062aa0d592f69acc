// npm run example:browser: serves a page that reads a digit drawn on it (another port: PORT=8080). Any static server does
// as well; this one also sends the strictest content security policy under which quadlane runs. With a folder as argument it
// serves that instead.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const mediaTypes = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

// 'wasm-unsafe-eval' allows compiling WebAssembly and, despite its name, no evaluation of JavaScript.
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "style-src 'self'",
].join('; ');

/** Pages with these headers may share memory between threads. */
export const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/**
 * Serves folders on loopback.
 * @param {Record<string, URL | import('node:http').RequestListener>} mounts what answers, by the path's beginning;
 *   the longest beginning wins
 * @param {number} [port] default: any free one
 * @param {Record<string, string>} [headers] sent with every answer; default: those that allow threads
 * @param {(path: string) => void} [hear] told of each path that is asked for
 * @returns {Promise<{ origin: string, stop: () => Promise<void> }>}
 */
export async function serve(mounts, port = 0, headers = isolation, hear = () => {}) {
  const prefixes = Object.keys(mounts).sort((a, b) => b.length - a.length);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    hear(pathname);
    const prefix = prefixes.find((beginning) => pathname.startsWith(beginning));
    const mount = prefix && mounts[prefix];
    response.setHeader('content-security-policy', policy);
    response.setHeader('cache-control', 'no-store');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (typeof mount === 'function') mount(request, response);
    else await sendFile(response, mount, pathname.slice(prefix?.length));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, stop };
}

/** Sends the file at `path` in a folder, or the file itself that a mount names. */
async function sendFile(response, folder, path) {
  try {
    const index = folder.href.endsWith('/') && /(^|\/)$/.test(path) ? 'index.html' : '';
    const file = new URL(`${path}${index}`, folder);
    if (!file.href.startsWith(folder.href)) throw new Error('outside the folder');
    const content = await readFile(file);
    const mediaType = mediaTypes[extname(file.pathname)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': mediaType }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

/** What the page of this folder needs. */
export const mounts = {
  '/': new URL('.', import.meta.url),
  '/mnist.mjs': new URL('../mnist.mjs', import.meta.url),
  '/models/': new URL('../models/', import.meta.url),
  '/quadlane/': new URL('../../dist/', import.meta.url),
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder] = process.argv.slice(2);
  const port = Number(process.env.PORT ?? 8000);
  // Bundlers may put scripts into a page, which the policy would forbid.
  const headers = folder ? { ...isolation, 'content-security-policy': '' } : isolation;
  const { origin } = await serve(folder ? { '/': pathToFileURL(`${folder}/`) } : mounts, port, headers);
  console.log(`Draw a digit at ${origin}/ (files of ${folder ?? fileURLToPath(mounts['/quadlane/'])})`);
}
