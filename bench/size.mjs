// npm run bench:size: one page that classifies a digit, written with quadlane and with onnxruntime-web, each bundled by Vite and
// opened in Chromium: lines of code, and bytes of the scripts and binaries that the page loads, gzipped.

import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { serve } from '../examples/browser/serve.mjs';
import { absence, programOf as browserAt, browsers, launch } from '../test/browser/browsers.mjs';
import { outcomeAt } from '../test/packaging/bundlers/project.mjs';
import { requirePeers } from './peers/bundle.mjs';

const root = new URL('../', import.meta.url);
const path = (address) => fileURLToPath(new URL(address, root));
const [chromium] = browsers;

/** Vite puts styles and data into pages; nothing else is asked for. */
const headers = { 'content-security-policy': "default-src 'self' data: blob: 'wasm-unsafe-eval'" };

requirePeers();
if (!browserAt(chromium)) throw new Error(absence(chromium));
const browser = await launch(chromium);
const folder = mkdtempSync(join(tmpdir(), 'quadlane-size-'));
try {
  console.log('| a page that classifies a digit | lines | scripts, KB gzip | binary, KB gzip | together |');
  console.log('|---|---|---|---|---|');
  for (const [name, script] of [
    ['quadlane', 'quadlane.mjs'],
    ['onnxruntime-web', 'onnxruntime.mjs'],
  ]) {
    const { lines, scripts, binary } = await measure(script);
    const cells = [scripts, binary, scripts + binary].map((bytes) => (bytes / 1024).toFixed(1));
    console.log(`| ${[name, lines, ...cells].join(' | ')} |`);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

/** Builds and opens the page of a script. */
async function measure(script) {
  const room = join(folder, script);
  cpSync(path('bench/size'), room, { recursive: true });
  writeFileSync(
    join(room, 'index.html'),
    `<!doctype html><title>digit</title><script type="module" src="${script}"></script>`,
  );
  await build({
    root: room,
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: {
        quadlane: path('dist/browser/index.js'),
        'onnxruntime-web/wasm': path('bench/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs'),
      },
    },
    build: { outDir: 'out' },
  });
  copyFileSync(path('examples/models/lenet5-mnist.onnx'), join(room, 'out/model.onnx'));
  copyFileSync(path('examples/digits/7-0.png'), join(room, 'out/digit.png'));
  const server = await serve({ '/': pathToFileURL(join(room, 'out/')) }, 0, headers);
  try {
    const asked = new Set();
    const { result, error } = await outcomeAt(browser, `${server.origin}/`, asked);
    if (result !== 7) throw new Error(`${script}: ${error ?? `read ${result} for 7`}`);
    let [scripts, binary] = [0, 0];
    for (const address of asked) {
      const bytes = async () =>
        gzipSync(Buffer.from(await (await fetch(address)).arrayBuffer()), { level: 9 }).byteLength;
      if (/\.m?js$/.test(address)) scripts += await bytes();
      if (/\.wasm$/.test(address)) binary += await bytes();
    }
    const lines = readFileSync(path(`bench/size/${script}`), 'utf8')
      .split('\n')
      .filter((line) => line.trim()).length;
    return { lines, scripts, binary };
  } finally {
    await server.stop();
  }
}
