import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programOf } from '../runtimes/installed.mjs';
import { startWorker } from '../runtimes/workerd.mjs';
import { digits } from './digits.js';

const program = programOf('workerd');
const folder = mkdtempSync(join(tmpdir(), 'quadlane-example-'));

/** As wrangler does it: scripts become one, binaries and data stay modules of their own. */
async function bundle(): Promise<Record<string, string>> {
  const modules: Record<string, string> = { 'worker.js': join(folder, 'worker.js') };
  await build({
    entryPoints: [fileURLToPath(new URL('../../examples/worker/worker.mjs', import.meta.url))],
    outfile: modules['worker.js']!,
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    plugins: [
      {
        name: 'modules',
        setup({ onResolve }) {
          onResolve({ filter: /\.(wasm|safetensors)$/ }, ({ path, resolveDir }) => {
            modules[basename(path)] = resolve(resolveDir, path);
            return { path: `./${basename(path)}`, external: true };
          });
        },
      },
    ],
  });
  return modules;
}

test('worker: a runtime to try it in is installed', ({ skip }) => {
  if (!program && !process.env.CI) skip('workerd is missing: npm run test:runtimes installs it');
  expect(program).toBeDefined();
});

describe.runIf(program)('worker', () => {
  let worker: Awaited<ReturnType<typeof startWorker>>;
  beforeAll(async () => {
    worker = await startWorker(program!, await bundle());
  });
  afterAll(async () => {
    await worker.stop();
    rmSync(folder, { recursive: true });
  });

  test('reads all digits', async () => {
    for (const { file, predicted } of digits) {
      const response = await fetch(worker.url, { method: 'POST', body: readFileSync(file) });
      const { digit, probabilities } = (await response.json()) as { digit: number; probabilities: number[] };
      expect(digit).toBe(predicted);
      expect(probabilities).toHaveLength(10);
    }
  });

  test.each([
    ['another method', { method: 'GET' }, 405],
    ['what is no picture', { method: 'POST', body: 'hello' }, 400],
    ['too large a picture', { method: 'POST', body: new Uint8Array(1_000_001) }, 413],
  ])('answers %s with an error', async (_, request, status) => {
    const response = await fetch(worker.url, request);
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error');
  });
});
