// Cross entropy of a softmax and its gradient, in float64.

import { softmax } from './softmax.js';

/** Losses of `logits` `[rows, classes]` against `weights` of all classes, and the gradients of the logits by `gradient`. */
export function crossEntropy(
  logits: ArrayLike<number>,
  weights: ArrayLike<number>,
  classes: number,
  gradient: ArrayLike<number>,
): { losses: number[]; gradients: number[] } {
  const rows = logits.length / classes;
  const logs = softmax(logits, rows, classes, 1, true);
  const losses = new Array<number>(rows).fill(0);
  logs.forEach((log, i) => {
    if (weights[i] !== 0) losses[Math.floor(i / classes)] -= weights[i] * log;
  });
  const gradients = logs.map((log, i) => {
    const row = Math.floor(i / classes);
    let total = 0;
    for (let k = 0; k < classes; k++) total += weights[row * classes + k];
    return gradient[row] * (Math.exp(log) * total - weights[i]);
  });
  return { losses, gradients };
}
