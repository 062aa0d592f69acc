// Normalisation by the statistics of a batch and its gradient, in float64.

import { channelStatistics } from './responseNorm.js';

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
