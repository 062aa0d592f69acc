// Bundles of the comparison: the command with what its child processes do, and the page.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const packages = ['onnxruntime-web', '@tensorflow/tfjs-backend-wasm', 'vega-lite'];

/** Ends the process with what to type, unless the other libraries are installed. */
export function requirePeers() {
  if (packages.every((name) => existsSync(here(`../node_modules/${name}`)))) return;
  console.error('The libraries to compare with are missing. Install them with:  npm ci --prefix bench');
  process.exit(2);
}

const options = {
  outdir: here('../dist'),
  outExtension: { '.js': '.mjs' },
  loader: { '.txt': 'text' },
  format: 'esm',
  target: 'es2022',
  bundle: true,
  logLevel: 'warning',
};

/** Writes bench/dist/peers.mjs and bench/dist/peers-task.mjs. */
export async function bundlePeers() {
  await build({
    ...options,
    entryPoints: { peers: here('main.ts'), 'peers-task': here('tasks.ts') },
    // The address of the binaries relative to bench/dist/ is the one relative to src/platform/.
    alias: { '#platform': here('../../src/platform/node.ts') },
    external: ['vega', 'vega-lite'],
    platform: 'node',
  });
}

/** Writes bench/dist/page.mjs. */
export async function bundlePage() {
  await build({
    ...options,
    entryPoints: { page: here('../page/page.ts') },
    alias: { '#platform': here('../../src/platform/browser.ts') },
    platform: 'browser',
  });
}
