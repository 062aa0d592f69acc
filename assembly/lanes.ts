// Stores of less than a whole vector, and the activations that are applied to what was stored: a call
// inside a tile's loop would spill the tile's registers.
import { activate } from "./activation";

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

/**
 * Applies an activation in place to `count` vectors, `stride` bytes apart, of `lanes` floats each (four when
 * there are more). Reads 16 bytes of each.
 */
export function activateStored(
  address: usize,
  stride: i32,
  count: i32,
  lanes: i32,
  activation: i32,
  alpha: f32,
  beta: f32,
): void {
  for (; count > 0; count--, address += stride) {
    storeLanes(address, activate(v128.load(address), activation, alpha, beta), lanes);
  }
}
