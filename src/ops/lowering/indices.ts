// Indices of elements along axes: what is said of one that is outside.

import { QuadlaneError } from '../../errors.js';
import { formatShape } from '../../shape.js';
import type { Tensor } from '../../tensor.js';
import { numbersOf } from './values.js';

/** What is wrong with an index that names nothing on `axis` of a tensor of `shape`. */
export function outside(index: number | bigint, shape: readonly number[], axis: number): string {
  const extent = shape[axis];
  const range = extent === 0 ? 'there are none' : `indices are from ${-extent} to ${extent - 1}`;
  return `index ${index} is outside axis ${axis} of ${formatShape(shape)}: ${range}`;
}

/**
 * The indices that a constant holds, counted from the front.
 * @param axes those of the tensor of `shape` that they are of, in turn
 * @throws QuadlaneError `SHAPE` for one outside its axis
 */
export function indicesOf(constant: Tensor, shape: readonly number[], axes: readonly number[]): number[] {
  return numbersOf(constant).map((index, place) => {
    const axis = axes[place % axes.length];
    const extent = shape[axis];
    if (index < -extent || index >= extent) throw new QuadlaneError('SHAPE', outside(index, shape, axis));
    return index < 0 ? index + extent : index;
  });
}
