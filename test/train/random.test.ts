// The generator against the published algorithm in big integers, and the distributions made of it.
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/train/random.js';

/** xoshiro128** as its authors publish it, in arithmetic of 32 bits without tricks. */
function* reference(state: readonly number[]): Generator<number> {
  const mask = 0xffffffffn;
  const s = state.map((word) => BigInt(word >>> 0));
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  for (;;) {
    yield Number((rotate((s[1] * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
  }
}

describe('Random', () => {
  it('gives the numbers of xoshiro128**', () => {
    for (const seed of [0, 1, 42, -7, 0xffffffff]) {
      const random = new Random(seed);
      const expected = reference(random.state);
      for (let i = 0; i < 1000; i++) expect(random.bits()).toBe(expected.next().value);
    }
  });

  it('goes on from a saved state, and differs from seed to seed', () => {
    const random = new Random(5);
    random.bits();
    const copy = new Random(random.state);
    expect(Array.from({ length: 9 }, () => copy.bits())).toEqual(Array.from({ length: 9 }, () => random.bits()));
    expect(new Random(5).bits()).not.toBe(new Random(6).bits());
  });

  it('is uniform: 16 bins of 160,000 draws, chi-squared below 45 (p = 1e-4)', () => {
    const random = new Random(1);
    const counts = new Array(16).fill(0);
    for (let i = 0; i < 160_000; i++) counts[random.integer(16)]++;
    const squared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(squared).toBeLessThan(45);
    for (let i = 0; i < 1000; i++) {
      const x = random.uniform(-2, 3);
      expect(x >= -2 && x < 3).toBe(true);
    }
  });

  it('shuffles every order equally often: 24 orders of 4 in 48,000, chi-squared below 60 (p = 4e-5)', () => {
    const random = new Random(2);
    const counts = new Map<string, number>();
    for (let i = 0; i < 48_000; i++) {
      const order = random.shuffle([0, 1, 2, 3]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const squared = [...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(squared).toBeLessThan(60);
  });

  it('draws Beta(alpha, alpha): mean 1/2, variance 1 / (4 (2 alpha + 1)), within 4 standard errors', () => {
    const random = new Random(3);
    for (const alpha of [0.2, 0.4, 1]) {
      const draws = Array.from({ length: 20_000 }, () => random.beta(alpha));
      const mean = draws.reduce((a, b) => a + b) / draws.length;
      const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
      const expected = 1 / (4 * (2 * alpha + 1));
      expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(expected / draws.length));
      expect(Math.abs(variance / expected - 1)).toBeLessThan(0.05);
    }
  });
});
