// What a process has done before changes nothing: the same bits from training and inference, the same answers, each in a
// process of its own.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('history.mjs', import.meta.url));

async function output(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], { timeout: 50_000 });
  return stdout.trim();
}

const { histories, tasks } = JSON.parse(await output()) as Record<'histories' | 'tasks', string[]>;
const [alone, ...others] = histories;

describe.concurrent.each(tasks)('%s', (task) => {
  let expected: Promise<string> | undefined;

  test.each(others)('the same %s', async (history) => {
    expected ??= output(alone, task);
    expect(await output(history, task)).toBe(await expected);
  });
});
