// Whether constants take in factors: what they would be must stay a normal float32 where they and the factors are.

import type { Tensor } from '../../tensor.js';
import type { GraphBuilder } from '../builder.js';
import { Derived } from '../derived.js';

const LEAST_NORMAL = 2 ** -126;
/** Factors no further from 1 are taken in by any constants: none of a network is beyond 2^110. */
const USUAL = 2 ** 16;
/** Steps from the constants of a batch norm to its factor: sum, root, quotient. */
const LONGEST_WAY = 3;

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
 * Bounds of the magnitudes of a constant that follows from others by the arithmetic of a batch norm, without computing it;
 * undefined where it follows in another way.
 */
function bounds(tensor: Tensor, depth = LONGEST_WAY): readonly [least: number, most: number] | undefined {
  if (!(tensor instanceof Derived)) return magnitudes(tensor);
  if (depth === 0) return undefined;
  const [a, b] = tensor.sources.map((source) => source && bounds(source, depth - 1));
  if (!a) return undefined;
  const { operation } = tensor.node.attributes;
  if (operation === 'sqrt') return [Math.sqrt(a[0]), Math.sqrt(a[1])];
  if (!b) return undefined;
  if (operation === 'add') return [Math.min(a[0], b[0]), a[1] + b[1]];
  return operation === 'div' ? [a[0] / b[1], a[1] / b[0]] : undefined;
}

/**
 * Whether `values`, times or divided by `factors`, neither overflow nor vanish: else two steps may give a number where
 * one gives none. Factors that follow from other constants, those of batch norms, may make them vanish: channels that training
 * has given up do.
 */
export function takesIn(builder: GraphBuilder, values: string, factors: string, operation: 'mul' | 'div'): boolean {
  const amounts = builder.constants.get(factors);
  if (!amounts) return true;
  const [a, b] = bounds(amounts) ?? [1, 1];
  const [least, most] = operation === 'mul' ? [a, b] : [1 / b, 1 / a];
  const mayVanish = amounts instanceof Derived;
  if ((mayVanish || least >= 1 / USUAL) && most <= USUAL) return true;
  const constant = builder.constants.get(values);
  if (!constant) return false;
  const [, largest] = magnitudes(constant);
  const fits = Math.fround(largest * most) < Number.POSITIVE_INFINITY;
  return fits && (mayVanish || largest === 0 || largest * least >= LEAST_NORMAL);
}
