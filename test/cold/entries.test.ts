// Every entry of quadlane/layers and quadlane/train alone, in a fresh module instance of the built package.

import { describe, expect, test } from 'vitest';
import { fresh } from './fresh.js';

interface Names {
  readonly exported: string[];
  readonly covered: string[];
}

describe.each(['layers', 'train'])('%s', async (entry) => {
  const { exported, covered } = await fresh<Names>(`${entry}.mjs`, 'names');

  test('each export has a case', () => {
    expect(covered.sort()).toEqual(exported.sort());
  });

  test.concurrent.each(covered)('%s', async (name) => {
    const { actual, expected } = await fresh<Record<string, number[]>>(`${entry}.mjs`, 'run', [name]);
    expect(actual).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  });
});

describe('training through each layer', async () => {
  const names = await fresh<string[]>('learning.mjs', 'names');

  test.concurrent.each(names)('%s', async (name) => {
    const { loss, expected, moved } = await fresh<Record<string, number>>('learning.mjs', 'run', [name]);
    expect(loss).toBeCloseTo(expected, 4);
    expect(moved).toBeGreaterThan(1e-6);
    expect(moved).toBeLessThan(1e6);
  });
});
