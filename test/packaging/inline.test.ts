// quadlane/inline: scripts alone. Nothing in them is imported lazily or refers to a file, all entries share one core, and what
// other hosts prepare is there at once.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { entriesOf } from '../../.build/entries.mjs';
import { programOf } from '../runtimes/installed.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = `${root}dist/`;
const names = Object.keys(entriesOf('inline'));

/** A program with all entries of a folder of dist/, as one script; the scripts that it consists of. */
async function bundled(program: string, format: 'esm' | 'iife' = 'esm') {
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents: program, resolveDir: dist },
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    format,
    logLevel: 'silent',
  });
  return { text: outputFiles[0]!.text, scripts: Object.keys(metafile.inputs), warnings };
}

/** What a program prints that finds `quadlane` in this package. */
function print(code: string, program = process.execPath): string {
  const { status, stdout, stderr } = spawnSync(program, ['--input-type=module'], {
    cwd: root,
    input: code,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

const all = names.map((name) => `export * as ${name} from './inline/${name}.js';`).join('\n');

describe('quadlane/inline', () => {
  test('no script of it imports lazily, knows where it lies, or imports from a host', async () => {
    const { scripts } = await bundled(all);
    const inline = scripts.filter((script) => script.includes('inline/'));
    expect(inline.length).toBeGreaterThan(names.length);
    for (const script of inline) {
      const text = readFileSync(`${root}${script.replace(/^(\.\/)?(dist\/)?/, 'dist/')}`, 'utf8');
      expect(text).not.toMatch(/\bimport\s*\(|\bimport\.meta\b|(from|import)\s*["']node:/);
    }
  });

  test('all entries share one core', async () => {
    const { scripts } = await bundled(all);
    expect(scripts.filter((script) => /\/core-/.test(script))).toEqual([expect.stringContaining('inline/core-')]);
    const exported = names.map((name) => `quadlane/inline${name === 'index' ? '' : `/${name}`}`);
    const { scripts: named } = await bundled(
      exported.map((name) => `import '${name}'; export * from '${name}';`).join('\n'),
    );
    expect(named.filter((script) => /\/core-/.test(script))).toEqual([expect.stringContaining('inline/core-')]);
  });

  test('the main entry is one script besides the core', () => {
    const imported = [...readFileSync(`${dist}inline/index.js`, 'utf8').matchAll(/from\s*"([^"]+)"/g)];
    expect(imported.map(([, source]) => source)).toEqual([expect.stringMatching(/^\.\/core-/)]);
  });

  test('both binaries take 74 KB of it, gzipped', () => {
    const core = readdirSync(`${dist}inline`).find((file) => file.startsWith('core-'))!;
    const [text] = readFileSync(`${dist}inline/${core}`, 'utf8').match(/[A-Za-z0-9+/=]{50000,}/)!;
    expect(gzipSync(text, { level: 9 }).byteLength).toBeLessThanOrEqual(74 * 1024);
  });

  const model = 'examples/models/lenet5-mnist.onnx';
  const hosts = { [process.version]: process.execPath, 'Node 24, relaxed': programOf('Node 24') };
  test.each(Object.entries(hosts))('gives the bits of the package on %s, at once', (_, program) => {
    if (!program) return;
    const first = print(
      `import { loadModel, tensor } from 'quadlane';
      const model = await loadModel('${model}');
      const image = tensor(Float32Array.from({ length: 784 }, (_, i) => i / 784), [1, 1, 28, 28]);
      console.log(model.info.variant, model.runSync({ image }).logits.data.join());`,
      program,
    );
    const inside = print(
      `import { readFileSync } from 'node:fs';
      import { loadModel, loadModelSync, tensor } from 'quadlane/inline';
      import { relu } from 'quadlane/inline/ops';
      if (relu(tensor([-1, 2])).data.join() !== '0,2') throw new Error('relu');
      const model = loadModelSync(readFileSync('${model}'));
      const saved = await loadModel(await (await loadModel('${model}', { deterministic: true })).save());
      const image = tensor(Float32Array.from({ length: 784 }, (_, i) => i / 784), [1, 1, 28, 28]);
      if (!(await saved.profile({ image })).steps.length) throw new Error('profile');
      console.log(model.info.variant, model.runSync({ image }).logits.data.join());`,
      program,
    );
    expect(inside).toBe(first);
  });

  test('is one classic script that runs without module, files or network', async () => {
    const bytes = readFileSync(`${root}${model}`).toString('base64');
    const { text, warnings } = await bundled(
      `import { loadModel, tensor } from './inline/index.js';
      loadModel(Uint8Array.from(atob('${bytes}'), (c) => c.charCodeAt(0)))
        .then((model) => model.run({ image: tensor(new Float32Array(784), [1, 1, 28, 28]) }))
        .then(({ logits }) => done(logits.shape.join()), (error) => done(String(error)));`,
      'iife',
    );
    expect(warnings).toEqual([]);
    const code = `import { runInNewContext } from 'node:vm';
      const { Blob, Response, DecompressionStream, TextDecoder, TextEncoder, URL, atob } = globalThis;
      runInNewContext(${JSON.stringify(text)}, { done: console.log, Blob, Response, DecompressionStream, TextDecoder, TextEncoder, URL, atob });`;
    expect(print(code)).toBe('1,10');
  });

  test('has no threads, and says why', () => {
    const code = `import { loadModel } from 'quadlane/inline';
      console.log((await loadModel('${model}', { threads: 2 })).info.threadsReason);`;
    expect(print(code)).toMatch(/without a script for threads: import from "quadlane"/);
  });
});
