// The demo as a user starts it, against the built package.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

interface Label {
  readonly label: number;
  readonly predicted: number;
}

test('the demo reads every digit as PyTorch does and counts the right ones', () => {
  const labels: Record<string, Label> = JSON.parse(readFileSync(new URL('examples/digits/labels.json', root), 'utf8'));
  const printed = execFileSync(process.execPath, ['examples/demo/demo.mjs'], {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
  });
  const seen = Object.fromEntries(
    [...printed.matchAll(/(\S+\.png): (\d)/g)].map(([, name, digit]) => [name, Number(digit)]),
  );
  expect(seen).toEqual(Object.fromEntries(Object.entries(labels).map(([name, { predicted }]) => [name, predicted])));
  const right = Object.values(labels).filter(({ label, predicted }) => label === predicted).length;
  expect(printed).toMatch(new RegExp(`^${right} of 40 right$`, 'm'));
  expect(printed).toMatch(/^[\d,]+ images per second, one at a time \(.*(strict|relaxed) binary, 1 thread\)$/m);
});

test('without a terminal the demo prints plain ASCII', () => {
  const printed = execFileSync(process.execPath, ['examples/demo/demo.mjs'], {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
  });
  expect(printed).toMatch(/^[\n -~]+$/);
});
