// Four elements of 4 bytes that lie any number of bytes apart, as one vector.

/** Loads four f32 that lie `stride` bytes apart; only the first `count` of them are touched if count < 4. */
export function gather(address: usize, stride: isize, count: i32): v128 {
  if (stride == 0) return v128.load32_splat(address);
  let v = v128.load32_zero(address);
  if (count > 1) v = v128.load32_lane(address + stride, v, 1);
  if (count > 2) v = v128.load32_lane(address + 2 * stride, v, 2);
  if (count > 3) v = v128.load32_lane(address + 3 * stride, v, 3);
  return v;
}

/** Stores the first min(count, 4) lanes `stride` bytes apart. */
export function scatter(address: usize, stride: isize, v: v128, count: i32): void {
  v128.store32_lane(address, v, 0);
  if (count > 1) v128.store32_lane(address + stride, v, 1);
  if (count > 2) v128.store32_lane(address + 2 * stride, v, 2);
  if (count > 3) v128.store32_lane(address + 3 * stride, v, 3);
}
