// node .build/run.mjs <script> [arguments]: what `npm run` starts. Builds what isn't up to date, then runs the script; with
// --help it prints the script's opening comment and does neither. Scripts in TypeScript go through test/run.mjs.

import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { build } from './build.mjs';
import { asksForHelp, usageOf } from './usage.mjs';

const [script, ...rest] = process.argv.slice(2);
if (asksForHelp(rest)) console.log(usageOf(script));
else {
  await build();
  const command = script.endsWith('.ts') ? ['test/run.mjs', relative('test', script)] : [script];
  const { status } = spawnSync(process.execPath, [...command, ...rest], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
