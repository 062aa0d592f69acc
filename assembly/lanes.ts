// Stores of less than a whole vector of floats, inside loops.

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
