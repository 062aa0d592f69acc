// Softmax in float64 over the axis of a dense [outer, axis, inner] tensor.

export function softmax(
  input: ArrayLike<number>,
  outer: number,
  axis: number,
  inner: number,
  isLog: boolean,
): number[] {
  const output = new Array<number>(outer * axis * inner);
  for (let row = 0; row < outer; row++) {
    for (let column = 0; column < inner; column++) {
      const at = (i: number) => (row * axis + i) * inner + column;
      let maximum = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < axis; i++) maximum = Math.max(maximum, input[at(i)]);
      let sum = 0;
      for (let i = 0; i < axis; i++) sum += Math.exp(input[at(i)] - maximum);
      for (let i = 0; i < axis; i++) {
        const shifted = input[at(i)] - maximum;
        output[at(i)] = isLog ? shifted - Math.log(sum) : Math.exp(shifted) / sum;
      }
    }
  }
  return output;
}

/** Gradient of the input of softmax, or of its logarithm, by its `value` and the gradient of that. */
export function softmaxGradient(
  value: ArrayLike<number>,
  gradient: ArrayLike<number>,
  outer: number,
  axis: number,
  inner: number,
  isLog: boolean,
): number[] {
  const output = new Array<number>(outer * axis * inner);
  for (let row = 0; row < outer; row++) {
    for (let column = 0; column < inner; column++) {
      const at = (i: number) => (row * axis + i) * inner + column;
      let sum = 0;
      for (let i = 0; i < axis; i++) sum += isLog ? gradient[at(i)] : value[at(i)] * gradient[at(i)];
      for (let i = 0; i < axis; i++) {
        const y = value[at(i)];
        output[at(i)] = isLog ? gradient[at(i)] - Math.exp(y) * sum : y * (gradient[at(i)] - sum);
      }
    }
  }
  return output;
}

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
