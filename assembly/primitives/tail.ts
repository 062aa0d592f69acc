// Stores of any number of bytes, exactly.

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

/** Fills `bytes` bytes with a vector that repeats its elements. */
export function fillBytes(output: usize, value: v128, bytes: i32): void {
  for (; bytes > 15; bytes -= 16) {
    v128.store(output, value);
    output += 16;
  }
  if (bytes > 0) storeBytes(output, value, bytes);
}
