// Matrix product as its definition reads, with float64 sums.

/** `a` `[M, K]` times `b` `[K, N]`, plus `bias` `[N]` on every row: `[M, N]`. */
export function matmul(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  bias: ArrayLike<number> | null,
  m: number,
  k: number,
  n: number,
): Float64Array {
  const y = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = bias ? bias[j] : 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      y[i * n + j] = sum;
    }
  return y;
}
