// npm run bench: bundles the benchmark into one file and runs it. The file runs on other engines too:
// `bun bench/dist/run.mjs`, from anywhere.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [here('run.ts')],
  outfile: here('dist/run.mjs'),
  // The address of the binaries relative to bench/dist/ is the one relative to src/platform/.
  alias: { '#platform': here('../src/platform/node.ts') },
  loader: { '.txt': 'text' },
  platform: 'node',
  format: 'esm',
  target: 'es2022',
  bundle: true,
  logLevel: 'warning',
});
if (existsSync(here('node_modules/@tensorflow/tfjs-core'))) {
  await build({
    entryPoints: [here('tfjs-cpu.mjs')],
    outfile: here('dist/tfjs-cpu.mjs'),
    platform: 'node',
    mainFields: ['module', 'main'],
    // Some of its modules are CommonJS that requires Node's own.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    format: 'esm',
    bundle: true,
    logLevel: 'error',
  });
}
const { status } = spawnSync(process.execPath, [here('dist/run.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
