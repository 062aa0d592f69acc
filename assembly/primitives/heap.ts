// Elements by their order: keys that compare as integers, and heaps of them with the worst on top. An entry is a key
// and the place of its element; of equal keys the later place is the worse one.
import { ElementType, loadInteger } from "./element_type";

/** A number that is greater where the element is greater; 0 and -0 are equal, NaN is greater than all. */
export function keyAt(type: i32, address: usize): i64 {
  if (type != ElementType.float32) return loadInteger(type, address);
  const value = load<f32>(address);
  if (value != value) return i32.MAX_VALUE;
  const bits = value == 0 ? 0 : reinterpret<i32>(value);
  return bits ^ ((bits >> 31) & i32.MAX_VALUE);
}

// @ts-ignore: decorator
@inline
export function keyOf(keys: usize, i: i32): i64 {
  return load<i64>(keys + ((<usize>i) << 3));
}

// @ts-ignore: decorator
@inline
export function placeOf(places: usize, i: i32): i32 {
  return load<i32>(places + ((<usize>i) << 2));
}

// @ts-ignore: decorator
@inline
export function setEntry(keys: usize, places: usize, i: i32, key: i64, place: i32): void {
  store<i64>(keys + ((<usize>i) << 3), key);
  store<i32>(places + ((<usize>i) << 2), place);
}

// @ts-ignore: decorator
@inline
function isWorse(key: i64, place: i32, otherKey: i64, otherPlace: i32): bool {
  return key < otherKey || (key == otherKey && place > otherPlace);
}

/** Puts an entry where `at` is, or below it: every entry of the heap is worse than the two below it. */
export function sink(keys: usize, places: usize, size: i32, at: i32, key: i64, place: i32): void {
  for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
    const next = child + 1;
    if (next < size && isWorse(keyOf(keys, next), placeOf(places, next), keyOf(keys, child), placeOf(places, child))) {
      child = next;
    }
    if (!isWorse(keyOf(keys, child), placeOf(places, child), key, place)) break;
    setEntry(keys, places, at, keyOf(keys, child), placeOf(places, child));
    at = child;
  }
  if (size > 0) setEntry(keys, places, at, key, place);
}
