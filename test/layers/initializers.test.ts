// First values of parameters: their distributions, and that they are the same bits everywhere.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { QuadlaneError } from '../../src/errors.js';
import { type Initializer, initialize } from '../../src/layers/initializers.js';

const shape = [64, 32, 3, 3];
const fanIn = 32 * 9;
const fanOut = 64 * 9;

function moments(initializer: Initializer) {
  const { data } = initialize(initializer, shape, 'layer.weight', 5);
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  const kurtosis = data.reduce((sum, value) => sum + (value - mean) ** 4, 0) / data.length / variance ** 2;
  return {
    mean,
    deviation: Math.sqrt(variance),
    kurtosis,
    largest: data.reduce((a, b) => Math.max(a, Math.abs(b)), 0),
  };
}

describe('distributions', () => {
  test.each<[Initializer, deviation: number]>([
    ['heUniform', Math.sqrt(2 / fanIn)],
    ['heNormal', Math.sqrt(2 / fanIn)],
    ['glorotUniform', Math.sqrt(2 / (fanIn + fanOut))],
    ['glorotNormal', Math.sqrt(2 / (fanIn + fanOut))],
    [{ normal: 0.01 }, 0.01],
  ])('%j: mean and deviation within 2 %', (initializer, deviation) => {
    const found = moments(initializer);
    expect(Math.abs(found.mean)).toBeLessThan(0.02 * deviation);
    expect(Math.abs(found.deviation / deviation - 1)).toBeLessThan(0.02);
    const normal = typeof initializer === 'object' || initializer.endsWith('Normal');
    expect(found.kurtosis).toBeCloseTo(normal ? 2.9 : 1.8, 0);
    expect(found.largest).toBeLessThanOrEqual(deviation * (normal ? 6 : Math.sqrt(3)) * 1.000001);
  });

  test('constants', () => {
    expect([...initialize('zeros', [2], 'a').data, ...initialize('ones', [2], 'a').data]).toEqual([0, 0, 1, 1]);
  });

  test('an initializer that is none', () => {
    expect(() => initialize('lecun' as never, [2], 'a')).toThrow(QuadlaneError);
  });
});

describe('the generator', () => {
  const bits = (...args: Parameters<typeof initialize>) =>
    createHash('sha256')
      .update(new Uint8Array(initialize(...args).data.buffer))
      .digest('hex')
      .slice(0, 16);

  test('names and seeds give other values, the same ones the same', () => {
    const hashes = [bits('heNormal', shape, 'a', 1), bits('heNormal', shape, 'b', 1), bits('heNormal', shape, 'a', 2)];
    expect(new Set(hashes).size).toBe(3);
    expect(bits('heNormal', shape, 'a', 1)).toBe(hashes[0]);
  });

  test('its bits are those of every engine', () => {
    expect([bits('heUniform', shape, 'conv1.weight'), bits('heNormal', shape, 'conv1.weight')]).toEqual([
      '622eb0ebbde6df6e',
      '79068b42086fcaeb',
    ]);
  });
});
