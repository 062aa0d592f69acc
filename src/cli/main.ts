#!/usr/bin/env node
// The command `quadlane`: converts models, shows what is in them, runs and times them.

import { QuadlaneError } from '../index.js';
import { answer } from './commands.js';
import { UsageError } from './usage.js';

try {
  process.stdout.write(await answer(process.argv.slice(2)));
} catch (error) {
  const isExpected = error instanceof QuadlaneError || error instanceof UsageError;
  const hint = error instanceof UsageError ? '\nquadlane --help tells how it is used' : '';
  console.error(isExpected ? `quadlane: ${error.message}${hint}` : error);
  process.exitCode = 1;
}
