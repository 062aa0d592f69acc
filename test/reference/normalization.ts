// Normalisations as their definitions read, in float64.

/** Mean, and 1 / sqrt(variance + epsilon), of the elements at `places`. */
export function statistics(x: ArrayLike<number>, places: readonly number[], epsilon: number) {
  let mean = 0;
  for (const at of places) mean += x[at] / places.length;
  let variance = 0;
  for (const at of places) variance += (x[at] - mean) ** 2 / places.length;
  return { mean, inverse: 1 / Math.sqrt(variance + epsilon) };
}

/** `x` `[pixels, channels]`, each channel by its own factor and offset. */
export function scaleShift(x: ArrayLike<number>, scale: ArrayLike<number>, shift: ArrayLike<number>): number[] {
  return Array.from(x, (value, i) => value * scale[i % scale.length] + shift[i % shift.length]);
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

/** `x` `[images, pixels, channels]`, each group of channels of each image by its own statistics. */
export function groupNorm(
  x: ArrayLike<number>,
  [images, pixels, channels]: readonly [number, number, number],
  groups: number,
  scale: ArrayLike<number>,
  shift: ArrayLike<number>,
  epsilon: number,
): number[] {
  const values = new Array<number>(images * pixels * channels).fill(0);
  const size = channels / groups;
  for (let image = 0; image < images; image++)
    for (let group = 0; group < groups; group++) {
      const places: number[] = [];
      for (let pixel = 0; pixel < pixels; pixel++)
        for (let c = group * size; c < (group + 1) * size; c++) places.push((image * pixels + pixel) * channels + c);
      const { mean, inverse } = statistics(x, places, epsilon);
      for (const at of places) {
        // Parameters of channels, or of groups.
        const of = (list: ArrayLike<number>) => list[list.length === channels ? at % channels : group];
        values[at] = (x[at] - mean) * inverse * of(scale) + of(shift);
      }
    }
  return values;
}

/** `x` `[pixels, channels]`, each by the squares of `size` channels around it. */
export function responseNorm(
  x: ArrayLike<number>,
  channels: number,
  size: number,
  { alpha, beta, bias }: { alpha: number; beta: number; bias: number },
): number[] {
  return Array.from(x, (value, at) => {
    const channel = at % channels;
    const first = Math.max(0, channel - Math.floor((size - 1) / 2));
    const last = Math.min(channels - 1, channel + Math.ceil((size - 1) / 2));
    let sum = 0;
    for (let c = first; c <= last; c++) sum += x[at - channel + c] ** 2;
    return value / (bias + (alpha / size) * sum) ** beta;
  });
}

/** Mean, variance and pixels of every channel of `x` `[pixels, channels]`. */
function channelStatistics(x: ArrayLike<number>, channels: number, epsilon: number) {
  const pixels = x.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const places = Array.from({ length: pixels }, (_, pixel) => pixel * channels + channel);
    const { mean, inverse } = statistics(x, places, epsilon);
    return { mean, inverse, variance: places.reduce((sum, at) => sum + (x[at] - mean) ** 2, 0) / pixels, places };
  });
}

/** `x` `[pixels, channels]`, each channel by its own statistics. */
export function batchNorm(
  x: ArrayLike<number>,
  scale: ArrayLike<number>,
  bias: ArrayLike<number>,
  epsilon: number,
): { values: number[]; means: number[]; variances: number[] } {
  const all = channelStatistics(x, scale.length, epsilon);
  const values = Array.from(x as ArrayLike<number>, (value, i) => {
    const channel = i % scale.length;
    return (value - all[channel].mean) * all[channel].inverse * scale[channel] + bias[channel];
  });
  return { values, means: all.map(({ mean }) => mean), variances: all.map(({ variance }) => variance) };
}

/** Gradients of `x`, scale and bias by the gradient of what batchNorm gives, each written as the sum over all paths. */
export function batchNormGradient(
  x: ArrayLike<number>,
  gradient: ArrayLike<number>,
  scale: ArrayLike<number>,
  epsilon: number,
): { values: number[]; scales: number[]; biases: number[] } {
  const result = { values: new Array<number>(x.length).fill(0), scales: [] as number[], biases: [] as number[] };
  channelStatistics(x, scale.length, epsilon).forEach(({ mean, inverse, places }, channel) => {
    const normal = places.map((at) => (x[at] - mean) * inverse);
    result.scales.push(places.reduce((sum, at, i) => sum + gradient[at] * normal[i], 0));
    result.biases.push(places.reduce((sum, at) => sum + gradient[at], 0));
    // y_j depends on x_i directly, through the mean and through the variance.
    places.forEach((to, i) => {
      places.forEach((from, j) => {
        const direct = i === j ? 1 : 0;
        const slope = scale[channel] * inverse * (direct - 1 / places.length - (normal[i] * normal[j]) / places.length);
        result.values[to] += gradient[from] * slope;
      });
    });
  });
  return result;
}

/** Gradient of `x` `[pixels, channels]` by that of what responseNorm gives, each written as the sum over all windows. */
export function responseNormGradient(
  x: ArrayLike<number>,
  gradient: ArrayLike<number>,
  channels: number,
  size: number,
  { alpha, beta, bias }: { alpha: number; beta: number; bias: number },
): number[] {
  const result = new Array<number>(x.length).fill(0);
  for (let at = 0; at < x.length; at++) {
    const channel = at % channels;
    const first = Math.max(0, channel - Math.floor((size - 1) / 2));
    const last = Math.min(channels - 1, channel + Math.ceil((size - 1) / 2));
    let base = bias;
    for (let c = first; c <= last; c++) base += (alpha / size) * x[at - channel + c] ** 2;
    result[at] += gradient[at] * base ** -beta;
    for (let c = first; c <= last; c++) {
      const bend = (2 * beta * alpha) / size;
      result[at - channel + c] -= gradient[at] * x[at] * bend * base ** (-beta - 1) * x[at - channel + c];
    }
  }
  return result;
}
