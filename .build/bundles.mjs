// The JavaScript of the package: one set of ESM bundles a host, and the typings they share.

import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { minify } from 'terser';

/** Source of every entry of the package, by its name in dist/<host>/. */
export const entries = {
  index: 'src/index.ts',
  ops: 'src/eager.ts',
  layers: 'src/layers/index.ts',
  zoo: 'src/zoo/index.ts',
  onnx: 'src/onnx.ts',
  safetensors: 'src/formats/safetensors/index.ts',
};

/** Folders of bundles; each takes `#platform` from src/platform/<host>.ts. */
export const hosts = ['node', 'browser', 'workerd', 'edge-light'];

/** Writes dist/<host>/ for every host; what several entries need, and what is imported lazily, becomes shared chunks. */
export async function buildBundles() {
  for (const host of hosts) {
    rmSync(`dist/${host}`, { recursive: true, force: true });
    await build({
      entryPoints: host === 'node' ? { ...entries, cli: 'src/cli/main.ts' } : entries,
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
      sourcemap: true,
      legalComments: 'none',
      logLevel: 'warning',
    });
    for (const script of readdirSync(`dist/${host}`).filter((name) => name.endsWith('.js'))) {
      await shrink(`dist/${host}`, script);
    }
  }
  copyFileSync('node_modules/pbf/LICENSE', 'dist/LICENSE-pbf.txt');
}

/** Minifies a bundle in place; terser makes it a few per cent smaller than esbuild does. */
async function shrink(folder, script) {
  const map = `${folder}/${script}.map`;
  const { code, map: shrunk } = await minify(readFileSync(`${folder}/${script}`, 'utf8'), {
    module: true,
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true, unsafe_methods: true },
    sourceMap: { content: readFileSync(map, 'utf8'), url: `${script}.map` },
  });
  writeFileSync(`${folder}/${script}`, code);
  writeFileSync(map, shrunk);
}

/** Writes dist/types/: declarations of all that the entries reach, and of the binaries as modules. */
export function buildTypes() {
  rmSync('dist/types', { recursive: true, force: true });
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.build/tsconfig.types.json'], {
    stdio: 'inherit',
  });
  writeFileSync('dist/types/wasm.d.ts', 'declare const module: WebAssembly.Module;\nexport default module;\n');
}
