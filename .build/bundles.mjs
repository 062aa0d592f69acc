// The JavaScript of the package: one set of ESM bundles a host, and the typings they share.

import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** Source of every entry of the package, by its name in dist/<host>/. */
export const entries = {
  index: 'src/index.ts',
  ops: 'src/eager.ts',
  onnx: 'src/onnx.ts',
};

/** Folders of bundles; each takes `#platform` from src/platform/<host>.ts. */
export const hosts = ['node', 'browser', 'workerd', 'edge-light'];

/** Writes dist/<host>/ for every host; what several entries need, and what is imported lazily, becomes shared chunks. */
export async function buildBundles() {
  for (const host of hosts) {
    rmSync(`dist/${host}`, { recursive: true, force: true });
    await build({
      entryPoints: entries,
      outdir: `dist/${host}`,
      alias: { '#platform': `./src/platform/${host}.ts` },
      // A binary is resolved where the bundle runs: dist/<host>/ and src/platform/ see different folders above them.
      external: ['*.wasm', 'node:*'],
      platform: host === 'node' ? 'node' : 'neutral',
      mainFields: ['module', 'main'],
      format: 'esm',
      target: 'es2022',
      bundle: true,
      splitting: true,
      chunkNames: '[name]-[hash]',
      minify: true,
      sourcemap: true,
      legalComments: 'none',
      logLevel: 'warning',
    });
  }
  copyFileSync('node_modules/pbf/LICENSE', 'dist/LICENSE-pbf.txt');
}

/** Writes dist/types/: declarations of all that the entries reach, and of the binaries as modules. */
export function buildTypes() {
  rmSync('dist/types', { recursive: true, force: true });
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.build/tsconfig.types.json'], {
    stdio: 'inherit',
  });
  writeFileSync('dist/types/wasm.d.ts', 'declare const module: WebAssembly.Module;\nexport default module;\n');
}
