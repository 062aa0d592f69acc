// The package as it is published: packed, unpacked into an empty project, and used from there.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as buildWithEsbuild } from 'esbuild';
import { publint } from 'publint';
import { build as buildWithVite } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entries, entriesOf } from '../../.build/entries.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'quadlane-package-'));
const installed = join(project, 'node_modules/quadlane');
let tarball: string;

/** What a subpath leads to: a file, or one for each condition. */
type Target = string | { [condition: string]: Target };

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const exported = Object.entries(manifest.exports as Record<string, Target>);
const subpaths = exported.map(([subpath]) => subpath.replace(/^\./, 'quadlane'));
const scripts = subpaths.filter((subpath) => !/\.\w+$/.test(subpath));

function filesOf(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(filesOf);
}

/** What a program prints; throws with all it said when it fails. */
function run(program: string, args: string[], cwd = project): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

// Packing builds what is out of date.
beforeAll(() => {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', project], root));
  tarball = join(project, packed.filename);
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
}, 120_000);
afterAll(() => rmSync(project, { recursive: true }));

describe('contents', () => {
  test('licences are there; debug binaries, maps, sources and tests are not', () => {
    const files = (readdirSync(installed, { recursive: true }) as string[]).sort();
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'dist/LICENSE-pbf.txt',
        'dist/quadlane.strict.wasm',
      ]),
    );
    expect(files.filter((file) => /debug|\.map$|\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
    const tops = new Set(files.map((file) => file.split('/')[0]));
    expect([...tops].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json']);
  });

  test('there is nothing to install with it', () => {
    expect(manifest.dependencies ?? {}).toEqual({});
    // What npm runs when a package is installed; `prepare` only where it is packed.
    expect(Object.keys(manifest.scripts).filter((name) => /install/.test(name))).toEqual([]);
  });

  test('every bundle is exported', () => {
    const named = (root: string, entries: object) =>
      Object.keys(entries).map((entry) => (entry === 'index' ? root : `${root}/${entry}`));
    const expected = [...named('quadlane', entries), ...named('quadlane/inline', entriesOf('inline'))];
    expect([...scripts].sort()).toEqual(expected.sort());
  });

  test.each(exported)('%s: each condition leads to a file', (_, target) => {
    expect(filesOf(target).filter((path) => !existsSync(join(installed, path)))).toEqual([]);
  });
});

describe('use', () => {
  test.each(['node', 'deno', 'bun', 'browser', 'edge-light'])('every script is importable as on %s', (condition) => {
    const code = `console.log(JSON.stringify(await Promise.all(${JSON.stringify(scripts)}.map(async (path) =>
      Object.keys(await import(path)).length))))`;
    const counts = JSON.parse(run(process.execPath, ['-C', condition, '--input-type=module', '--eval', code]));
    expect(counts.every((count: number) => count > 0)).toBe(true);
  });

  test('a model runs', () => {
    const model = join(root, 'examples/models/lenet5-mnist.onnx');
    const code = `import { loadModel, tensor } from 'quadlane';
      const model = await loadModel(${JSON.stringify(model)});
      console.log((await model.run({ image: tensor(new Float32Array(784), [1, 1, 28, 28]) })).logits.shape.join());`;
    expect(run(process.execPath, ['--input-type=module', '--eval', code]).trim()).toBe('1,10');
  });

  test('decoding without its decoder says what to install', () => {
    const code = `import { readFileSync } from 'node:fs';
      import { decodeImage } from 'quadlane/decode';
      const picture = readFileSync(${JSON.stringify(join(root, 'test/fixtures/pictures/dot.png'))});
      await decodeImage(picture).catch(({ code, message }) => console.log(code, message));`;
    expect(run(process.execPath, ['--input-type=module', '--eval', code])).toMatch(
      /^HOST decoding this picture takes @jsquash\/png.*npm install @jsquash\/png\n$/,
    );
  });

  test('the command runs', () => {
    const command = join(installed, manifest.bin.quadlane);
    expect(run(process.execPath, [command, '--version']).trim()).toBe(manifest.version);
    expect(run(process.execPath, [command, 'summary', join(root, 'examples/models/lenet5-mnist.onnx')])).toContain(
      '61,706',
    );
  });

  test.each(['strict', 'relaxed'])('%s.wasm resolves to the binary', (variant) => {
    const code = `console.log(import.meta.resolve('quadlane/${variant}.wasm'))`;
    const url = run(process.execPath, ['--input-type=module', '--eval', code]).trim();
    expect(readFileSync(new URL(url)).subarray(0, 4)).toEqual(Buffer.from('\0asm'));
  });

  test.each(['Bundler', 'NodeNext'])('typings hold under strict checks, resolved as by %s', (moduleResolution) => {
    const module = moduleResolution === 'Bundler' ? 'ESNext' : 'NodeNext';
    const imports = subpaths.filter((subpath) => !subpath.endsWith('.json'));
    const lines = imports.map((subpath, index) => `import * as entry${index} from '${subpath}';`);
    writeFileSync(
      join(project, 'use.ts'),
      `${lines.join('\n')}\nexport { ${imports.map((_, i) => `entry${i}`).join(', ')} };\n`,
    );
    const options = `--strict --noEmit --target ES2022 --lib ES2023,ESNext.Disposable,DOM --module ${module} --moduleResolution ${moduleResolution}`;
    expect(
      run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), 'use.ts', ...options.split(' ')]),
    ).toBe('');
  });
});

describe('bundlers', () => {
  test('modules for them export what the bundles of browsers do, and import each other one way', () => {
    const code = `const sets = await Promise.all(${JSON.stringify(Object.keys(entries))}.map(async (entry) => {
        const [module, bundle] = await Promise.all(['modules', 'browser'].map((host) =>
          import('./node_modules/quadlane/dist/' + host + '/' + entry + '.js')));
        return [Object.keys(module), Object.keys(bundle)];
      }));
      console.log(JSON.stringify(sets));`;
    const sets: [string[], string[]][] = JSON.parse(run(process.execPath, ['--input-type=module', '--eval', code]));
    for (const [module, bundle] of sets) expect(module).toEqual(bundle);

    const modules = join(installed, 'dist/modules');
    const importsOf = (file: string) =>
      [...readFileSync(join(modules, file), 'utf8').matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, name]) => name!);
    const done = new Set<string>();
    const visit = (file: string, path: string[]) => {
      expect(path).not.toContain(file);
      if (done.has(file)) return;
      for (const imported of importsOf(file)) visit(imported, [...path, file]);
      done.add(file);
    };
    for (const file of readdirSync(modules)) visit(file, []);
    expect(done.size).toBeGreaterThan(200);
  });

  const entry = join(project, 'app.js');
  beforeAll(() => writeFileSync(entry, `import { loadModel } from 'quadlane';\nconsole.log(loadModel);\n`));

  test('Vite carries the binaries and the script of threads along', async () => {
    const output = await buildWithVite({
      root: project,
      configFile: false,
      logLevel: 'error',
      build: { rollupOptions: { input: entry }, write: false },
    });
    const files = (output as { output: { fileName: string }[] }).output.map(({ fileName }) => fileName);
    expect(files.filter((name) => name.endsWith('.wasm'))).toHaveLength(2);
    expect(files.filter((name) => /\bthread-.*\.js$/.test(name))).toHaveLength(1);
  });

  test('esbuild bundles it for Node without touching the binaries', async () => {
    const { warnings } = await buildWithEsbuild({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      logLevel: 'silent',
    });
    expect(warnings).toEqual([]);
  });
});

describe('lint', () => {
  test('publint finds nothing', async () => {
    const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  test('are the types wrong? No', () => {
    const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const assets = ['strict.wasm', 'relaxed.wasm', 'package.json'];
    run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--exclude-entrypoints', ...assets]);
  });
});
