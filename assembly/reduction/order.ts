// The order of elements along an axis: where the greatest or least is, and the first k of all.
import { elementBytes, ElementType } from "../primitives/element_type";
import { keyAt, keyOf, placeOf, setEntry, sink } from "../primitives/heap";
import { firstUnit } from "../runtime/share";


@unmanaged
class ArgArgs {
  /** [outers, axis, inner] */
  input: usize;
  /** [outers, inner] of i64 */
  output: usize;
  /** ElementType of the input. */
  type: i32;
  outers: i32;
  axis: i32;
  inner: i32;
  /** 1: the least instead of the greatest. */
  least: i32;
  /** 1: of equal ones the last instead of the first. */
  last: i32;
}


@unmanaged
class TopKArgs {
  /** [outers, axis, inner] */
  input: usize;
  /** [outers, k, inner] of the input's type */
  values: usize;
  /** [outers, k, inner] of i64 */
  indices: usize;
  /** ElementType of the input. */
  type: i32;
  outers: i32;
  axis: i32;
  inner: i32;
  k: i32;
  /** 1: the least instead of the greatest. */
  least: i32;
  /** For each thread `heapBytes` of k entries, `scratchStride` apart. */
  scratch: usize;
  scratchStride: i32;
}

/** Where along the axis the greatest or least element is; NaN counts as greater, or less, than all numbers. */
export function arg_extreme(args: ArgArgs, thread: i32, threads: i32): void {
  assert(args.axis > 0);
  const bytes = elementBytes(args.type);
  const step: usize = args.inner * bytes;
  const flip: i64 = args.least ? -1 : 0;
  const end = firstUnit(args.outers * args.inner, thread + 1, threads);
  for (let unit = firstUnit(args.outers * args.inner, thread, threads); unit < end; unit++) {
    const outer = unit / args.inner;
    let at = args.input + <usize>outer * args.axis * step + (unit - outer * args.inner) * bytes;
    let best = rankAt(args.type, at, flip);
    let found = 0;
    for (let i = 1; i < args.axis; i++) {
      at += step;
      const key = rankAt(args.type, at, flip);
      if (key > best || (args.last && key == best)) {
        best = key;
        found = i;
      }
    }
    store<i64>(args.output + ((<usize>unit) << 3), found);
  }
}

/** A number that is greater where the element goes before others: as keyAt has it, or turned around by a `flip` of -1. */
function rankAt(type: i32, at: usize, flip: i64): i64 {
  if (type == ElementType.float32 && isNaN(load<f32>(at))) return i64.MAX_VALUE;
  return keyAt(type, at) ^ flip;
}

/** The k greatest or least elements along the axis, in order; of equal ones those in front come first. */
export function top_k(args: TopKArgs, thread: i32, threads: i32): void {
  assert(args.k >= 0 && args.k <= args.axis);
  if (args.k == 0) return;
  const end = firstUnit(args.outers * args.inner, thread + 1, threads);
  for (let unit = firstUnit(args.outers * args.inner, thread, threads); unit < end; unit++) {
    selectFirst(args, unit / args.inner, unit % args.inner, args.scratch + <usize>thread * args.scratchStride);
  }
}

/** Keeps the best k in a heap with the worst of them on top, then takes it apart from the top. */
function selectFirst(args: TopKArgs, outer: i32, inner: i32, keys: usize): void {
  const k = args.k;
  const bytes = elementBytes(args.type);
  const step: usize = args.inner * bytes;
  const places = keys + ((<usize>k) << 3);
  const input = args.input + <usize>outer * args.axis * step + inner * bytes;
  const flip: i64 = args.least ? -1 : 0;
  for (let i = 0; i < k; i++) setEntry(keys, places, i, keyAt(args.type, input + <usize>i * step) ^ flip, i);
  for (let i = (k >> 1) - 1; i >= 0; i--) sink(keys, places, k, i, keyOf(keys, i), placeOf(places, i));
  for (let i = k; i < args.axis; i++) {
    const key = keyAt(args.type, input + <usize>i * step) ^ flip;
    if (key > load<i64>(keys)) sink(keys, places, k, 0, key, i);
  }
  for (let size = k - 1; size >= 0; size--) {
    const place = load<i32>(places);
    const target: usize = (<usize>outer * k + size) * args.inner + inner;
    memory.copy(args.values + target * bytes, input + <usize>place * step, bytes);
    store<i64>(args.indices + (target << 3), place);
    sink(keys, places, size, 0, keyOf(keys, size), placeOf(places, size));
  }
}
