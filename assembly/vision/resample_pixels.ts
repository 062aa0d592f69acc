// Resampling of one axis of a picture of bytes by tables of integers, rounded to bytes again. Where the positions and weights
// come from is not known here.
import { storeBytes } from "../primitives/tail";
import { firstUnit } from "../runtime/share";
import { PIXEL_WEIGHT_BITS } from "./vision_layout";


@unmanaged
class ResamplePixelsArgs {
  /** [outers] runs, `outerStride` bytes apart; up to 15 bytes behind what is weighed are read too. */
  input: usize;
  /** [outers, count, bytes] */
  output: usize;
  outers: i32;
  count: i32;
  /** Contiguous bytes of an element of the axis: those of a pixel, or of a row. */
  bytes: i32;
  outerStride: i32;
  /** At least 1. */
  taps: i32;
  /** i32[count]: bytes from the run's start to the first tap; the others follow it, `bytes` apart. */
  offsets: usize;
  /** i32[count][taps], in units of 2^-PIXEL_WEIGHT_BITS; the sum of a row's absolute values is below 2. */
  weights: usize;
}

/** output[o, i] = the sum over t of input[o, first tap of i + t] * weight[i, t], halves up, as the nearest byte. */
export function u8_resample(args: ResamplePixelsArgs, thread: i32, threads: i32): void {
  assert(args.taps > 0 && args.bytes > 0);
  const units = args.outers * args.count;
  const end = firstUnit(units, thread + 1, threads);
  for (let unit = firstUnit(units, thread, threads); unit < end; unit++) {
    const outer = unit / args.count;
    const at: usize = unit - outer * args.count;
    weighBytes(
      args.output + <usize>unit * args.bytes,
      args.input + <usize>outer * args.outerStride + load<i32>(args.offsets + (at << 2)),
      args.weights + ((at * args.taps) << 2),
      args.taps,
      args.bytes,
    );
  }
}

function weighBytes(output: usize, input: usize, weights: usize, taps: i32, bytes: i32): void {
  const half = i32x4.splat(1 << (PIXEL_WEIGHT_BITS - 1));
  const end = weights + ((<usize>taps) << 2);
  if (bytes <= 4) {
    let sum = half;
    for (; weights < end; weights += 4, input += bytes) {
      const low = i16x8.extend_low_i8x16_u(v128.load32_zero(input));
      sum = i32x4.add(sum, i32x4.mul(i32x4.extend_low_i16x8_u(low), v128.load32_splat(weights)));
    }
    storeBytes(output, bytesOf(sum, sum, sum, sum), bytes);
    return;
  }
  for (let left = bytes; left > 0; left -= 16, input += 16, output += 16) {
    let a = half;
    let b = half;
    let c = half;
    let d = half;
    let source = input;
    for (let weight = weights; weight < end; weight += 4, source += bytes) {
      const factor = v128.load32_splat(weight);
      const pixels = v128.load(source);
      const low = i16x8.extend_low_i8x16_u(pixels);
      const high = i16x8.extend_high_i8x16_u(pixels);
      a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), factor));
      b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), factor));
      c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), factor));
      d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), factor));
    }
    const result = bytesOf(a, b, c, d);
    if (left >= 16) v128.store(output, result);
    else storeBytes(output, result, left);
  }
}

/** Sixteen sums as bytes. */
// @ts-ignore: decorator
@inline
function bytesOf(a: v128, b: v128, c: v128, d: v128): v128 {
  const low = i16x8.narrow_i32x4_s(i32x4.shr_s(a, PIXEL_WEIGHT_BITS), i32x4.shr_s(b, PIXEL_WEIGHT_BITS));
  const high = i16x8.narrow_i32x4_s(i32x4.shr_s(c, PIXEL_WEIGHT_BITS), i32x4.shr_s(d, PIXEL_WEIGHT_BITS));
  return i8x16.narrow_i16x8_u(low, high);
}
