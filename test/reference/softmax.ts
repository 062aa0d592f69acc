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
