// The one-dimensional transforms of Winograd, F(2, 3) and F(4, 3) (Winograd; Lavin & Gray 2016), on vectors of
// four channels or filters in memory. A two-dimensional transform is one pass along the columns and one along the rows.
//
// F(4, 3) evaluates polynomials at 0, +-sqrt(1/2), +-sqrt(2) and infinity: rounding errors are two to four times
// smaller than with 0, +-1, +-2, for as many operations.
import { madd, nmadd } from "../../primitives/fused";
import { constant } from "../../primitives/math";

export const VECTOR: usize = 16;

/**
 * The points with both signs, their squares, and the factors of products there that spare outputs divisions, as static
 * data: see math.ts.
 */
const POINTS = memory.data<f32>([0.70710678, 1.41421356, 0.5, 2, -0.33333333, 0.16666667]);

/** Number `index` of the points, their squares and their factors. */
// @ts-ignore: decorator
@inline
export function point(index: usize): v128 {
  return constant(POINTS, index);
}

/**
 * `tile` + 2 inputs, `fromStride` bytes apart, to as many values at the points; `tile` is 2 or 4, constant. The others
 * are `point` 0 to 3, which a loop holds in registers.
 */
// @ts-ignore: decorator
@inline
export function transformInput(
  from: usize,
  fromStride: usize,
  to: usize,
  toStride: usize,
  tile: i32,
  near: v128,
  far: v128,
  nearSquare: v128,
  farSquare: v128,
): void {
  const x0 = v128.load(from);
  const x1 = v128.load(from + fromStride);
  const x2 = v128.load(from + 2 * fromStride);
  const x3 = v128.load(from + 3 * fromStride);
  if (tile == 2) {
    v128.store(to, f32x4.sub(x0, x2));
    v128.store(to + toStride, f32x4.add(x1, x2));
    v128.store(to + 2 * toStride, f32x4.sub(x2, x1));
    v128.store(to + 3 * toStride, f32x4.sub(x1, x3));
    return;
  }
  const x4 = v128.load(from + 4 * fromStride);
  const x5 = v128.load(from + 5 * fromStride);
  let even = nmadd(x2, farSquare, x4);
  let odd = f32x4.mul(nmadd(x1, farSquare, x3), near);
  v128.store(to, f32x4.add(even, nmadd(x2, nearSquare, x0)));
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  even = nmadd(x2, nearSquare, x4);
  odd = f32x4.mul(nmadd(x1, nearSquare, x3), far);
  v128.store(to + 3 * toStride, f32x4.add(even, odd));
  v128.store(to + 4 * toStride, f32x4.sub(even, odd));
  v128.store(to + 5 * toStride, f32x4.add(nmadd(x3, farSquare, x5), nmadd(x3, nearSquare, x1)));
}

/** Three weights to `tile` + 2 values at the points, scaled so that outputs need no division. */
// @ts-ignore: decorator
@inline
export function transformWeights(w0: v128, w1: v128, w2: v128, to: usize, toStride: usize, tile: i32): void {
  v128.store(to, w0);
  const ends = f32x4.add(w0, w2);
  if (tile == 2) {
    const half = point(2);
    v128.store(to + toStride, f32x4.mul(f32x4.add(ends, w1), half));
    v128.store(to + 2 * toStride, f32x4.mul(f32x4.sub(ends, w1), half));
    v128.store(to + 3 * toStride, w2);
    return;
  }
  const slope = f32x4.mul(w1, point(1));
  let even = f32x4.mul(f32x4.add(ends, w0), point(4));
  let odd = f32x4.mul(slope, point(4));
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  even = f32x4.mul(f32x4.add(ends, w2), point(5));
  odd = f32x4.mul(slope, point(5));
  v128.store(to + 3 * toStride, f32x4.add(even, odd));
  v128.store(to + 4 * toStride, f32x4.sub(even, odd));
  v128.store(to + 5 * toStride, w2);
}

/** Output `index` of the `tile` that `tile` + 2 products, `stride` bytes apart, make; both are constant. */
// @ts-ignore: decorator
@inline
export function outputAt(
  index: i32,
  from: usize,
  stride: usize,
  tile: i32,
  near: v128,
  far: v128,
  nearSquare: v128,
  farSquare: v128,
): v128 {
  const m1 = v128.load(from + stride);
  const m2 = v128.load(from + 2 * stride);
  const m3 = v128.load(from + 3 * stride);
  if (tile == 2) {
    if (index == 0) return f32x4.add(v128.load(from), f32x4.add(m1, m2));
    return f32x4.sub(f32x4.sub(m1, m2), m3);
  }
  const m4 = v128.load(from + 4 * stride);
  const sum = f32x4.add(m1, m2);
  const farSum = f32x4.add(m3, m4);
  if (index == 0) return f32x4.add(f32x4.add(v128.load(from), sum), farSum);
  if (index == 2) return madd(farSum, farSquare, f32x4.mul(sum, nearSquare));
  // x and x^3 at +-sqrt(1/2) and +-sqrt(2).
  const odd = f32x4.mul(f32x4.sub(m1, m2), near);
  const farOdd = f32x4.mul(f32x4.sub(m3, m4), far);
  if (index == 1) return f32x4.add(odd, farOdd);
  return madd(farOdd, farSquare, madd(odd, nearSquare, v128.load(from + 5 * stride)));
}

/** `tile` + 2 products to `tile` outputs; strides and points as for inputs. All is read before anything is written. */
// @ts-ignore: decorator
@inline
export function transformProducts(
  from: usize,
  fromStride: usize,
  to: usize,
  toStride: usize,
  tile: i32,
  near: v128,
  far: v128,
  nearSquare: v128,
  farSquare: v128,
): void {
  const y0 = outputAt(0, from, fromStride, tile, near, far, nearSquare, farSquare);
  const y1 = outputAt(1, from, fromStride, tile, near, far, nearSquare, farSquare);
  if (tile == 4) {
    const y2 = outputAt(2, from, fromStride, tile, near, far, nearSquare, farSquare);
    const y3 = outputAt(3, from, fromStride, tile, near, far, nearSquare, farSquare);
    v128.store(to + 2 * toStride, y2);
    v128.store(to + 3 * toStride, y3);
  }
  v128.store(to, y0);
  v128.store(to + toStride, y1);
}

/**
 * The transpose of `transformProducts`: gradients of `tile` outputs to those of products, times those factors of
 * `transformWeights` that are the same for all weights, which `transformSums` leaves out.
 */
// @ts-ignore: decorator
@inline
export function transformGradient(from: usize, fromStride: usize, to: usize, toStride: usize, tile: i32): void {
  const y0 = v128.load(from);
  const y1 = v128.load(from + fromStride);
  v128.store(to, y0);
  if (tile == 2) {
    const half = point(2);
    v128.store(to + toStride, f32x4.mul(f32x4.add(y0, y1), half));
    v128.store(to + 2 * toStride, f32x4.mul(f32x4.sub(y0, y1), half));
    v128.store(to + 3 * toStride, f32x4.neg(y1));
    return;
  }
  const y2 = v128.load(from + 2 * fromStride);
  const y3 = v128.load(from + 3 * fromStride);
  let even = f32x4.mul(madd(y2, point(2), y0), point(4));
  let odd = f32x4.mul(f32x4.mul(madd(y3, point(2), y1), point(0)), point(4));
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  even = f32x4.mul(madd(y2, point(3), y0), point(5));
  odd = f32x4.mul(f32x4.mul(madd(y3, point(3), y1), point(1)), point(5));
  v128.store(to + 3 * toStride, f32x4.add(even, odd));
  v128.store(to + 4 * toStride, f32x4.sub(even, odd));
  v128.store(to + 5 * toStride, y3);
}

/**
 * The transpose of `transformWeights`, but for factors: `tile` + 2 sums of products to the gradients of three weights.
 */
// @ts-ignore: decorator
@inline
export function transformSums(from: usize, fromStride: usize, to: usize, toStride: usize, tile: i32): void {
  const s0 = v128.load(from);
  const s1 = v128.load(from + fromStride);
  const s2 = v128.load(from + 2 * fromStride);
  const s3 = v128.load(from + 3 * fromStride);
  const sum = f32x4.add(s1, s2);
  const difference = f32x4.sub(s1, s2);
  if (tile == 2) {
    v128.store(to, f32x4.add(s0, sum));
    v128.store(to + toStride, difference);
    v128.store(to + 2 * toStride, f32x4.add(s3, sum));
    return;
  }
  const s4 = v128.load(from + 4 * fromStride);
  const s5 = v128.load(from + 5 * fromStride);
  const farSum = f32x4.add(s3, s4);
  const all = f32x4.add(sum, farSum);
  v128.store(to, f32x4.add(f32x4.add(s0, sum), all));
  v128.store(to + toStride, f32x4.mul(f32x4.add(difference, f32x4.sub(s3, s4)), point(1)));
  v128.store(to + 2 * toStride, f32x4.add(f32x4.add(s5, farSum), all));
}

export function transformTile4(
  from: usize,
  row: i32,
  column: i32,
  channels: i32,
  to: usize,
  positionBytes: usize,
  step: usize,
  scratch: usize,
): u32 {
  return transformTile(from, row, column, channels, to, positionBytes, step, scratch, 4);
}

export function transformTile2(
  from: usize,
  row: i32,
  column: i32,
  channels: i32,
  to: usize,
  positionBytes: usize,
  step: usize,
  scratch: usize,
): u32 {
  return transformTile(from, row, column, channels, to, positionBytes, step, scratch, 2);
}

/**
 * The inputs of one tile, at the points: each four channels `step` bytes behind those before. Scratch takes a tile of
 * four channels. Returns the greatest magnitude, as bits, at some of the points: a great input is great at one of them.
 */
// @ts-ignore: decorator
@inline
function transformTile(
  from: usize,
  row: i32,
  column: i32,
  channels: i32,
  to: usize,
  positionBytes: usize,
  step: usize,
  scratch: usize,
  tile: i32,
): u32 {
  let most = i32x4.splat(0);
  const scratchRow = <usize>(tile + 2) * VECTOR;
  const rowBytes = <usize>(tile + 2) * positionBytes;
  const near = point(0);
  const far = point(1);
  const nearSquare = point(2);
  const farSquare = point(3);
  for (const end = from + ((<usize>channels) << 2); from < end; from += VECTOR, to += step) {
    let pixel = from;
    for (let at = scratch; at < scratch + scratchRow; at += VECTOR, pixel += column) {
      transformInput(pixel, row, at, scratchRow, tile, near, far, nearSquare, farSquare);
    }
    let line = scratch;
    for (let at = to, last = to + <usize>(tile + 2) * rowBytes; at < last; at += rowBytes, line += scratchRow) {
      transformInput(line, VECTOR, at, positionBytes, tile, near, far, nearSquare, farSquare);
    }
    const last = <usize>(tile + 1) * positionBytes;
    most = greaterOf(most, to, positionBytes, last);
    most = greaterOf(most, to + rowBytes, positionBytes, last);
    most = greaterOf(most, to + <usize>(tile + 1) * rowBytes, positionBytes, last);
  }
  most = i32x4.max_s(most, i32x4.shuffle(most, most, 2, 3, 0, 1));
  return <u32>max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1));
}

/** Magnitudes as bits, each the greatest of `most` and those at the first, the second and the last point of a row. */
// @ts-ignore: decorator
@inline
function greaterOf(most: v128, row: usize, second: usize, last: usize): v128 {
  const sign = i32x4.splat(i32.MAX_VALUE);
  most = i32x4.max_s(most, v128.and(v128.load(row), sign));
  most = i32x4.max_s(most, v128.and(v128.load(row + second), sign));
  return i32x4.max_s(most, v128.and(v128.load(row + last), sign));
}
