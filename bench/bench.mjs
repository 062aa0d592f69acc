// npm run bench -- [family ...] [--quick] [--strict | --relaxed] [--json file]
// Measures layers by family, the same ones in 8 bits against float32, LeNet-5, training, loading and threads; all but threads unless some are named.
// families:  gemm, pointwise, conv, depthwise, pool, elementwise, activation, softmax, quantized, lenet, train, load, threads
// --quick    fewer and shorter rounds
// --strict   the binary with plain SIMD; --relaxed: the one with fused multiply-adds (default: what the engine has)
// --json     also writes the results to a file
// It is bundled into one file, which runs on other engines too, from anywhere: bun bench/dist/run.mjs

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
