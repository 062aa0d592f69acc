// Softmax in float64 over the axis of a dense [outer, axis, inner] tensor, and its gradient.

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
