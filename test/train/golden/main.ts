// npm run golden:training -- <folder>: runs PyTorch's reference data for training and prints how it went.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { report, runFolder } from './run.js';

const [folder] = process.argv.slice(2);
if (folder === undefined || !existsSync(folder)) {
  const problem = folder === undefined ? 'name a folder of training data' : `there is no ${folder}`;
  console.error(`${problem}\nusage: npm run golden:training -- <folder>`);
  process.exit(1);
}
const outcomes = await runFolder(resolve(folder));
const wrong = outcomes.filter(({ failure }) => failure !== undefined);
const cannot = wrong.filter((outcome) => outcome.cannot).length;
const failed = wrong.length - cannot;
console.log(
  outcomes.length > 0 ? report(outcomes) : 'no families found: a family is a .json file with its .safetensors',
);
console.log(`${outcomes.length - wrong.length} passed, ${failed} failed, ${cannot} can't be built`);
process.exitCode = outcomes.length > 0 && wrong.length === 0 ? 0 : 1;
