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

/** How esbuild bundles for a host; terser does the rest. */
function options(host) {
  return {
    alias: { '#platform': `./src/platform/${host}.ts` },
    // A binary is resolved where the bundle runs: dist/<host>/ and src/platform/ see different folders above them.
    external: ['*.wasm', 'node:*'],
    platform: host === 'node' ? 'node' : 'neutral',
    mainFields: ['module', 'main'],
    format: 'esm',
    target: 'es2022',
    bundle: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  };
}

/** Writes dist/<host>/ for every host; what several entries need, and what is imported lazily, becomes shared chunks. */
export async function buildBundles() {
  for (const host of hosts) {
    const outdir = `dist/${host}`;
    rmSync(outdir, { recursive: true, force: true });
    await build({ ...options(host), entryPoints: entries, outdir, splitting: true, chunkNames: '[name]-[hash]' });
    for (const script of readdirSync(outdir)) await shrink(`${outdir}/${script}`);
  }
  await buildThreads();
  await buildCommand();
  copyFileSync('node_modules/pbf/LICENSE', 'dist/LICENSE-pbf.txt');
}

/** Writes dist/<host>/thread.js, what a thread runs, one file without imports: bundlers carry a worker along as it is. */
async function buildThreads() {
  for (const host of ['node', 'browser']) {
    const script = `dist/${host}/thread.js`;
    await build({ ...options(host), entryPoints: [`src/platform/${host}-thread.ts`], outfile: script });
    await shrink(script);
  }
}

/** Writes dist/node/cli/main.js, which uses the package's own entries. */
async function buildCommand() {
  await build({
    entryPoints: ['src/cli/main.ts'],
    outdir: 'dist/node/cli',
    plugins: [
      {
        // One folder up are the sources of the entries in src/, and the entries themselves in dist/node/.
        name: 'entries stay outside',
        setup: (bundler) => bundler.onResolve({ filter: /^\.\.\/\w+\.js$/ }, ({ path }) => ({ path, external: true })),
      },
    ],
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    bundle: true,
    minify: true,
    logLevel: 'warning',
  });
}

/** Minifies a bundle in place; terser makes it a few per cent smaller than esbuild does. */
async function shrink(script) {
  const { code } = await minify(readFileSync(script, 'utf8'), {
    module: true,
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true, unsafe_methods: true },
  });
  writeFileSync(script, code);
}

/** Writes dist/types/: declarations of all that the entries reach, and of the binaries as modules. */
export function buildTypes() {
  rmSync('dist/types', { recursive: true, force: true });
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.build/tsconfig.types.json'], {
    stdio: 'inherit',
  });
  writeFileSync('dist/types/wasm.d.ts', 'declare const module: WebAssembly.Module;\nexport default module;\n');
}
