// Normalisation over the last elements, in float64.

// Normalisations as their definitions read, in float64.

/** Mean, and 1 / sqrt(variance + epsilon), of the elements at `places`. */
export function statistics(x: ArrayLike<number>, places: readonly number[], epsilon: number) {
  let mean = 0;
  for (const at of places) mean += x[at] / places.length;
  let variance = 0;
  for (const at of places) variance += (x[at] - mean) ** 2 / places.length;
  return { mean, inverse: 1 / Math.sqrt(variance + epsilon) };
}

/** `x` `[rows, columns]`, each row by its own statistics; `scale` and `shift` are `[columns]`. */
export function layerNorm(
  x: ArrayLike<number>,
  columns: number,
  scale: ArrayLike<number>,
  shift: ArrayLike<number> | undefined,
  epsilon: number,
): { values: number[]; means: number[]; inverses: number[] } {
  const result = { values: [] as number[], means: [] as number[], inverses: [] as number[] };
  for (let start = 0; start < x.length; start += columns) {
    const places = Array.from({ length: columns }, (_, i) => start + i);
    const { mean, inverse } = statistics(x, places, epsilon);
    result.means.push(mean);
    result.inverses.push(inverse);
    for (const at of places) {
      result.values.push((x[at] - mean) * inverse * scale[at - start] + (shift?.[at - start] ?? 0));
    }
  }
  return result;
}
