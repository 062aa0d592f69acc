// The benchmark runs end to end; what it measures depends on the machine and isn't judged here.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { parseShapes } from '../bench/shapes.js';

const root = fileURLToPath(new URL('../', import.meta.url));

test('shape files name their columns in the last comment above the rows', () => {
  expect(parseShapes('# Products.\n# layer m k\nsmall 1 2\n\nbig 30 40\n')).toEqual([
    { layer: 'small', m: '1', k: '2' },
    { layer: 'big', m: '30', k: '40' },
  ]);
  expect(() => parseShapes('# layer m\nsmall 1 2')).toThrow('"small 1 2" must have the columns layer, m');
});

test.each([
  ['shared while a probe takes longer than it could', 0.0005, false],
  ['ours as far as a coarse clock tells', 1, true],
])('a core is %s', async (_, step, expected) => {
  let [time, tick] = [0, step];
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    time += tick;
    return time;
  });
  try {
    vi.resetModules();
    const { isCoreOurs } = await import('../bench/alone.js');
    expect(isCoreOurs()).toBe(true);
    tick = 1.5 * step;
    expect(isCoreOurs()).toBe(expected);
    tick = step;
    expect(isCoreOurs()).toBe(true);
  } finally {
    clock.mockRestore();
  }
});

test('one family is measured, printed and written as JSON', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-bench-'));
  try {
    const file = join(folder, 'results.json');
    const printed = execFileSync(
      process.execPath,
      ['bench/bench.mjs', 'softmax', '--quick', '--strict', '--json', file],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    expect(printed).toMatch(/^layer +Gop\/s +time +naive +ratio$/m);
    expect(printed).not.toContain('\x1b');
    const { variant, softmax } = JSON.parse(readFileSync(file, 'utf8'));
    expect(variant).toBe('strict');
    const shapes = parseShapes(readFileSync(join(root, 'bench/shapes/softmax.txt'), 'utf8'));
    expect(softmax).toHaveLength(shapes.length);
    for (const { seconds, ratio } of softmax) {
      expect(Math.min(seconds, ratio)).toBeGreaterThan(0);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('one engine is measured against its own peak', () => {
  const name = `Node ${process.versions.node.split('.')[0]}`;
  const printed = execFileSync(process.execPath, ['bench/engines.mjs', 'depthwise', '--quick', '--only', name], {
    cwd: root,
    encoding: 'utf8',
  });
  const shapes = parseShapes(readFileSync(join(root, 'bench/shapes/depthwise.txt'), 'utf8'));
  for (const { layer } of shapes) expect(printed).toMatch(new RegExp(`^${layer} .* [1-9]\\d*$`, 'm'));
  expect(printed).toMatch(new RegExp(`^${name} +\\d+\\.\\d+\\.\\d+ +(strict|relaxed) +[\\d.]+$`, 'm'));
});

test('engines and families that are not there are named', () => {
  const measure = (...args: string[]) =>
    execFileSync(process.execPath, ['bench/engines.mjs', ...args], { cwd: root, stdio: 'pipe' });
  expect(() => measure('--only', 'Netscape')).toThrow('there is no engine Netscape');
  expect(() => measure('convolution')).toThrow('there is no family convolution');
});
