// Gradients, optimisers and whole trainings against what PyTorch computes, in float64, for the same inputs. Each element
// is within 1e-5 of itself and 1e-5 (networks and softmax: 5e-5) of the largest; losses of traces within 1e-3.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { report, runFolder } from './golden/run.js';

const folders = ['../fixtures/golden/training', '../../../shared/golden/training']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .filter((folder) => existsSync(folder));

test.each(folders)('all of %s', { timeout: 120_000 }, async (folder) => {
  const outcomes = await runFolder(folder);
  expect(outcomes.length).toBeGreaterThan(0);
  if (outcomes.some(({ failure }) => failure !== undefined)) throw new Error(report(outcomes));
});
