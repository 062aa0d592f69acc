// How many predictions are right.

import { sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** Rows of `scores` whose first largest element along `axis` is the one that `labels` names. */
export function countCorrect(
  scores: ArrayLike<number>,
  shape: readonly number[],
  axis: number,
  { data: labels }: Tensor,
): number {
  const classes = shape[axis];
  const inner = sizeOf(shape.slice(axis + 1));
  let correct = 0;
  for (let row = 0; row < labels.length; row++) {
    const start = Math.floor(row / inner) * classes * inner + (row % inner);
    let best = 0;
    for (let at = 1; at < classes; at++) if (scores[start + at * inner] > scores[start + best * inner]) best = at;
    if (best === Number(labels[row])) correct++;
  }
  return correct;
}
