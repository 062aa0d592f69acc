// Which pixels of an axis a resampled pixel is made of, and by which weights: the arithmetic of Pillow's resize, so that networks see
// the pictures that they were trained on. Where a picture shrinks, the filter widens with it (antialiasing).

import { PIXEL_WEIGHT_BITS } from '../layouts.generated.js';

/** How pixels follow from others; `area` is the mean of what a pixel covers (Pillow's BOX). */
export type ResizeMethod = 'nearest' | 'bilinear' | 'bicubic' | 'area' | 'lanczos';

interface Filter {
  /** How far from its centre it is not zero. */
  readonly support: number;
  weight(distance: number): number;
}

/** Keys' cubic convolution with a = -1/2. */
const CUBIC = -0.5;

/** The filters; `nearest` has none. */
const filters: Readonly<Record<Exclude<ResizeMethod, 'nearest'>, Filter>> = {
  area: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    weight(distance) {
      const x = Math.abs(distance);
      if (x < 1) return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * CUBIC : 0;
    },
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Names of the methods. */
export const resizeMethods = ['nearest', ...Object.keys(filters)] as readonly ResizeMethod[];

/** sin(pi x) / (pi x). */
function sinc(x: number): number {
  return x === 0 ? 1 : sineOfPi(x) / (Math.PI * x);
}

/** sin(pi x) by its Taylor series, to 1e-16: Math.sin may differ between engines. */
function sineOfPi(x: number): number {
  const whole = Math.round(x);
  const angle = Math.PI * (x - whole);
  let term = angle;
  let sum = angle;
  for (let n = 2; n < 24; n += 2) {
    term *= (-angle * angle) / (n * (n + 1));
    sum += term;
  }
  return whole % 2 === 0 ? sum : -sum;
}

/** An axis of `extent` pixels, of which the part from `from` to `to` (fractions of pixels count) becomes `size` pixels. */
export interface ResizedPart {
  readonly extent: number;
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/** What u8_resample makes an axis of. */
export interface PixelTaps {
  readonly taps: number;
  /** The first tap of each pixel. */
  readonly first: Int32Array;
  /** [size][taps], in units of 2^-PIXEL_WEIGHT_BITS. */
  readonly weights: Int32Array;
}

/**
 * The taps of each pixel of an axis.
 * @param antialias whether the filter widens where the axis shrinks
 */
export function pixelTaps(part: ResizedPart, method: ResizeMethod, antialias: boolean): PixelTaps {
  if (method === 'nearest') return nearestTaps(part);
  const { extent, size, from, to } = part;
  const { support, weight } = filters[method];
  const scale = (to - from) / size;
  const widening = antialias ? Math.max(1, scale) : 1;
  const reach = support * widening;
  const windows = Array.from({ length: size }, (_, at) => {
    const centre = from + (at + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(extent, Math.trunc(centre + reach + 0.5));
    // Without antialiasing a narrow filter can miss every pixel's centre.
    if (end <= start) return { start: Math.min(extent - 1, Math.max(0, Math.floor(centre))), weights: [1] };
    const own = Array.from({ length: end - start }, (_, i) => weight((i + start - centre + 0.5) / widening));
    const sum = own.reduce((a, b) => a + b, 0);
    return { start, weights: sum === 0 ? own : own.map((value) => value / sum) };
  });
  const taps = windows.reduce((most, { weights }) => Math.max(most, weights.length), 1);
  const result = { taps, first: new Int32Array(size), weights: new Int32Array(size * taps) };
  windows.forEach(({ start, weights }, at) => {
    // Taps without weight lie inside the axis too.
    const first = Math.min(start, extent - taps);
    result.first[at] = first;
    weights.forEach((value, i) => {
      result.weights[at * taps + start - first + i] = roundAway(value * 2 ** PIXEL_WEIGHT_BITS);
    });
  });
  return result;
}

function nearestTaps({ extent, size, from, to }: ResizedPart): PixelTaps {
  const scale = (to - from) / size;
  const first = new Int32Array(size);
  // Added up as Pillow does, whose rounding decides where a place is the edge of two pixels.
  for (let at = 0, place = from + scale * 0.5; at < size; at++, place += scale) {
    first[at] = Math.min(extent - 1, Math.max(0, Math.floor(place)));
  }
  return { taps: 1, first, weights: new Int32Array(size).fill(2 ** PIXEL_WEIGHT_BITS) };
}

/** The nearest whole number, halves away from zero. */
function roundAway(value: number): number {
  return Math.trunc(value < 0 ? value - 0.5 : value + 0.5);
}
