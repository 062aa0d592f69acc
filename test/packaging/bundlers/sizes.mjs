// What a page loads that a bundler made: the scripts and binaries that the browser asks for, gzipped as servers send them.

import { gzipSync } from 'node:zlib';
import { bundlers } from './bundlers.mjs';
import { outcomeOf } from './project.mjs';

/** Programs by what they use, and what each leaves as its result. */
export const uses = {
  QuadlaneError: { entry: 'only-error.mjs', result: 'ARGUMENT' },
  'one optimiser': { entry: 'only-optimizer.mjs', result: 'sgd' },
  'one operator': { entry: 'only-operator.mjs', result: '0,2' },
  'a digit': { entry: 'only-digit.mjs', result: 9 },
};

/**
 * Most bytes of scripts that the programs may load, in the order of `uses`: what they loaded and 3 %. A bundler that keeps what a
 * program doesn't use, or a lazy part that is loaded at once, is far beyond.
 */
export const most = {
  webpack: [800, 2060, 33_070, 66_720],
  Rspack: [800, 2060, 30_750, 66_290],
  Parcel: [800, 3850, 34_650, 66_930],
  'Vite 8': [4170, 5230, 34_340, 69_460],
  'Vite 7': [1110, 2380, 32_860, 70_300],
  // With `splitting` it loads each file that one on the way imports and anything lazy uses, whether the program does or not.
  esbuild: [4280, 7440, 37_710, 69_560],
  'esbuild, one file': [900, 4070, 35_070, 126_570],
  Rollup: [800, 2060, 31_170, 68_930],
  'bun build': [800, 2170, 32_960, 69_990],
};

/** Most bytes of a binary: the larger of the two and 5 %. */
const MOST_OF_BINARY = 64_770;

/** Builds the programs with a bundler and opens them; resolves to a row of the table, and what is too large. */
export async function measure(bundler, browser, project) {
  const row = [];
  const faults = [];
  for (const [index, [use, { entry, result }]] of Object.entries(uses).entries()) {
    const room = project.room();
    const page = await bundlers[bundler](room, entry);
    const loaded = new Map();
    const outcome = await outcomeOf(browser, project, room, page, bundler !== 'Parcel', loaded);
    if (outcome.result !== result) throw new Error(`${use}: ${JSON.stringify(outcome)} instead of ${result}`);
    const sizes = (ending) => [...loaded].filter(([path]) => ending.test(path)).map(([, content]) => gzipped(content));
    const [scripts, binaries] = [sum(sizes(/\.m?js$/)), sizes(/\.wasm$/)];
    row.push({ scripts, binary: sum(binaries) });
    const limit = most[bundler][index];
    if (scripts > limit) faults.push(`${use}: ${scripts} bytes of scripts, more than ${limit}`);
    const larger = binaries.find((bytes) => bytes > MOST_OF_BINARY);
    if (larger) faults.push(`${use}: a binary of ${larger} bytes, more than ${MOST_OF_BINARY}`);
  }
  return { row, faults };
}

function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0);
}

function gzipped(content) {
  return gzipSync(content, { level: 9 }).byteLength;
}

/** The rows as a table of Markdown, in KB. */
export function tableOf(rows) {
  const kilobytes = (bytes) => (bytes / 1024).toFixed(1);
  const cells = ({ scripts, binary }) => kilobytes(scripts) + (binary ? ` + ${kilobytes(binary)}` : '');
  const lines = [
    ['scripts + binary, KB gzipped', ...Object.keys(uses)],
    ['---', ...Object.keys(uses).map(() => '---')],
    ...Object.keys(most)
      .filter((bundler) => rows.has(bundler))
      .map((bundler) => [bundler, ...rows.get(bundler).map(cells)]),
  ];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}
