// Every architecture compiles and runs on images smaller than it was published for, for two images at a time.
import { describe, expect, test } from 'vitest';
import { compileSync } from '../../src/layers/index.js';
import { batchOfTwo, networks } from './small.js';

describe('architectures', () => {
  test.each(networks)('%s', (_, build, outputs) => {
    const network = build();
    using model = compileSync(network);
    const results = model.runSync(batchOfTwo(network));
    for (const [output, sizes] of Object.entries(outputs)) {
      expect(results[output]?.shape).toEqual([2, ...sizes]);
      expect(results[output]?.data.every((value) => Number.isFinite(Number(value)))).toBe(true);
      const [first, second] = [0, 1].map((index) =>
        results[output]!.data.slice((index * results[output]!.size) / 2, ((index + 1) * results[output]!.size) / 2),
      );
      expect(first).not.toEqual(second);
    }
  });
});
