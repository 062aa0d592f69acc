// The JavaScript of the package: one set of ESM bundles a host, and the typings they share.

import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { rolldown } from 'rolldown';
import { minify } from 'terser';
import { compileEagerly } from './eager.mjs';

/** Source of every entry of the package, by its name in dist/<host>/. */
export const entries = {
  index: 'src/index.ts',
  ops: 'src/eager/index.ts',
  layers: 'src/layers/index.ts',
  zoo: 'src/zoo/index.ts',
  train: 'src/train/index.ts',
  onnx: 'src/onnx.ts',
  safetensors: 'src/formats/safetensors/index.ts',
};

/**
 * Chunks by name: the modules of each, with all they import that no chunk before has. Few files load faster than many, so
 * these go together although not every entry needs all of it; bundlers drop from them what a program doesn't use.
 * Other modules that several entries need, and other lazy imports, become chunks of their own.
 */
const chunks = {
  core: ['src/model/load.ts'],
  operators: [
    'src/ops/registry/common.ts',
    'src/ops/elementwise/activationOptions.ts',
    'src/graph/passes/flatten.ts',
    'src/graph/passes/layout.ts',
    'src/graph/passes/padding.ts',
    'src/formats/half.ts',
  ],
  onnx: ['src/formats/onnx/reader.ts'],
  safetensors: [
    'src/formats/safetensors/header.ts',
    'src/formats/safetensors/reader.ts',
    'src/formats/safetensors/model-format.ts',
  ],
};

/** Folders of bundles; each takes `#platform` from src/platform/<host>.ts. */
export const hosts = ['node', 'browser', 'workerd', 'edge-light'];

/** Writes dist/<host>/ for every host. */
export async function buildBundles() {
  for (const host of hosts) {
    const dir = `dist/${host}`;
    rmSync(dir, { recursive: true, force: true });
    const bundle = await rolldown({
      input: entries,
      resolve: { alias: { '#platform': resolve(`src/platform/${host}.ts`) }, mainFields: ['module', 'main'] },
      // A binary is resolved where the bundle runs: dist/<host>/ and src/platform/ see different folders above them.
      external: [/\.wasm$/, /^node:/],
      makeAbsoluteExternalsRelative: false,
      platform: host === 'node' ? 'node' : 'neutral',
      // Its paths name one host for the type checker.
      tsconfig: false,
      transform: { target: 'es2022' },
    });
    await bundle.write({
      dir,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      comments: { legal: false },
      codeSplitting: { groups: Object.entries(chunks).map(chunkOf) },
    });
    await bundle.close();
    for (const script of readdirSync(dir)) await shrink(`${dir}/${script}`);
    compileEagerly(dir);
  }
  await buildThreads();
  await buildCommand();
  copyFileSync('node_modules/pbf/LICENSE', 'dist/LICENSE-pbf.txt');
}

/** A chunk as rolldown wants it. */
function chunkOf([name, sources]) {
  const modules = new Set(sources.map((source) => resolve(source)));
  return { name, test: (id) => modules.has(id) };
}

/** Writes dist/<host>/thread.js, what a thread runs: one file without imports, as bundlers carry a worker along best. */
async function buildThreads() {
  for (const host of ['node', 'browser']) {
    const script = `dist/${host}/thread.js`;
    await build({
      entryPoints: [`src/platform/${host}-thread.ts`],
      outfile: script,
      platform: host === 'node' ? 'node' : 'neutral',
      format: 'esm',
      target: 'es2022',
      bundle: true,
      logLevel: 'warning',
    });
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

/**
 * Minifies a bundle in place; terser makes it a few per cent smaller than esbuild does. Functions stay apart, so that the
 * bundlers of those who use the package can still leave them out.
 */
async function shrink(script) {
  const { code } = await minify(readFileSync(script, 'utf8'), {
    module: true,
    ecma: 2020,
    compress: { passes: 3, inline: 0, reduce_funcs: false, unsafe_arrows: true, unsafe_methods: true },
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
