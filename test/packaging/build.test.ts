// The build, in a copy of the repository: what is up to date stays, builds wait for each other, packing builds first.

import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'quadlane-build-'));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const parts = [
  ...['.build', 'assembly', 'dist', 'examples/models', 'src'],
  ...['asconfig.json', 'package.json', 'package-lock.json', 'tsconfig.json'],
];

beforeAll(() => {
  for (const part of parts) cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true }));

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: copy, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

function start(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (part) => {
    text += part;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`the build ended with ${code}: ${text}`)),
    );
  });
}

function coreChunks(): string[] {
  return readdirSync(join(copy, 'dist/node')).filter((file) => file.startsWith('core-'));
}

test('what is up to date is not built again', () => {
  const { stderr } = spawnSync(process.execPath, ['.build/build.mjs'], { cwd: copy, encoding: 'utf8' });
  expect(stderr).toBe('kernels, bundles, types: up to date\n');
});

test('a step that there is none of is refused', () => {
  expect(() => run(process.execPath, '.build/build.mjs', 'bundels')).toThrow('there is no step bundels');
});

test('an install in a checkout builds nothing', () => {
  const environment = { ...process.env, npm_package_resolved: undefined };
  const { stderr } = spawnSync(process.execPath, ['.build/prepare.mjs'], {
    cwd: copy,
    env: environment,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
});

test('npm pack builds what is missing, and packs nothing that is no longer in use', () => {
  rmSync(join(copy, 'dist/LICENSE-pbf.txt'));
  writeFileSync(join(copy, 'dist/node/core-OfBefore.js'), '');
  const [{ files }] = JSON.parse(run('npm', 'pack', '--dry-run', '--json')) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toContain('dist/LICENSE-pbf.txt');
  expect(paths.filter((path) => path.includes('/node/core-'))).toHaveLength(1);
  expect(paths.filter((path) => path.startsWith('dist/.'))).toEqual([]);
}, 120_000);

test('of two builds at once one waits for the other; the chunks of before stay for those who run', async () => {
  const before = coreChunks();
  appendFileSync(join(copy, 'src/model/load.ts'), '\nexport const another = () => globalThis.performance.now();\n');
  appendFileSync(join(copy, 'src/index.ts'), "\nexport { another } from './model/load.js';\n");
  const said = await Promise.all([start('.build/build.mjs', 'bundles'), start('.build/build.mjs', 'bundles')]);
  expect(said.filter((text) => text.includes('bundles: built'))).toHaveLength(1);
  expect(await import(/* @vite-ignore */ pathToFileURL(join(copy, 'dist/node/index.js')).href)).toHaveProperty(
    'another',
  );
  expect(coreChunks()).toEqual(expect.arrayContaining(before));
  expect(coreChunks().length).toBeGreaterThan(before.length);
  expect(readdirSync(join(copy, 'dist')).filter((file) => /^\.(new|lock)/.test(file))).toEqual([]);
}, 120_000);

describe('--help', () => {
  const usages = Object.entries(scripts).filter(([, command]) =>
    /^node \.build\/(run\.mjs \S+|build\.mjs)$/.test(command),
  );
  test.each(usages.filter(([name]) => name !== 'prepack'))(
    'npm run %s prints its usage and does nothing',
    (name, command) => {
      rmSync(join(copy, 'dist'), { recursive: true, force: true });
      const [script] = command.split(' ').slice(2);
      if (script) cpSync(join(root, script), join(copy, script));
      expect(run(process.execPath, ...command.split(' ').slice(1), '--help')).toMatch(
        new RegExp(`^npm run ${name}\\b`),
      );
      expect(existsSync(join(copy, 'dist'))).toBe(false);
    },
  );
});
