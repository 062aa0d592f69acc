// Whether constants take in factors: what they would be must stay a normal float32 where they and the factors are.

import type { Tensor } from '../../tensor.js';
import type { GraphBuilder } from '../builder.js';
import { Derived } from '../derived.js';

const LEAST_NORMAL = 2 ** -126;
/** Factors no further from 1 are taken in by any constants: none of a network is beyond 2^110. */
const USUAL = 2 ** 16;

/** The least and the greatest of the magnitudes that are neither 0 nor infinite. */
function magnitudes(tensor: Tensor): [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of tensor.data as Float32Array) {
    const size = Math.abs(value);
    if (!(size > 0 && size < Number.POSITIVE_INFINITY)) continue;
    if (size < least) least = size;
    if (size > most) most = size;
  }
  return [least, most];
}

/**
 * Whether `values`, times or divided by `factors`, neither overflow nor vanish: else two steps may give a number where
 * one gives none. Factors that follow from other constants, those of batch norms, are taken to be usual.
 */
export function takesIn(builder: GraphBuilder, values: string, factors: string, operation: 'mul' | 'div'): boolean {
  const amounts = builder.constants.get(factors);
  if (!amounts || amounts instanceof Derived) return true;
  const [a, b] = magnitudes(amounts);
  const [least, most] = operation === 'mul' ? [a, b] : [1 / b, 1 / a];
  if (least >= 1 / USUAL && most <= USUAL) return true;
  const constant = builder.constants.get(values);
  if (!constant) return false;
  const [, largest] = magnitudes(constant);
  return Math.fround(largest * most) < Number.POSITIVE_INFINITY && (largest === 0 || largest * least >= LEAST_NORMAL);
}
