// Which elements of an axis make up each element of the resized axis, and with which weights: ONNX's Resize, axis by
// axis. Places follow from integers where sizes are given, and their roundings are exact; where a scale is given, weights
// are computed in float64 and the places of nearest elements in float32: there another rounding is another element.

import { QuadlaneError } from '../../errors.js';
import { entryOf } from '../lowering/entries.js';
import type { Attributes } from '../operator.js';

export interface Interpolation extends Attributes {
  /** nearest, linear or cubic. */
  readonly mode?: string;
  /** half_pixel, half_pixel_symmetric, pytorch_half_pixel, align_corners, asymmetric, tf_half_pixel_for_nn or tf_crop_and_resize. */
  readonly coordinates?: string;
  /** round_prefer_floor, round_prefer_ceil, floor, ceil, or outward: ceil where the axis shrinks, floor where it grows. */
  readonly nearest?: string;
  /** Steepness of cubic interpolation. */
  readonly cubicCoefficient?: number;
  /** Elements outside the input have no weight, instead of that of the edge. */
  readonly excludeOutside?: boolean;
  /** Widens the filter where the axis shrinks. */
  readonly antialias?: boolean;
}

/** New and old extent of an axis: by how much it is scaled. */
export type Ratio = readonly [to: number, from: number];

/** How one axis is resized. */
export interface ResizedAxis {
  readonly axis: number;
  readonly extent: number;
  readonly size: number;
  /** Of the coordinates: about size / extent. */
  readonly scale: number;
  /** The scale, where it is the ratio of integers. */
  readonly ratio?: Ratio;
  /** Region of interest, in units of the axis. */
  readonly start: number;
  readonly end: number;
}

/** `taps` elements and weights for each element of the resized axis. */
export interface Taps {
  readonly taps: number;
  readonly indices: Int32Array;
  readonly weights: Float64Array;
  /** Elements whose place is outside the input. */
  readonly outside: readonly number[];
}

/** Most entries of a table. */
const MOST_ENTRIES = 2 ** 22;

type Place<Value> = (x: number, axis: ResizedAxis, divide: (a: number, b: number) => number) => Value;

/** Where in the input element `x` of the result is, by the scale. */
const places: Record<string, Place<number>> = {
  half_pixel: (x, { scale }, divide) => divide(x + 0.5, scale) - 0.5,
  // From the middle, which falls on the middle whatever the scale rounds to.
  half_pixel_symmetric: (x, { scale, size, extent }, divide) => divide(x + 0.5 - size / 2, scale) + (extent - 1) / 2,
  pytorch_half_pixel: (x, { scale, size }, divide) => (size > 1 ? divide(x + 0.5, scale) - 0.5 : 0),
  align_corners: (x, { extent, size }, divide) => (size > 1 ? divide(x * (extent - 1), size - 1) : 0),
  asymmetric: (x, { scale }, divide) => divide(x, scale),
  tf_half_pixel_for_nn: (x, { scale }, divide) => divide(x + 0.5, scale),
  tf_crop_and_resize: (x, { extent, size, start, end }, divide) =>
    size > 1
      ? start * (extent - 1) + divide(x * (end - start) * (extent - 1), size - 1)
      : 0.5 * (start + end) * (extent - 1),
};

/** A quotient of integers: its floor and its ceiling are exact as long as the integers are below 2^53. */
type Quotient = readonly [numerator: number, denominator: number];

/** The same by a ratio, over the denominators that the formulas have in common; a region isn't of integers. */
const exactPlaces: Record<string, (x: number, axis: ResizedAxis, ratio: Ratio) => Quotient> = {
  half_pixel: (x, _, [to, from]) => [(2 * x + 1) * from - to, 2 * to],
  half_pixel_symmetric: (x, { size, extent }, [to, from]) => [(2 * x + 1 - size) * from + (extent - 1) * to, 2 * to],
  pytorch_half_pixel: (x, { size }, [to, from]) => (size > 1 ? [(2 * x + 1) * from - to, 2 * to] : [0, 1]),
  align_corners: (x, { extent, size }) => (size > 1 ? [x * (extent - 1), size - 1] : [0, 1]),
  asymmetric: (x, _, [to, from]) => [x * from, to],
  tf_half_pixel_for_nn: (x, _, [to, from]) => [(2 * x + 1) * from, 2 * to],
};

const exactly = (a: number, b: number) => a / b;
const inFloat32 = (a: number, b: number) => Math.fround(a / Math.fround(b));

/** Which element is nearest to a place. */
const roundings: Record<string, (place: Quotient, scale: number) => number> = {
  round_prefer_floor: ([a, b]) => Math.ceil((2 * a - b) / (2 * b)),
  round_prefer_ceil: ([a, b]) => Math.floor((2 * a + b) / (2 * b)),
  floor: ([a, b]) => Math.floor(a / b),
  ceil: ([a, b]) => Math.ceil(a / b),
  outward: ([a, b], scale) => (scale < 1 ? Math.ceil(a / b) : Math.floor(a / b)),
};

/** Weight of an element at distance `d`, and how far elements have any. */
const filters: Record<string, { reach: number; weight: (d: number, a: number) => number }> = {
  linear: { reach: 1, weight: (d) => Math.max(0, 1 - d) },
  cubic: {
    reach: 2,
    weight: (d, a) =>
      d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0,
  },
};

/**
 * The taps of an axis.
 * @throws QuadlaneError `ARGUMENT` for names that aren't there, `UNSUPPORTED` for tables too long
 */
export function tapsOf(axis: ResizedAxis, options: Interpolation): Taps {
  const { mode = 'nearest', coordinates = 'half_pixel', excludeOutside = false, antialias = false } = options;
  const { extent, size } = axis;
  const byScale = entryOf(places, coordinates, 'coordinate transformation');
  const isNearest = mode === 'nearest';
  const filter = isNearest ? undefined : entryOf(filters, mode, 'interpolation');
  const shrink = antialias ? Math.min(1, axis.scale) : 1;
  const before = filter ? Math.floor(-filter.reach / shrink) + 1 : 0;
  const taps = filter ? 2 - 2 * before : 1;
  if (taps * size > MOST_ENTRIES) {
    throw new QuadlaneError(
      'UNSUPPORTED',
      `resizing ${extent} to ${size} takes ${taps * size} taps, more than ${MOST_ENTRIES}: resize in steps`,
    );
  }
  const round = entryOf(roundings, options.nearest ?? 'round_prefer_floor', 'rounding');
  const byRatio = axis.ratio && exactPlaces[coordinates];
  const placeOf = (x: number): Quotient =>
    byRatio ? byRatio(x, axis, axis.ratio!) : [byScale(x, axis, filter ? exactly : inFloat32), 1];
  const inside = (index: number) => Math.min(extent - 1, Math.max(0, index));
  const indices = new Int32Array(taps * size);
  const weights = new Float64Array(taps * size).fill(1);
  const outside: number[] = [];
  for (let x = 0; x < size; x++) {
    const place = placeOf(x);
    const at = place[0] / place[1];
    if (at < 0 || at > extent - 1) outside.push(x);
    if (!filter) {
      indices[x] = inside(round(place, axis.scale));
      continue;
    }
    const first = Math.floor(at) + before;
    let total = 0;
    for (let tap = 0; tap < taps; tap++) {
      const index = first + tap;
      const isIgnored = excludeOutside && index !== inside(index);
      const weight = isIgnored ? 0 : filter.weight(Math.abs(index - at) * shrink, options.cubicCoefficient ?? -0.75);
      indices[x * taps + tap] = inside(index);
      weights[x * taps + tap] = weight;
      total += weight;
    }
    if (!excludeOutside && !antialias) continue;
    for (let tap = 0; tap < taps; tap++) weights[x * taps + tap] /= total;
  }
  return { taps, indices, weights, outside };
}
