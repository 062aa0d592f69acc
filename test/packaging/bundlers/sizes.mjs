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
 * Most bytes of scripts that the programs may load, in the order of `uses`: what they loaded and 5 %. A bundler that keeps what a
 * program doesn't use, or a lazy part that is loaded at once, is far beyond.
 */
export const most = {
  webpack: [790, 2060, 51_290, 68_380],
  Rspack: [790, 2040, 34_620, 68_060],
  Parcel: [780, 3880, 75_910, 67_520],
  'Vite 8': [4490, 5330, 53_220, 70_210],
  'Vite 7': [1060, 2370, 33_650, 71_610],
  // With `splitting` it loads all files that are imported anywhere on the way, whether anything of them is used or not.
  esbuild: [22_150, 95_800, 80_640, 70_320],
  'esbuild, one file': [870, 4150, 40_210, 116_870],
  Rollup: [740, 2050, 31_830, 69_350],
  'bun build': [800, 2110, 37_950, 70_430],
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
