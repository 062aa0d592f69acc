// Tasks in child processes, one after the other: no library sees what another left behind.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure, Tasks } from './tasks.js';

// Bundles lie in bench/dist/.
const script = fileURLToPath(new URL('peers-task.mjs', import.meta.url));

/** Runs a task in a fresh process; a failure is a result too. */
export function runTask<Name extends keyof Tasks>(
  name: Name,
  parameters: Parameters<Tasks[Name]>[0],
): Awaited<ReturnType<Tasks[Name]>> | Failure {
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-peers-'));
  const file = join(folder, 'result.json');
  try {
    const { signal, status, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', script, JSON.stringify({ name, parameters }), file],
      { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', maxBuffer: Number.POSITIVE_INFINITY },
    );
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
    return { failure: `the process ended with ${signal ?? status}: ${stderr.trim().split('\n').at(-1)}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function isFailure<Result>(outcome: Result | Failure): outcome is Failure {
  return outcome !== null && typeof outcome === 'object' && 'failure' in outcome;
}
