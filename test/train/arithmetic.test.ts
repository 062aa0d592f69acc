// Functions in plain arithmetic against those of Math.
import { expect, it } from 'vitest';
import { cosine, exponentialOf, logarithmOf, power, sine } from '../../src/train/arithmetic.js';

it('sine and cosine are within 1e-10 of Math’s up to 10^6 radians', () => {
  for (let i = 0; i < 20_000; i++) {
    const angle = i < 10_000 ? (i - 5_000) / 500 : (i - 15_000) * 199.7;
    expect(Math.abs(sine(angle) - Math.sin(angle))).toBeLessThan(1e-10);
    expect(Math.abs(cosine(angle) - Math.cos(angle))).toBeLessThan(1e-10);
  }
});

it('exponentials are within a relative 1e-14, logarithms within 1e-14 of their size and of 1', () => {
  for (let i = -7000; i <= 7000; i++) {
    const x = i / 10;
    expect(Math.abs(exponentialOf(x) / Math.exp(x) - 1)).toBeLessThan(1e-14);
    const y = Math.exp(x / 2);
    expect(Math.abs(logarithmOf(y) - Math.log(y))).toBeLessThan(1e-14 * Math.max(1, Math.abs(Math.log(y))));
  }
});

it('whole powers are products, others follow from logarithms', () => {
  expect(power(2, 10)).toBe(1024);
  expect(power(0.5, 0)).toBe(1);
  expect(power(0, 0.3)).toBe(0);
  expect(power(9, 0.5)).toBeCloseTo(3, 13);
  expect(power(2, -3)).toBeCloseTo(0.125, 14);
});
