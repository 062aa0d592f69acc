// The one-dimensional transforms of minimal filtering, F(2, 3) and F(4, 3) (Winograd; Lavin & Gray 2016), on vectors of
// four channels or filters in memory. A two-dimensional transform is one pass along the columns and one along the rows.
//
// F(4, 3) evaluates polynomials at 0, +-sqrt(1/2), +-sqrt(2) and infinity: rounding errors are two to four times smaller
// than with 0, +-1, +-2, for as many operations.
import { madd, nmadd } from "./fused";

const ROOT_HALF: f32 = 0.70710678;
const ROOT_TWO: f32 = 1.41421356;

/**
 * `tile` + 2 inputs, `fromStride` bytes apart, to as many values at the points; `tile` is 2 or 4, constant. All is read
 * before anything is written.
 */
// @ts-ignore: decorator
@inline
export function transformInput(from: usize, fromStride: usize, to: usize, toStride: usize, tile: i32): void {
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
  v128.store(to, nmadd(x2, f32x4.splat(2.5), f32x4.add(x0, x4)));
  v128.store(to + 5 * toStride, nmadd(x3, f32x4.splat(2.5), f32x4.add(x1, x5)));
  let even = nmadd(x2, f32x4.splat(2), x4);
  let odd = f32x4.mul(nmadd(x1, f32x4.splat(2), x3), f32x4.splat(ROOT_HALF));
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  even = nmadd(x2, f32x4.splat(0.5), x4);
  odd = f32x4.mul(nmadd(x1, f32x4.splat(0.5), x3), f32x4.splat(ROOT_TWO));
  v128.store(to + 3 * toStride, f32x4.add(even, odd));
  v128.store(to + 4 * toStride, f32x4.sub(even, odd));
}

/** Three weights to `tile` + 2 values at the points, scaled so that outputs need no division. */
// @ts-ignore: decorator
@inline
export function transformWeights(w0: v128, w1: v128, w2: v128, to: usize, toStride: usize, tile: i32): void {
  v128.store(to, w0);
  const ends = f32x4.add(w0, w2);
  if (tile == 2) {
    const half = f32x4.splat(0.5);
    v128.store(to + toStride, f32x4.mul(f32x4.add(ends, w1), half));
    v128.store(to + 2 * toStride, f32x4.mul(f32x4.sub(ends, w1), half));
    v128.store(to + 3 * toStride, w2);
    return;
  }
  let even = f32x4.mul(f32x4.add(ends, w0), f32x4.splat(-1.0 / 3.0));
  let odd = f32x4.mul(w1, f32x4.splat(-0.471404521));
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  even = f32x4.mul(f32x4.add(ends, w2), f32x4.splat(1.0 / 6.0));
  odd = f32x4.mul(w1, f32x4.splat(0.23570226));
  v128.store(to + 3 * toStride, f32x4.add(even, odd));
  v128.store(to + 4 * toStride, f32x4.sub(even, odd));
  v128.store(to + 5 * toStride, w2);
}

/** `tile` + 2 products to `tile` outputs; strides and order as for inputs. */
// @ts-ignore: decorator
@inline
export function transformProducts(from: usize, fromStride: usize, to: usize, toStride: usize, tile: i32): void {
  const m0 = v128.load(from);
  const m1 = v128.load(from + fromStride);
  const m2 = v128.load(from + 2 * fromStride);
  const m3 = v128.load(from + 3 * fromStride);
  const sum = f32x4.add(m1, m2);
  const difference = f32x4.sub(m1, m2);
  if (tile == 2) {
    v128.store(to, f32x4.add(m0, sum));
    v128.store(to + toStride, f32x4.sub(difference, m3));
    return;
  }
  const m4 = v128.load(from + 4 * fromStride);
  const m5 = v128.load(from + 5 * fromStride);
  const farSum = f32x4.add(m3, m4);
  const farDifference = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, sum), farSum));
  // The outputs x^0 to x^3 at +-sqrt(1/2) and +-sqrt(2).
  const odd = f32x4.mul(difference, f32x4.splat(ROOT_HALF));
  const farOdd = f32x4.mul(farDifference, f32x4.splat(ROOT_TWO));
  v128.store(to + toStride, f32x4.add(odd, farOdd));
  v128.store(to + 2 * toStride, madd(farSum, f32x4.splat(2), f32x4.mul(sum, f32x4.splat(0.5))));
  v128.store(to + 3 * toStride, madd(farOdd, f32x4.splat(2), madd(odd, f32x4.splat(0.5), m5)));
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
    const half = f32x4.splat(0.5);
    v128.store(to + toStride, f32x4.mul(f32x4.add(y0, y1), half));
    v128.store(to + 2 * toStride, f32x4.mul(f32x4.sub(y0, y1), half));
    v128.store(to + 3 * toStride, f32x4.neg(y1));
    return;
  }
  const y2 = v128.load(from + 2 * fromStride);
  const y3 = v128.load(from + 3 * fromStride);
  let even = f32x4.mul(madd(y2, f32x4.splat(0.5), y0), f32x4.splat(-1.0 / 3.0));
  let odd = f32x4.mul(madd(y3, f32x4.splat(0.5), y1), f32x4.splat(-0.23570226));
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  even = f32x4.mul(madd(y2, f32x4.splat(2), y0), f32x4.splat(1.0 / 6.0));
  odd = f32x4.mul(madd(y3, f32x4.splat(2), y1), f32x4.splat(0.23570226));
  v128.store(to + 3 * toStride, f32x4.add(even, odd));
  v128.store(to + 4 * toStride, f32x4.sub(even, odd));
  v128.store(to + 5 * toStride, y3);
}

/** The transpose of `transformWeights`, but for factors: `tile` + 2 sums of products to the gradients of three weights. */
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
  v128.store(to + toStride, f32x4.mul(f32x4.add(difference, f32x4.sub(s3, s4)), f32x4.splat(ROOT_TWO)));
  v128.store(to + 2 * toStride, f32x4.add(f32x4.add(s5, farSum), all));
}
