// Normalisation by the squares of neighbouring channels and its gradient, in float64.

import { statistics } from './layerNorm.js';

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
export function channelStatistics(x: ArrayLike<number>, channels: number, epsilon: number) {
  const pixels = x.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const places = Array.from({ length: pixels }, (_, pixel) => pixel * channels + channel);
    const { mean, inverse } = statistics(x, places, epsilon);
    return { mean, inverse, variance: places.reduce((sum, at) => sum + (x[at] - mean) ** 2, 0) / pixels, places };
  });
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
