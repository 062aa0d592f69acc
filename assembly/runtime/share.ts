// How a kernel's work is split: each thread takes one contiguous range of whole units.

/** First unit of `thread`; the range ends before the first unit of `thread + 1`. */
// @ts-ignore: decorator
@inline
export function firstUnit(units: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>units * thread) / threads);
}
