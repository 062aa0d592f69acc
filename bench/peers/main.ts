// npm run bench:peers: what to compare, in which order, and where the results go.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DISTURBED } from '../format.js';
import { style } from '../table.js';
import { drawChart } from './chart.js';
import { Comparison } from './comparison.js';
import { machine } from './machine.js';
import { writeMarkdown } from './markdown.js';
import { readOptions } from './options.js';

// Bundles lie in bench/dist/.
const resultsFolder = fileURLToPath(new URL('../../bench/results/', import.meta.url));

const options = readOptions();
const comparison = new Comparison(options);
const where = machine();
console.log(`${where.cpu}, ${where.cores} cores, ${where.engine}; ${where.versions.join(', ')}`);
console.log(`${style('dim', DISTURBED)}\n`);
for (const threads of options.threads) comparison.compareNetworks(threads);
if (options.small) comparison.compareSmall();
if (options.layers) comparison.compareLayers();

const folder = options.output ?? (options.isComplete ? resultsFolder : undefined);
if (folder !== undefined) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'peers.md'), writeMarkdown(comparison.results, where, options));
  writeFileSync(join(folder, 'peers.svg'), await drawChart(comparison.results, where));
  console.log(`\nwritten: peers.md and peers.svg in ${folder}`);
}
for (const failure of comparison.results.failures) console.error(`FAILED ${failure}`);
process.exitCode = comparison.results.failures.length > 0 ? 1 : 0;
