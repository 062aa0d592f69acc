// The engine's multiply-add peak: what every other kernel is measured against.
import { madd } from "./fused";

@unmanaged
class MultiplyAddPeakArgs {
  /** 16 floats that multiply. */
  input: usize;
  /** Room for 4 floats: the sum of everything computed. */
  output: usize;
  count: i32;
}

/** `count` rounds of eight independent four-lane multiply-adds: 64 floating-point operations a round. */
export function f32_multiply_add_peak(args: MultiplyAddPeakArgs, thread: i32, threads: i32): void {
  assert(args.count >= 0);
  if (thread != 0) return;
  const input = args.input;
  const w0 = v128.load(input, 32);
  const w1 = v128.load(input, 48);
  let s0 = f32x4.splat(0);
  let s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  // The two halves of the first 32 bytes take turns, so no product is the same in every round.
  for (let i = 0, n = args.count; i < n; i++) {
    const from = input + (<usize>(i & 1) << 2);
    const x0 = v128.load32_splat(from);
    const x1 = v128.load32_splat(from, 8);
    const x2 = v128.load32_splat(from, 16);
    const x3 = v128.load32_splat(from, 24);
    s0 = madd(x0, w0, s0);
    s1 = madd(x0, w1, s1);
    s2 = madd(x1, w0, s2);
    s3 = madd(x1, w1, s3);
    s4 = madd(x2, w0, s4);
    s5 = madd(x2, w1, s5);
    s6 = madd(x3, w0, s6);
    s7 = madd(x3, w1, s7);
  }
  s0 = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  s4 = f32x4.add(f32x4.add(s4, s5), f32x4.add(s6, s7));
  v128.store(args.output, f32x4.add(s0, s4));
}
