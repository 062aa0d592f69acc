// The engine's multiply-add peak: what every other kernel is measured against.
import { madd } from "../primitives/fused";


@unmanaged
class MultiplyAddPeakArgs {
  /** 14 vectors of four floats: what multiplies (below 1, so that sums stay finite), what is added, 12 starts. */
  input: usize;
  /** Room for 4 floats: the sum of everything computed. */
  output: usize;
  count: i32;
}

/**
 * One multiply-add of what came before. Fused ones add to it: where the sum isn't what is added, SpiderMonkey copies.
 * Of separate ones the product needs it, or engines multiply just once.
 */
// @ts-ignore: decorator
@inline
function round(sum: v128, x: v128, y: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? madd(x, y, sum) : madd(sum, x, y);
}

/**
 * `count` rounds of twelve independent four-lane multiply-adds, sum + x * y or sum * x + y:
 * PEAK_OPERATIONS a round. Twelve hide the latency of a separate multiplication and addition too, and still fit into 16
 * registers.
 */
export function f32_multiply_add_peak(args: MultiplyAddPeakArgs, thread: i32, threads: i32): void {
  assert(args.count >= 0);
  if (thread != 0) return;
  const x = v128.load(args.input);
  const y = v128.load(args.input, 16);
  let s0 = v128.load(args.input, 32);
  let s1 = v128.load(args.input, 48);
  let s2 = v128.load(args.input, 64);
  let s3 = v128.load(args.input, 80);
  let s4 = v128.load(args.input, 96);
  let s5 = v128.load(args.input, 112);
  let s6 = v128.load(args.input, 128);
  let s7 = v128.load(args.input, 144);
  let s8 = v128.load(args.input, 160);
  let s9 = v128.load(args.input, 176);
  let s10 = v128.load(args.input, 192);
  let s11 = v128.load(args.input, 208);
  for (let i = 0, count = args.count; i < count; i++) {
    s0 = round(s0, x, y);
    s1 = round(s1, x, y);
    s2 = round(s2, x, y);
    s3 = round(s3, x, y);
    s4 = round(s4, x, y);
    s5 = round(s5, x, y);
    s6 = round(s6, x, y);
    s7 = round(s7, x, y);
    s8 = round(s8, x, y);
    s9 = round(s9, x, y);
    s10 = round(s10, x, y);
    s11 = round(s11, x, y);
  }
  s0 = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  s4 = f32x4.add(f32x4.add(s4, s5), f32x4.add(s6, s7));
  s8 = f32x4.add(f32x4.add(s8, s9), f32x4.add(s10, s11));
  v128.store(args.output, f32x4.add(f32x4.add(s0, s4), s8));
}
