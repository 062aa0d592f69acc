// Normalisation over groups of channels, in float64.

import { statistics } from './layerNorm.js';

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
