import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { digits } from './digits.js';

const script = fileURLToPath(new URL('../../examples/node/classify.mjs', import.meta.url));

test.each(digits.filter(({ name }) => name.endsWith('-1.png')))('node: reads $name', ({ file, predicted }) => {
  const printed = execFileSync(process.execPath, [script, fileURLToPath(file)], { encoding: 'utf8' });
  expect(printed).toMatch(new RegExp(`^${predicted} \\(\\d+\\.\\d %\\)\\n$`));
});

test('node: tells its usage', () => {
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('usage');
});
