// The random choices of a fuzzer: the same seed makes the same choices on every machine.

import { Random } from '../../src/train/random.js';

export class Dice extends Random {
  /** True once in `times`. */
  once(times: number): boolean {
    return this.integer(times) === 0;
  }

  /** One of `choices`, which are some. */
  any<T>(choices: readonly T[]): T {
    return choices[this.integer(choices.length)];
  }

  /** A whole number from `low` to `high`. */
  from(low: number, high: number): number {
    return low + this.integer(high - low + 1);
  }

  /** `count` results of `make`. */
  list<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}

/** The choices with which the file of `seed` is examined. */
export function choicesOf(seed: number): Dice {
  return new Dice(seed ^ 0xf11e);
}
