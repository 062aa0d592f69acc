// A program that a bundler made one file of, with the package's files in a folder that it names.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programOf } from '../runtimes/installed.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'quadlane-folder-'));
const program = join(folder, 'program.mjs');

beforeAll(async () => {
  const contents = `
    import { loadModel } from 'quadlane';
    const [model, wasmUrl] = process.argv.slice(2);
    const { info } = await loadModel(model, { wasmUrl, threads: 2 });
    console.log(info.threads, info.threadsReason);
  `;
  await build({
    stdin: { contents, resolveDir: root },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Where relative addresses of the package lead nowhere.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL('/nowhere/far/off/program.mjs').href) },
  });
  mkdirSync(join(folder, 'whole'));
  mkdirSync(join(folder, 'binaries'));
  for (const name of ['strict.wasm', 'relaxed.wasm', 'thread.js']) {
    copyFileSync(`${root}dist/quadlane.${name}`, join(folder, 'whole', `quadlane.${name}`));
    if (name !== 'thread.js') copyFileSync(`${root}dist/quadlane.${name}`, join(folder, `binaries/quadlane.${name}`));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the program prints, run in its folder. */
function print(wasmUrl: string, engine: string): string {
  const { status, stdout, stderr } = spawnSync(engine, [program, `${root}examples/models/lenet5-mnist.onnx`, wasmUrl], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

const engines = { [process.version]: process.execPath, 'Node 24': programOf('Node 24'), Bun: programOf('Bun') };

describe.each(Object.entries(engines))('a bundle and wasmUrl on %s', (_, engine) => {
  test.runIf(engine).each(['whole', './whole/', pathToFileURL(join(folder, 'whole')).href])(
    'threads: %s',
    (wasmUrl) => {
      expect(print(wasmUrl, engine!)).toBe('2 undefined');
    },
  );

  test.runIf(engine)('a folder without the script of threads: one thread, and the reason', () => {
    expect(print('binaries', engine!)).toMatch(/^1 threads can't be started here \(.*quadlane\.thread\.js/);
  });
});
