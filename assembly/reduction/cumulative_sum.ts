// Running sums along one axis.
import { elementBytes, ElementType, loadInteger, storeInteger } from "../primitives/element_type";
import { firstUnit } from "../runtime/share";


@unmanaged
class CumulativeSumArgs {
  /** [outers, axis, inner] */
  input: usize;
  /** [outers, axis, inner] */
  output: usize;
  /** An ElementType. */
  type: i32;
  outers: i32;
  axis: i32;
  inner: i32;
  /** 1: each sum leaves its own element out. */
  exclusive: i32;
  /** 1: from the end to the front. */
  reverse: i32;
}

/** Each output is the sum of the elements up to it; of floats in float64, rounded once. */
export function cumulative_sum(args: CumulativeSumArgs, thread: i32, threads: i32): void {
  const bytes = elementBytes(args.type);
  const step = args.inner * bytes;
  const end = firstUnit(args.outers * args.inner, thread + 1, threads);
  for (let unit = firstUnit(args.outers * args.inner, thread, threads); unit < end; unit++) {
    const outer = unit / args.inner;
    const first = <usize>outer * args.axis * step + (unit - outer * args.inner) * bytes;
    const last = first + <usize>max(0, args.axis - 1) * step;
    const start = args.reverse ? last : first;
    if (args.type == ElementType.float32) sumFloats(args, start, args.reverse ? -step : step);
    else sumIntegers(args, start, args.reverse ? -step : step);
  }
}

function sumFloats(args: CumulativeSumArgs, at: usize, step: isize): void {
  let sum: f64 = 0;
  for (let i = 0; i < args.axis; i++, at += step) {
    const next = sum + load<f32>(args.input + at);
    store<f32>(args.output + at, <f32>(args.exclusive ? sum : next));
    sum = next;
  }
}

function sumIntegers(args: CumulativeSumArgs, at: usize, step: isize): void {
  let sum: i64 = 0;
  for (let i = 0; i < args.axis; i++, at += step) {
    const next = sum + loadInteger(args.type, args.input + at);
    storeInteger(args.type, args.output + at, args.exclusive ? sum : next);
    sum = next;
  }
}
