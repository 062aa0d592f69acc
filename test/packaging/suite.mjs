// What the suites with the packed package share: their tools are installed once, and checks run two at a time.

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { install as installRuntimes } from '../runtimes/installed.mjs';

/** How many checks run at a time. */
const AT_ONCE = 2;

/** Installs what the lock file of `folder` names unless it is installed, and the runtimes. */
export function installTools(folder) {
  if (!existsSync(join(folder, 'node_modules'))) {
    const stdio = ['ignore', 'inherit', 'inherit'];
    execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], { stdio });
  }
  const trouble = installRuntimes();
  if (trouble) console.log(trouble);
}

/** Puts the tools of `folder`, and the package that was packed, where programs in the folder of `project` find them. */
export function linkTools(folder, project) {
  const modules = join(project.folder, 'node_modules');
  mkdirSync(modules);
  const all = `${join(folder, 'node_modules')}/.`;
  try {
    execFileSync('cp', ['-al', all, modules], { stdio: 'ignore' });
  } catch {
    // Another file system has no links to this one's files.
    execFileSync('cp', ['-a', all, modules]);
  }
  cpSync(project.installed, join(modules, 'quadlane'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(folder, file), join(project.folder, file));
}

/**
 * Runs the checks that have all words of the command line in their names, and prints how each went.
 * @param {[name: string, run: () => Promise<unknown>][]} checks a check fails by throwing; what a program printed is shown with it
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(checks) {
  const wanted = process.argv.slice(2);
  const pending = checks.filter(([name]) => wanted.every((word) => name.includes(word)));
  const counts = { passed: 0, failed: 0 };
  const worker = async () => {
    for (let check = pending.shift(); check; check = pending.shift()) {
      const [name, run] = check;
      const start = performance.now();
      try {
        await run();
        counts.passed++;
        console.log(`ok   ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
      } catch (error) {
        counts.failed++;
        const said = [error.stack ?? error, error.stdout, error.stderr].filter(Boolean).join('\n');
        console.log(`FAIL ${name}: ${said.slice(0, 4000)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return counts;
}

/** What a suite counts that can't run: a failure in CI. */
export function skipped(reason) {
  const isFailure = Boolean(process.env.CI);
  console.log(`${isFailure ? 'FAIL missing' : 'skipped'}: ${reason}`);
  return { passed: 0, failed: isFailure ? 1 : 0 };
}

/** Ends the process after the line that CI counts by. */
export function finish({ passed, failed }) {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}
