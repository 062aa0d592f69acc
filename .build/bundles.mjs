// The JavaScript of the package: one set of ESM bundles a host.

import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { chunkGroups, moduleGroups } from './chunks.mjs';
import { compileEagerly } from './eager.mjs';
import { entries, entriesOf, hosts, namespaces } from './entries.mjs';
import { allInside } from './inside.mjs';

/** Writes `folder`/<host>/ for every host. */
export async function buildBundles(folder) {
  for (const host of hosts) {
    const command = host === 'node' && { 'cli/main': 'src/cli/main.ts' };
    await bundle(
      host,
      { ...entriesOf(host), ...namespaces, ...command },
      join(folder, host),
      chunkGroups(host !== 'inline', host === 'browser'),
    );
    compileEagerly(join(folder, host));
  }
  await buildModules(join(folder, 'modules'));
  // What a thread runs: one file without imports, as bundlers carry a worker along best.
  await bundle('browser', { 'quadlane.thread': 'src/platform/thread-script.ts' }, folder);
  copyFileSync('node_modules/pbf/LICENSE', join(folder, 'LICENSE-pbf.txt'));
}

/**
 * Writes what bundlers of pages take: the sources' modules, most of them one by one. Most bundlers keep all of a file that
 * something lazy needs, so that a program would get far more of the bundles in `folder`/browser/ than it uses.
 */
async function buildModules(dir) {
  const modules = await rolldown({
    ...inputOf('browser', { ...entries, ...namespaces }),
    plugins: [namespacesApart],
    preserveEntrySignatures: 'allow-extension',
  });
  await modules.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    comments: { legal: false, jsdoc: false },
    minify: true,
    codeSplitting: { includeDependenciesRecursively: false, groups: moduleGroups() },
  });
  await modules.close();
}

/** Bundles `input`, with what lies in src/platform/<host>.ts as `#platform`; `groups` are what chunks to make. */
async function bundle(host, input, dir, groups = []) {
  const modules = await rolldown({
    ...inputOf(host, input),
    plugins: [namespacesApart, host === 'inline' && allInside],
  });
  await modules.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: false },
    minify: true,
    codeSplitting: { groups },
  });
  await modules.close();
}

/** What is read for a host, and how. */
function inputOf(host, input) {
  return {
    input,
    resolve: { alias: { '#platform': resolve(`src/platform/${host}.ts`) }, mainFields: ['module', 'main'] },
    // A binary is resolved where the bundle runs: dist/<host>/ and src/platform/ see different folders above them.
    external: [/\.wasm$/, /^node:/, /^@jsquash\//],
    makeAbsoluteExternalsRelative: false,
    platform: host === 'node' ? 'node' : 'neutral',
    // Its paths name one host for the type checker.
    tsconfig: false,
    transform: { target: 'es2022' },
  };
}

/** Lets entries import their namespaces from the files that these become, instead of making objects of them. */
const namespacesApart = {
  name: 'namespaces apart',
  resolveId(source, importer) {
    if (!importer || !Object.values(entries).some((entry) => resolve(entry) === importer)) return null;
    const isNamespace = Object.keys(namespaces).some((name) => source === `./${name}.js`);
    return isNamespace ? { id: source, external: true } : null;
  },
};
