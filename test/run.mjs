// node test/run.mjs <script> <arguments>: bundles a script of this folder into one file and runs it where relaxed SIMD is on.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [script, ...rest] = process.argv.slice(2);
// One file a script: several may run at once.
const outfile = here(`dist/${script.replaceAll('/', '-')}.mjs`);

await build({
  entryPoints: [here(script)],
  outfile,
  // The binaries are found relative to src/platform/.
  alias: { '#platform': here('../src/platform/node.ts') },
  define: { 'import.meta.url': JSON.stringify(new URL('../src/platform/node.ts', import.meta.url).href) },
  platform: 'node',
  format: 'esm',
  target: 'es2022',
  bundle: true,
  logLevel: 'warning',
});
const flag = '--experimental-wasm-relaxed-simd';
const flags = Number(process.versions.node.split('.')[0]) < 21 ? [flag] : [];
const { status } = spawnSync(process.execPath, [...flags, outfile, ...rest], { stdio: 'inherit' });
process.exitCode = status ?? 1;
