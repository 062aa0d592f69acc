// The engine's multiply-add peaks, of floats and of 8-bit integers: what every other kernel is measured against.
import { madd } from "../primitives/fused";
import { dotBytes } from "../primitives/integer_dot";


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


@unmanaged
class IntegerPeakArgs {
  /** 13 vectors: what multiplies, 12 starts. */
  input: usize;
  /** Room for a vector: the sum of everything computed. */
  output: usize;
  count: i32;
  /** 2: pairs of 16-bit integers are multiplied; 1: quads of bytes. */
  elementBytes: i32;
}

/** Twelve independent sums of products, in wrapping integers; each multiplies what came before, or engines multiply just once. */
// @ts-ignore: decorator
@inline
function integerPeak(args: IntegerPeakArgs, bytes: bool): void {
  const x = v128.load(args.input);
  let s0 = v128.load(args.input, 16);
  let s1 = v128.load(args.input, 32);
  let s2 = v128.load(args.input, 48);
  let s3 = v128.load(args.input, 64);
  let s4 = v128.load(args.input, 80);
  let s5 = v128.load(args.input, 96);
  let s6 = v128.load(args.input, 112);
  let s7 = v128.load(args.input, 128);
  let s8 = v128.load(args.input, 144);
  let s9 = v128.load(args.input, 160);
  let s10 = v128.load(args.input, 176);
  let s11 = v128.load(args.input, 192);
  for (let i = 0, count = args.count; i < count; i++) {
    s0 = bytes ? dotBytes(x, s0, s0) : i32x4.add(s0, i32x4.dot_i16x8_s(x, s0));
    s1 = bytes ? dotBytes(x, s1, s1) : i32x4.add(s1, i32x4.dot_i16x8_s(x, s1));
    s2 = bytes ? dotBytes(x, s2, s2) : i32x4.add(s2, i32x4.dot_i16x8_s(x, s2));
    s3 = bytes ? dotBytes(x, s3, s3) : i32x4.add(s3, i32x4.dot_i16x8_s(x, s3));
    s4 = bytes ? dotBytes(x, s4, s4) : i32x4.add(s4, i32x4.dot_i16x8_s(x, s4));
    s5 = bytes ? dotBytes(x, s5, s5) : i32x4.add(s5, i32x4.dot_i16x8_s(x, s5));
    s6 = bytes ? dotBytes(x, s6, s6) : i32x4.add(s6, i32x4.dot_i16x8_s(x, s6));
    s7 = bytes ? dotBytes(x, s7, s7) : i32x4.add(s7, i32x4.dot_i16x8_s(x, s7));
    s8 = bytes ? dotBytes(x, s8, s8) : i32x4.add(s8, i32x4.dot_i16x8_s(x, s8));
    s9 = bytes ? dotBytes(x, s9, s9) : i32x4.add(s9, i32x4.dot_i16x8_s(x, s9));
    s10 = bytes ? dotBytes(x, s10, s10) : i32x4.add(s10, i32x4.dot_i16x8_s(x, s10));
    s11 = bytes ? dotBytes(x, s11, s11) : i32x4.add(s11, i32x4.dot_i16x8_s(x, s11));
  }
  s0 = i32x4.add(i32x4.add(s0, s1), i32x4.add(s2, s3));
  s4 = i32x4.add(i32x4.add(s4, s5), i32x4.add(s6, s7));
  s8 = i32x4.add(i32x4.add(s8, s9), i32x4.add(s10, s11));
  v128.store(args.output, i32x4.add(i32x4.add(s0, s4), s8));
}

/** `count` rounds of twelve multiply-adds of vectors of pairs or quads: 192 or 384 operations a round. */
export function integer_multiply_add_peak(args: IntegerPeakArgs, thread: i32, threads: i32): void {
  assert(args.count >= 0);
  if (thread != 0) return;
  if (ASC_FEATURE_RELAXED_SIMD && args.elementBytes == 1) integerPeak(args, true);
  else integerPeak(args, false);
}
