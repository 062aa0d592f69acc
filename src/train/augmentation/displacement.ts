// Where the pixels of a distorted image come from: an affine map and a smooth random field, as one list of places.

import { cosine, exponentialOf, sine } from '../arithmetic.js';
import type { Random } from '../random.js';

/** For every output pixel, the place in the input that it shows, in pixels from the input's top left pixel. */
export interface Places {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

export interface Affine {
  /** Counter-clockwise, in radians. */
  readonly angle: number;
  /** Above 1: things grow. */
  readonly scale: number;
  /** Pixels to the right, and down. */
  readonly shift: readonly [x: number, y: number];
  readonly mirrored: readonly [x: boolean, y: boolean];
}

/**
 * Places for an output of `height` x `width` cut out of an input at `top`, `left`, after the input was mapped by `affine`
 * around its centre.
 */
export function affinePlaces(
  input: { readonly height: number; readonly width: number },
  cut: { readonly height: number; readonly width: number; readonly top: number; readonly left: number },
  { angle, scale, shift, mirrored }: Affine,
): Places {
  const x = new Float32Array(cut.height * cut.width);
  const y = new Float32Array(cut.height * cut.width);
  const [centerX, centerY] = [(input.width - 1) / 2, (input.height - 1) / 2];
  const [cos, sin] = [cosine(angle) / scale, sine(angle) / scale];
  const [signX, signY] = mirrored.map((isMirrored) => (isMirrored ? -1 : 1));
  for (let row = 0, i = 0; row < cut.height; row++) {
    const dy = row + cut.top - centerY - shift[1];
    for (let column = 0; column < cut.width; column++, i++) {
      const dx = column + cut.left - centerX - shift[0];
      x[i] = centerX + signX * (cos * dx - sin * dy);
      y[i] = centerY + signY * (sin * dx + cos * dy);
    }
  }
  return { x, y };
}

/**
 * Elastic distortion (Simard, Steinkraus and Platt 2003): moves every place by a field of uniform random vectors in
 * [-1, 1)^2 that a Gaussian has smoothed, times `strength`.
 * @param smoothness the Gaussian's deviation, in pixels
 */
export function distort(
  places: Places,
  [height, width]: readonly [number, number],
  strength: number,
  smoothness: number,
  random: Random,
): void {
  const weights = gaussian(smoothness);
  for (const axis of [places.x, places.y]) {
    const field = Float32Array.from({ length: height * width }, () => random.uniform(-1, 1));
    const smooth = convolveRows(
      transposed(convolveRows(field, height, width, weights), height, width),
      width,
      height,
      weights,
    );
    for (let row = 0, i = 0; row < height; row++) {
      for (let column = 0; column < width; column++, i++) axis[i] += strength * smooth[column * height + row];
    }
  }
}

/** Weights at the distances 0, 1, ... up to three deviations, whose sum over both sides is 1. */
function gaussian(deviation: number): Float32Array {
  const reach = Math.ceil(3 * deviation);
  const weights = Float32Array.from({ length: reach + 1 }, (_, distance) =>
    exponentialOf((-distance * distance) / (2 * deviation * deviation)),
  );
  const sum = weights.reduce((total, weight, distance) => total + (distance === 0 ? weight : 2 * weight), 0);
  return weights.map((weight) => weight / sum);
}

/** Each row of `field` convolved with symmetric weights; zeros outside. */
function convolveRows(field: Float32Array, rows: number, columns: number, weights: Float32Array): Float32Array {
  const result = new Float32Array(field.length);
  const reach = weights.length - 1;
  const padded = new Float32Array(columns + 2 * reach);
  for (let row = 0; row < rows; row++) {
    padded.set(field.subarray(row * columns, (row + 1) * columns), reach);
    for (let column = 0; column < columns; column++) {
      const center = column + reach;
      let sum = weights[0] * padded[center];
      for (let d = 1; d <= reach; d++) sum += weights[d] * (padded[center - d] + padded[center + d]);
      result[row * columns + column] = sum;
    }
  }
  return result;
}

function transposed(field: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(field.length);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) result[column * rows + row] = field[i];
  }
  return result;
}
