// README's blocks as readers type them: the first program in an empty folder with the packed tarball, the commands of the
// package there. Every block of README has a line in the table of how it is run.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readme } from '../readme-examples.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Blocks of README in order: language, and text. */
const blocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```/gms)].map(({ 1: language, 2: text }) => ({ language, text }));

/** How each block is run, by a line of it that no other block has. */
const runs: Readonly<Record<string, string>> = {
  'npm run demo\n': 'test/examples',
  'npm install ../quadlane': 'here',
  "from 'fast-png'": 'here, and test/readme.test.ts',
  '<script type="module">': 'not itself: test/examples opens the page of examples/browser, which makes the same calls',
  "wasmUrl: '/assets/'": 'test/packaging/bundlers (programs/folder.mjs)',
  'export default {': 'test/runtimes runs the same calls in workerd',
  "from 'quadlane/ops'": 'test/readme.test.ts',
  'network.summary()': 'test/readme.test.ts',
  'mobilenetV2({': 'test/readme.test.ts',
  'exportOnnx(again)': 'test/readme.test.ts',
  'npx quadlane convert': 'here',
  'trainer.fit({': 'test/readme.test.ts',
  'npm run demo:train': 'test/examples',
  "from 'quadlane/decode'": 'test/readme.test.ts',
  'model.profile(': 'test/readme.test.ts',
  'npm run bench:peers': 'test/peers.test.ts',
  'error instanceof QuadlaneError': 'test/readme.test.ts',
  "lenet5-mnist.onnx', { threads: 2 });": 'test/readme.test.ts',
  'copy: false': 'test/readme.test.ts',
  'onStep: (': 'test/readme.test.ts',
  'formats/onnx  ->': 'is a drawing',
};

test('every block has its line in the table, and every line its block', () => {
  const lines = Object.keys(runs);
  for (const { text } of blocks)
    expect([text, lines.filter((line) => text.includes(line))]).toEqual([text, [expect.any(String)]]);
  expect(blocks).toHaveLength(lines.length);
});

describe('in an empty folder beside the clone', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quadlane-readme-')));
  const app = join(folder, 'app');
  const blockWith = (line: string) => blocks.find(({ text }) => text.includes(line))!.text;

  /** What a line of a shell prints. */
  function shell(line: string): string {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: app, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${line} failed:\n${stdout}${stderr}`);
    return stdout;
  }

  beforeAll(() => {
    const clone = join(folder, 'quadlane');
    mkdirSync(clone);
    mkdirSync(app);
    symlinkSync(join(root, 'examples'), join(clone, 'examples'));
    execFileSync('npm', ['pack', '--pack-destination', clone], { cwd: root, stdio: 'ignore' });
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('the first commands and the first program print what README says', () => {
    const [install, copy, start, ...more] = blockWith('npm install ../quadlane').trim().split('\n');
    const [command, tarball, ...others] = install.split(' ').slice(1);
    expect([command, more]).toEqual(['install', []]);
    shell(`npm install --offline --no-audit --no-fund ${tarball}`);
    // Without a network what else is installed comes from this repository.
    for (const name of others) symlinkSync(join(root, 'node_modules', name), join(app, 'node_modules', name));
    shell(copy);
    writeFileSync(join(app, 'digit.mjs'), blockWith("from 'fast-png'"));
    const [, printed] = readme.match(/^prints the network, and `(.*?)`/m)!;
    expect(shell(start).trimEnd().split('\n').at(-1)).toBe(printed);
  }, 120_000);

  test('the commands of the package run', () => {
    cpSync(join(root, 'examples/models/lenet5-mnist.onnx'), join(app, 'model.onnx'));
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 28, 28), }";
    const start = Buffer.from(`\x93NUMPY\x01\0${String.fromCharCode(118, 0)}${header.padEnd(117)}\n`, 'latin1');
    writeFileSync(join(app, 'digit.npy'), Buffer.concat([start, Buffer.alloc(4 * 784)]));
    const printed = blockWith('npx quadlane convert')
      .trim()
      .split('\n')
      .map((line) => shell(line.replace('npx', 'npx --offline')));
    expect(printed).toHaveLength(3);
    expect(printed[1]).toContain('61,706');
    expect(printed[2]).toMatch(/logits/);
  }, 60_000);
});
