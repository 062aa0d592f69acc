// Engines side by side: each layer's share of the engine's own peak.

import { DISTURBED, formatNumber, markDisturbed } from '../format.js';
import { printTable, style } from '../table.js';
import type { EngineResult } from './shares.js';

export interface Engine {
  readonly name: string;
  readonly version: string;
  readonly result: EngineResult;
}

/** The engine that the others are held against, and where they must not fall behind it. */
const REFERENCE = 'Node 24';
const GOOD = 0.85;
const LOW = 0.6;

/** Prints a column an engine, and the layers on which one falls far behind. */
export function printEngines(engines: readonly Engine[]): void {
  const cells = (cell: (engine: Engine) => string) => engines.map(cell);
  const families = new Set(engines[0].result.shares.map(({ family }) => family));
  for (const family of families) {
    const rows = engines[0].result.shares.flatMap((share, index) => (share.family === family ? [index] : []));
    console.log(`\n${style('bold', family)}, per cent of the engine's own peak`);
    printTable(
      ['layer', ...cells(({ name }) => name)],
      rows.map((index) => [
        engines[0].result.shares[index].layer,
        ...cells(({ result: { shares } }) =>
          markDisturbed((100 * shares[index].share).toFixed(0), shares[index].disturbed),
        ),
      ]),
    );
  }
  console.log(`\n${style('dim', DISTURBED)}`);
  console.log(`\n${style('bold', 'engines')}`);
  printTable(
    ['engine', 'version', 'binary', 'peak, GFLOP/s'],
    engines.map(({ name, version, result }) => [name, version, result.variant, formatNumber(result.peak / 1e9)]),
  );
  const reference = engines.find(({ name }) => name === REFERENCE);
  if (!reference) return;
  const behind = engines.flatMap(({ name, result }) =>
    result.shares
      .filter(({ share }, index) => share < LOW && reference.result.shares[index].share >= GOOD)
      .map(({ layer, share, disturbed }) => {
        return markDisturbed(`${name}: ${layer}, ${(100 * share).toFixed(0)} %`, disturbed);
      }),
  );
  console.log(`\nUnder ${100 * LOW} % where ${REFERENCE} has ${100 * GOOD} %: ${behind.length || 'none'}`);
  for (const line of behind) console.log(`  ${line}`);
}
