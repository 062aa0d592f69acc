// How each bundler is asked for a bundle, as its manual shows it and without a setting more than a program needs.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { programOf } from '../../runtimes/installed.mjs';

const execute = promisify(execFile);

/**
 * By name: `build` bundles the program `entry` of `folder` into `folder`/out and resolves to the page or script to open.
 * @type {Record<string, (folder: string, entry: string) => Promise<string>>}
 */
export const bundlers = {
  async esbuild(folder, entry) {
    const { build } = await import('esbuild');
    const outdir = join(folder, 'out');
    await build({
      entryPoints: [join(folder, entry)],
      bundle: true,
      minify: true,
      splitting: true,
      format: 'esm',
      outdir,
    });
    return entry.replace(/\.mjs$/, '.js');
  },

  async 'esbuild, one file'(folder, entry) {
    const { build } = await import('esbuild');
    await build({
      entryPoints: [join(folder, entry)],
      bundle: true,
      minify: true,
      format: 'esm',
      outdir: join(folder, 'out'),
      logLevel: 'error',
    });
    return entry.replace(/\.mjs$/, '.js');
  },

  async 'esbuild, one classic script'(folder, entry) {
    const { build } = await import('esbuild');
    const outfile = join(folder, 'out/classic.js');
    const silent = { logLevel: 'error' };
    await build({ entryPoints: [join(folder, entry)], bundle: true, minify: true, format: 'iife', outfile, ...silent });
    return 'classic.js';
  },

  async Rollup(folder, entry) {
    const [{ rollup }, { nodeResolve }] = await Promise.all([import('rollup'), import('@rollup/plugin-node-resolve')]);
    const bundle = await rollup({ input: join(folder, entry), plugins: [nodeResolve({ browser: true })] });
    await bundle.write({ dir: join(folder, 'out'), format: 'es' });
    return entry.replace(/\.mjs$/, '.js');
  },

  async 'bun build'(folder, entry) {
    const args = ['build', entry, '--outdir', 'out', '--target', 'browser', '--minify', '--splitting'];
    await execute(programOf('Bun'), args, { cwd: folder });
    return entry.replace(/\.mjs$/, '.js');
  },

  async webpack(folder, entry) {
    const { default: webpack } = await import('webpack');
    return packed(webpack, folder, entry);
  },

  async Rspack(folder, entry) {
    const { rspack } = await import('@rspack/core');
    return packed(rspack, folder, entry);
  },

  async Parcel(folder, entry) {
    writePage(folder, entry);
    // Parcel passes over the exports of packages unless it is told.
    const settings = { name: 'room', type: 'module', '@parcel/resolver-default': { packageExports: true } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(settings));
    const command = join(fileURLToPath(new URL('.', import.meta.url)), 'node_modules/.bin/parcel');
    const args = ['build', 'index.html', '--dist-dir', 'out', '--no-source-maps', '--no-cache'];
    await execute(command, args, { cwd: folder });
    return 'index.html';
  },

  'Vite 8': (folder, entry) => viteBuild('vite', folder, entry),
  'Vite 7': (folder, entry) => viteBuild('vite7', folder, entry),
  // Workers of Vite are classic scripts unless they are told, which are single files.
  "Vite 8, worker: { format: 'es' }": (folder, entry) => viteBuild('vite', folder, entry, { worker: { format: 'es' } }),
  "Vite 7, worker: { format: 'es' }": (folder, entry) =>
    viteBuild('vite7', folder, entry, { worker: { format: 'es' } }),
};

/** Webpack and what takes its options. */
async function packed(pack, folder, entry) {
  const output = { path: join(folder, 'out'), filename: 'packed.js' };
  const stats = await new Promise((resolve, reject) => {
    const done = (error, result) => (error ? reject(error) : resolve(result));
    pack({ mode: 'production', context: folder, entry: `./${entry}`, output, performance: { hints: false } }, done);
  });
  if (stats.hasErrors() || stats.hasWarnings())
    throw new Error(stats.toString({ all: false, errors: true, warnings: true }));
  return 'packed.js';
}

async function viteBuild(name, folder, entry, settings = {}) {
  const { build } = await import(name);
  writePage(folder, entry);
  await build({ root: folder, configFile: false, logLevel: 'error', build: { outDir: 'out' }, ...settings });
  return 'index.html';
}

/**
 * Starts Vite's development or preview server.
 * @param {string} name its package
 * @param {'dev' | 'preview'} kind
 * @param {import('vite').Connect.NextHandleFunction} middleware answers what the program fetches
 */
export async function serveWithVite(name, kind, folder, entry, middleware, optimizeDeps = {}) {
  const { createServer, preview } = await import(name);
  if (kind === 'dev') writePage(folder, entry);
  const plugin = {
    name: 'what the program fetches',
    configureServer: (server) => void server.middlewares.use(middleware),
    configurePreviewServer: (server) => void server.middlewares.use(middleware),
  };
  const options = { root: folder, configFile: false, logLevel: 'error', optimizeDeps, plugins: [plugin] };
  const network = { host: '127.0.0.1', port: 0 };
  const server =
    kind === 'dev'
      ? await (await createServer({ ...options, server: { ...network, hmr: false } })).listen()
      : await preview({ ...options, build: { outDir: 'out' }, preview: network });
  const { port } = server.httpServer.address();
  return { origin: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

/** A page that runs a program; bundlers that begin with pages find the script in it. */
export function writePage(folder, script) {
  const icon = '<link rel="icon" href="data:," />';
  const page = `<!doctype html><title>digits</title>${icon}<script type="module" src="./${script}"></script>`;
  writeFileSync(join(folder, 'index.html'), page);
}
