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

/** The scripts that importing node/index.js loads: at once, and with all that is imported lazily. */
async function scripts(): Promise<{ atOnce: string[]; all: string[] }> {
  const { metafile } = await build({
    entryPoints: ['node/index.js'],
    absWorkingDir: dist,
    outdir: 'unused',
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  });
  const reached = (lazily: boolean): string[] => {
    const found = new Set(['node/index.js']);
    for (const script of found) {
      for (const { path, kind, external } of metafile.inputs[script]!.imports) {
        if (!external && (lazily || kind === 'import-statement')) found.add(path);
      }
    }
    return [...found];
  };
  return { atOnce: reached(false), all: reached(true) };
}

test.each(['strict', 'relaxed'])('the %s binary has at most 48 KB', (variant) => {
  expect(gzipped(`quadlane.${variant}.wasm`)).toBeLessThanOrEqual(48 * KB);
});

test('what every program loads has at most 20 KB of JavaScript', async () => {
  const { atOnce } = await scripts();
  expect(atOnce.reduce((sum, script) => sum + gzipped(script), 0)).toBeLessThanOrEqual(20 * KB);
});

test('reading ONNX adds at most 25 KB of JavaScript', async () => {
  const { atOnce, all } = await scripts();
  const lazy = all.filter((script) => !atOnce.includes(script));
  expect(lazy.length).toBeGreaterThan(0);
  expect(lazy.reduce((sum, script) => sum + gzipped(script), 0)).toBeLessThanOrEqual(25 * KB);
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

test('LeNet-5 alone, built and compiled, takes at most 28 KB: the other architectures stay out', async () => {
  const one = await bundled(`import { compile, lenet5 } from './node/zoo.js'; compile(lenet5());`);
  const all = await bundled(`import * as zoo from './node/zoo.js'; globalThis.zoo = zoo;`);
  expect(one).toBeLessThanOrEqual(28 * KB);
  expect(all - one).toBeGreaterThan(8 * KB);
});
