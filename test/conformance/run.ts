// npm run conformance -- <folder>...: runs ONNX backend test folders and prints how it went.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ready } from '../../src/model/load.js';
import { report } from './report.js';
import { runSuite } from './suite.js';

const folders = process.argv.slice(2);
const missing = folders.filter((folder) => !existsSync(folder));
if (folders.length === 0 || missing.length > 0) {
  const problem = folders.length === 0 ? 'name a folder of ONNX backend tests' : `there is no ${missing.join(', ')}`;
  console.error(`${problem}\nusage: npm run conformance -- <folder>...`);
  process.exit(1);
}
await ready();
// What the library refuses as a whole is the caller's to judge: told, but no failure.
const entries = folders
  .flatMap((folder) => runSuite(resolve(folder)))
  .map((entry) =>
    entry.outcome.code === 'UNSUPPORTED' ? { ...entry, reason: entry.reason ?? entry.outcome.text } : entry,
  );
const { text, counts } = report(entries);
console.log(entries.length > 0 ? text : 'no cases found: a case is a folder with model.onnx and test_data_set_N/');
process.exitCode = entries.length > 0 && counts.failed === 0 ? 0 : 1;
