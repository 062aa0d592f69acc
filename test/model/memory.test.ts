// Memory stays flat however often a model runs, and however many models come and go.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const RUNS = 100_000;
const ROUNDS = 1000;
const MEGABYTE = 2 ** 20;
/** A leak of 160 bytes a run is more. */
const MOST_BY_RUNS = 16 * MEGABYTE;
/** A leak of a third of a model a round is more. Engines level off, but not all within the rounds of warming up. */
const MOST_BY_ROUNDS = 144 * MEGABYTE;

it(`${RUNS} runs and ${ROUNDS} rounds of load and dispose leave memory flat`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quadlane-'));
  try {
    const outfile = join(folder, 'rounds.mjs');
    await build({
      entryPoints: [at('rounds.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'es2022',
      logLevel: 'warning',
      alias: { '#platform': at('../../src/platform/node.ts') },
    });
    const files = [at('../../examples/models/lenet5-mnist.onnx'), at('../../dist/quadlane.strict.wasm')];
    const output = execFileSync(process.execPath, ['--expose-gc', outfile, ...files, String(RUNS), String(ROUNDS)]);
    const { byRuns, byRounds } = JSON.parse(output.toString()) as { byRuns: number; byRounds: number };
    expect(byRuns).toBeLessThan(MOST_BY_RUNS);
    expect(byRounds).toBeLessThan(MOST_BY_ROUNDS);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);
