// npm run build -- [step ...]
// Writes dist/: kernels, bundles and types, or the steps that are named. A step whose sources haven't changed is left as it
// is. Two builds wait for each other, and what runs from dist/ meanwhile finds its files.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lock } from './lock.mjs';
import { install, removeStale, retire } from './output.mjs';
import { hashOf, isUpToDate, outputsOf, record } from './stamps.mjs';
import { asksForHelp, usageOf } from './usage.mjs';

/** What the folders in dist/ are called that a step writes first. */
const UNFINISHED = '.new-';
/** What the bundles that have the binaries inside are made of. */
const binaries = ['strict', 'relaxed'].map((variant) => `dist/quadlane.${variant}.wasm`);
const kernelTypes = 'src/ops/kernels.generated.ts';
const layouts = 'src/layouts.generated.ts';

/** By name: files and folders that a step reads, tools among them, and how it writes a folder like dist/. */
const steps = {
  kernels: {
    sources: [
      ...['assembly', 'asconfig.json', 'node_modules/assemblyscript/package.json'],
      ...['.build/kernels.mjs', '.build/abi.mjs', '.build/binary.mjs', '.build/layouts.mjs'],
    ],
    besides: [kernelTypes, layouts],
    make: async (folder) => (await import('./kernels.mjs')).buildKernels(folder, kernelTypes, layouts),
  },
  bundles: {
    sources: ['src', '.build', 'examples/models', 'package.json', 'package-lock.json', ...binaries],
    make: async (folder) => (await import('./bundles.mjs')).buildBundles(folder),
  },
  types: {
    sources: ['src', '.build', 'tsconfig.json', 'package-lock.json'],
    make: async (folder) => (await import('./types.mjs')).buildTypes(folder),
  },
};

/** Builds the steps of those named, all by default, that aren't up to date. */
export async function build(names = Object.keys(steps)) {
  const unknown = names.filter((name) => !Object.hasOwn(steps, name));
  if (unknown.length > 0) throw new Error(`there is no step ${unknown.join(', ')}: ${Object.keys(steps).join(', ')}`);
  if (names.every((name) => isUpToDate(name, steps[name]))) {
    report(`${names.join(', ')}: up to date`);
    return;
  }
  mkdirSync('dist', { recursive: true });
  const unlock = await lock('dist/.lock');
  try {
    for (const folder of readdirSync('dist').filter((name) => name.startsWith(UNFINISHED))) {
      rmSync(join('dist', folder), { recursive: true });
    }
    // Another build may have done it while this one waited, and the kernels' types are a source of the next steps.
    for (const name of names) {
      if (isUpToDate(name, steps[name])) report(`${name}: up to date`);
      else await buildStep(name, steps[name]);
    }
    removeStale();
  } finally {
    unlock();
  }
}

async function buildStep(name, step) {
  const start = performance.now();
  const [hash, before] = [hashOf(step), outputsOf(name)];
  const folder = mkdtempSync(join('dist', UNFINISHED));
  try {
    await step.make(folder);
    record(name, hash, [...install(folder), ...(step.besides ?? [])]);
    retire(name, before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  report(`${name}: built in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Tells how far the build is. Standard output is left to what runs it: `npm pack --json` writes there. */
function report(line) {
  console.error(line);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) console.log(usageOf(process.argv[1]));
  else await build(args.length > 0 ? args : undefined);
}
