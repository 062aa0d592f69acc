// Types of elements as arguments name them, and integers of any of them one at a time as 64 bits.

/** Types of elements; a bool is a byte, 0 or 1. */
export const enum ElementType {
  float32,
  int32,
  int64,
  int8,
  uint8,
  bool,
  float16,
  float64,
}

/** Bytes of one element. */
// @ts-ignore: decorator
@inline
export function elementBytes(type: i32): i32 {
  if (type == ElementType.int64 || type == ElementType.float64) return 8;
  return type < ElementType.int64 ? 4 : type == ElementType.float16 ? 2 : 1;
}

/** An integer or bool of `type`. */
export function loadInteger(type: i32, address: usize): i64 {
  switch (type) {
    case ElementType.int32:
      return load<i32>(address);
    case ElementType.int64:
      return load<i64>(address);
    case ElementType.int8:
      return load<i8>(address);
    default:
      return load<u8>(address);
  }
}

/** Stores the lowest bits of `value` as an integer of `type`, anything but 0 as the bool 1. */
export function storeInteger(type: i32, address: usize, value: i64): void {
  if (type == ElementType.int32) store<i32>(address, <i32>value);
  else if (type == ElementType.int64) store<i64>(address, value);
  else store<u8>(address, type == ElementType.bool ? u8(value != 0) : <u8>value);
}
