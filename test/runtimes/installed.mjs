// The runtimes of this folder's package: where their programs are once it is installed.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../test/runtimes/', import.meta.url));

/** Programs by the name under which reports list them; Node's own is not among them. */
export const programs = {
  'Node 22': 'node22/bin/node',
  'Node 24': 'node24/bin/node',
  'Node 26': 'node26/bin/node',
  Bun: '@oven/bun-linux-x64-baseline/bin/bun',
  Deno: '@deno/linux-x64-glibc/deno',
  workerd: '@cloudflare/workerd-linux-64/bin/workerd',
};

/** Path of a program, or undefined where its package isn't installed or isn't built for this platform. */
export function programOf(name) {
  const path = `${folder}node_modules/${programs[name]}`;
  return existsSync(path) ? path : undefined;
}

/** Installs the package from its lock file unless it is installed; says why when that fails. */
export function install() {
  if (existsSync(`${folder}node_modules`)) return undefined;
  try {
    execFileSync('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return undefined;
  } catch (error) {
    return `npm ci failed: ${error.message}`;
  }
}
