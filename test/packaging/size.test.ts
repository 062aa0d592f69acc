// Size budgets, gzipped as servers send it: the library stays small enough for an edge worker.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const KB = 1024;
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

function gzipped(file: string): number {
  return gzipSync(readFileSync(dist + file), { level: 9 }).byteLength;
}

/** The scripts that loading `entry` of dist/ loads at once, and those that it may load later, when something asks. */
async function scripts(entry: string): Promise<{ atOnce: string[]; later: string[] }> {
  const { metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: dist,
    outdir: 'unused',
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const atOnce = new Set([entry]);
  const later = new Set<string>();
  for (const script of atOnce) {
    for (const { path, kind, external } of metafile.inputs[script]!.imports) {
      if (!external) (kind === 'import-statement' ? atOnce : later).add(path);
    }
  }
  return { atOnce: [...atOnce], later: [...later] };
}

function total(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + gzipped(file), 0);
}

test.each(['strict', 'relaxed'])('the %s binary has at most 64 KB', (variant) => {
  expect(gzipped(`quadlane.${variant}.wasm`)).toBeLessThanOrEqual(64 * KB);
});

test('what every program loads is one file of at most 32 KB, besides the entry', async () => {
  const { atOnce } = await scripts('node/index.js');
  expect(atOnce).toEqual(['node/index.js', expect.stringMatching(/\/core-/)]);
  expect(total(atOnce)).toBeLessThanOrEqual(32 * KB);
});

test('reading ONNX adds at most 45 KB in three files; what few models need comes with those that do', async () => {
  const core = await scripts('node/index.js');
  const reader = core.later.find((script) => /\/opener-/.test(script))!;
  const { atOnce, later } = await scripts(reader);
  const added = atOnce.filter((script) => !core.atOnce.includes(script));
  expect(added.length).toBeLessThanOrEqual(3);
  expect(total(added)).toBeLessThanOrEqual(45 * KB);
  expect(later.filter((script) => !core.later.includes(script))).toEqual(
    expect.arrayContaining([expect.stringMatching(/\/importers-/), expect.stringMatching(/\/otherKinds-/)]),
  );
});

test('the quantizer adds at most 40 KB to what every program loads', async () => {
  const core = await scripts('node/index.js');
  const { atOnce } = await scripts('node/quantize.js');
  expect(total(atOnce.filter((script) => !core.atOnce.includes(script)))).toBeLessThanOrEqual(40 * KB);
});

test('vision adds at most 12 KB to what every program loads', async () => {
  const core = await scripts('node/index.js');
  const { atOnce } = await scripts('node/vision.js');
  expect(total(atOnce.filter((script) => !core.atOnce.includes(script)))).toBeLessThanOrEqual(12 * KB);
});

/** Bytes of a program that is bundled with what it uses of the package, without what it imports lazily. */
async function bundled(program: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: dist },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    write: false,
    plugins: [
      {
        name: 'lazy imports stay outside',
        setup(bundler) {
          bundler.onResolve({ filter: /./ }, ({ kind, path }) =>
            kind === 'dynamic-import' ? { path, external: true } : undefined,
          );
        },
      },
    ],
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).byteLength;
}

test('LeNet-5 alone, built and compiled, takes at most 48 KB: the other architectures stay out', async () => {
  const one = await bundled(`import { compile, lenet5 } from './node/zoo.js'; compile(lenet5());`);
  const all = await bundled(`import * as zoo from './node/zoo.js'; globalThis.zoo = zoo;`);
  expect(one).toBeLessThanOrEqual(48 * KB);
  expect(all - one).toBeGreaterThan(8 * KB);
});

test('what `train` gives by namespace takes no other namespace along', async () => {
  const all = await bundled(`import * as train from './node/train.js'; globalThis.train = train;`);
  const schedule = await bundled(
    `import { schedules } from './node/train.js'; globalThis.rate = schedules.constant(1);`,
  );
  expect(schedule).toBeLessThanOrEqual(all / 4);
});
