// Stores of less than a whole vector of floats, and of vectors' lanes apart from each other, inside loops.

/** Stores the first `lanes` floats of `v`, all four when there are more; `lanes` >= 1. */
// @ts-ignore: decorator
@inline
export function storeLanes(address: usize, v: v128, lanes: i32): void {
  if (lanes >= 4) {
    v128.store(address, v);
  } else if (lanes == 1) {
    v128.store_lane<f32>(address, v, 0);
  } else {
    v128.store_lane<f64>(address, v, 0);
    if (lanes == 3) v128.store_lane<f32>(address, v, 2, 8);
  }
}

/** Stores lane k of four vectors side by side at `address` + k * `stride`. */
// @ts-ignore: decorator
@inline
export function storeTransposed(address: usize, stride: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(address, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(address + stride, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(address + 2 * stride, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(address + 3 * stride, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}

/**
 * Stores lane k of `count` vectors, `fromStride` bytes apart, side by side at `address` + k * `stride`, for the first
 * `rows` lanes, all four when there are more. Overwrites the vectors, up to a multiple of four of them.
 */
export function storeAcross(
  from: usize,
  fromStride: usize,
  count: i32,
  address: usize,
  stride: usize,
  rows: i32,
): void {
  for (; count > 0; count -= 4, address += 16) {
    const a = v128.load(from);
    const b = v128.load(from + fromStride);
    const c = v128.load(from + 2 * fromStride);
    const d = v128.load(from + 3 * fromStride);
    const whole = rows >= 4 && count >= 4;
    storeTransposed(whole ? address : from, whole ? stride : fromStride, a, b, c, d);
    if (!whole) {
      for (let row = 0; row < min(rows, 4); row++) {
        storeLanes(address + <usize>row * stride, v128.load(from + <usize>row * fromStride), count);
      }
    }
    from += 4 * fromStride;
  }
}
