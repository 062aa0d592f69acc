// Ends of rows: less than a whole vector of bytes or lanes.

/** Stores the first `bytes` bytes of `v`, 0 <= bytes < 16. */
export function storeBytes(address: usize, v: v128, bytes: i32): void {
  if (bytes & 8) {
    v128.store64_lane(address, v, 0);
    v = i64x2.shuffle(v, v, 1, 1);
    address += 8;
  }
  if (bytes & 4) {
    v128.store32_lane(address, v, 0);
    v = i64x2.shr_u(v, 32);
    address += 4;
  }
  if (bytes & 2) {
    v128.store16_lane(address, v, 0);
    v = i64x2.shr_u(v, 16);
    address += 2;
  }
  if (bytes & 1) v128.store8_lane(address, v, 0);
}

/** All ones in the first `count` lanes of 32 bits, 0 <= count <= 4. */
// @ts-ignore: decorator
@inline
export function firstLanes(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}
