// A network of each family of the zoo, written as safetensors and as ONNX in one fresh module instance of the built
// package, and read and run in another one.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Tensor } from '../../src/tensor.js';
import { fresh } from './fresh.js';

const folder = mkdtempSync(join(tmpdir(), 'quadlane-cold-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { exported, covered } = await fresh<Record<string, string[]>>('zoo.mjs', 'names');

/** Names of a family are alike up to the first digit: resnet18, resnet50. */
const familyOf = (name: string) => name.replace(/\d.*/, '');

test('each family has a network', () => {
  const families = new Set(covered.map(familyOf));
  const others = exported.filter((name) => !name.startsWith('compile'));
  expect(others.filter((name) => !families.has(familyOf(name)))).toEqual([]);
});

/** The largest network takes seconds, and longer on a busy machine. */
const TIMEOUT = 120_000;

test.concurrent.each(covered)(
  '%s',
  async (name) => {
    const built = await fresh<Record<string, Tensor>>('zoo.mjs', 'build', [name, folder], { timeout: TIMEOUT });
    for (const format of ['safetensors', 'onnx']) {
      const read = await fresh<Record<string, Tensor>>('reading.mjs', 'run', [join(folder, `${name}.${format}`)], {
        timeout: TIMEOUT,
      });
      expect(Object.keys(read)).toEqual(Object.keys(built));
      for (const [output, { shape, data }] of Object.entries(built)) {
        expect(read[output].shape).toEqual(shape);
        expect(farthest(read[output].data, data), `${format}: ${output}`).toBeLessThan(1e-5);
      }
    }
  },
  TIMEOUT,
);

/** The largest difference in units of the largest expected value; infinite where a value is none. */
function farthest(actual: Tensor['data'], expected: Tensor['data']): number {
  const [values, wanted] = [Float64Array.from(actual as Float32Array), Float64Array.from(expected as Float32Array)];
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(values[i] - value)), 0);
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst / largest;
}
