// Random numbers for shuffling and augmentation: seeded, the same on every engine, with a state that can be saved.

import { power } from './arithmetic.js';

/** What a generator goes on from: four 32-bit numbers. */
export type RandomState = readonly [number, number, number, number];

/** The generator xoshiro128** of Blackman and Vigna (2018), seeded by splitmix32. */
export class Random {
  /**
   * Whatever minifiers call the class.
   * @internal
   */
  static readonly name = 'Random';

  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;

  /** @param seed a whole number, or the `state` of another generator */
  constructor(seed: number | RandomState) {
    let at = typeof seed === 'number' ? seed | 0 : 0;
    const next = () => {
      at = (at + 0x9e3779b9) | 0;
      let x = Math.imul(at ^ (at >>> 16), 0x21f0aaad);
      x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
      return x ^ (x >>> 15);
    };
    [this.s0, this.s1, this.s2, this.s3] = typeof seed === 'number' ? [next(), next(), next(), next()] : seed;
  }

  /** Where the generator stands: a new one made of it gives the same numbers from here on. */
  get state(): RandomState {
    return [this.s0, this.s1, this.s2, this.s3];
  }

  /** 32 random bits, as a number from 0 on. */
  bits(): number {
    const product = Math.imul(this.s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= shifted;
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
    return result >>> 0;
  }

  /** A number in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.bits() / 2 ** 32);
  }

  /** A whole number in [0, below); `below` at most 2^32. */
  integer(below: number): number {
    const fair = 2 ** 32 - (2 ** 32 % below);
    let bits = this.bits();
    while (bits >= fair) bits = this.bits();
    return bits % below;
  }

  /** A draw of the distribution Beta(alpha, alpha) (Johnk 1964), for alpha up to 1; close to 0 or 1 where alpha is small. */
  beta(alpha: number): number {
    for (;;) {
      const [x, y] = [power(this.uniform(), 1 / alpha), power(this.uniform(), 1 / alpha)];
      if (x + y > 0 && x + y <= 1) return x / (x + y);
    }
  }

  /** Puts `items` into random order, in place (Fisher and Yates). */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [items[last], items[other]] = [items[other], items[last]];
    }
    return items;
  }
}
