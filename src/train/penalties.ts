// Penalties (regularisers): what is added to the loss for the size of weights, so that they stay small.

import type { Composition } from '../ops/operator.js';
import { numberIn } from '../options.js';

/** Adds to the loss for the size of every weight: trained parameters of two axes and more, so not for biases. */
export interface Penalty {
  readonly name: string;
  /** Builds the penalty of one weight, a float32 `[]`. */
  terms(build: Composition, weight: string): string;
}

/** `factor` times the sum of sizes. */
export function l1(factor: number): Penalty {
  return scaled('l1', 'l1', numberIn('l1(): factor', factor, { from: 0 }));
}

/** `factor` / 2 times the sum of squares: its gradient is `factor` times the weight, as weight decay's. */
export function l2(factor: number): Penalty {
  return scaled('l2', 'sumSquare', numberIn('l2(): factor', factor, { from: 0 }) / 2);
}

function scaled(name: string, reduction: string, factor: number): Penalty {
  return {
    name,
    terms(build, weight) {
      const size = build.apply('reduce', [weight], { reduction, keepDims: false });
      return build.binary('mul', size, build.scalar(factor));
    },
  };
}
