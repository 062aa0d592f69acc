// A script's usage is its opening comment.

import { readFileSync } from 'node:fs';

/** Whether a command line asks for help. */
export function asksForHelp(args) {
  return args.includes('--help') || args.includes('-h');
}

/** The opening comment of a script, without its slashes. */
export function usageOf(script) {
  const lines = readFileSync(script, 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join('\n');
}
