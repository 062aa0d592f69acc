// Suites that use quadlane, in test runners.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** @throws Error with what Jest printed, where a test failed or none ran */
export function inJest(project, suite) {
  return run(project, ['--experimental-vm-modules', script(project, 'jest/bin/jest.js'), '--ci', `${suite}.jest`]);
}

/** @param {string} pool what Vitest isolates files by */
export function inVitest(project, suite, pool) {
  return run(project, [script(project, 'vitest/vitest.mjs'), 'run', `--pool=${pool}`, `${suite}.vitest`]);
}

function script(project, path) {
  return join(project.folder, 'node_modules', path);
}

function run(project, args) {
  const env = { ...process.env, NODE_NO_WARNINGS: '1', NO_COLOR: '1' };
  return execute(process.execPath, args, { cwd: join(project.folder, 'suites'), env, timeout: 300_000 });
}
