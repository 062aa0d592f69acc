// examples/README.md: every example is listed once, with a command, and tried by a test of this folder or of npm run test:hosts.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const folder = new URL('../../examples/', import.meta.url);
const index = readFileSync(new URL('README.md', folder), 'utf8');
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** What examples read, rather than are. */
const data = ['digits', 'models'];
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !data.includes(entry.name))
  .map(({ name }) => name);

const rows = [...index.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\/\) \| (.+?) \| `([^`]+)` \|$/gm)].map(
  ([, title, name, what, command]) => ({ title, name: name!, what: what!, command: command! }),
);
const hosts = new URL('../packaging/hosts/run.mjs', import.meta.url);
const tests = readdirSync(new URL('.', import.meta.url))
  .filter((name) => name.endsWith('.test.ts') && name !== 'index.test.ts')
  .map((name) => new URL(name, import.meta.url))
  .concat(hosts)
  .map((file) => readFileSync(file, 'utf8'));

test('lists every example once', () => {
  expect(rows.map(({ name }) => name).sort()).toEqual(examples.sort());
});

describe.each(rows)('$name', ({ title, name, what, command }) => {
  test('is named after its folder and described in one line', () => {
    expect(title).toBe(name);
    expect(what.length).toBeLessThanOrEqual(120);
  });

  test('has a command that is there', () => {
    const script = command.match(/^npm run (\S+)$/)?.[1];
    if (script) expect(scripts[script]).toContain(`examples/${name}/`);
    else expect(command).toContain(`examples/${name}`);
  });

  test('is tried by a test', () => {
    expect(tests.filter((text) => text.includes(`examples/${name}/`)).length).toBeGreaterThan(0);
  });
});
