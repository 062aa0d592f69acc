// A heap: [keys: i64][places: i32], an entry each.

/** Bytes of a heap of `entries` entries, a multiple of 16. */
export function heapBytes(entries: i32): i32 {
  return 12 * entries + 4 * (entries & 3);
}
