// The scale and the zero by which floats that only a run knows become 8-bit integers: their extremes in one pass, each thread
// its share, and what follows from them.
import {
  entry,
  rowCount,
  rowOffset,
  shareColumnEnd,
  shareColumnStart,
  shareRowEnd,
  shareRowStart,
  StridedArgs,
} from "../primitives/strides";
import { EXTREMES_BYTES } from "./dynamic_layout";


@unmanaged
class ExtremesArgs extends StridedArgs {
  /** f32 */
  input: usize;
  inputStrides: usize;
  /** EXTREMES_BYTES for each of so many shares: no less than there are threads. */
  extremes: usize;
  shares: i32;
}


@unmanaged
class DynamicAffineArgs {
  /** What f32_extremes has found. */
  extremes: usize;
  shares: i32;
  /** f32[1] */
  scale: usize;
  /** u8[1] */
  zero: usize;
}

/** The least and the greatest of a thread's share and 0: four lanes of each; NaN in a lane that has met one. */
export function f32_extremes(args: ExtremesArgs, thread: i32, threads: i32): void {
  const rank = args.rank;
  const extents = args.extents;
  const columns = entry(extents, rank - 1, 1);
  const rows = rowCount(rank, extents);
  const first = shareColumnStart(rows, columns, thread, threads);
  const count = shareColumnEnd(rows, columns, thread, threads) - first;
  const stride: isize = entry(args.inputStrides, rank - 1, 0);
  const end = shareRowEnd(rows, columns, thread, threads);
  let low = f32x4.splat(0);
  let high = low;
  for (let row = shareRowStart(rows, columns, thread, threads); row < end; row++) {
    let at = args.input + rowOffset(row, rank, extents, args.inputStrides) + <isize>first * stride;
    let left = count;
    if (stride == 4) {
      let nextLow = low;
      let nextHigh = high;
      for (; left > 7; left -= 8, at += 32) {
        const a = v128.load(at);
        const b = v128.load(at, 16);
        low = f32x4.min(low, a);
        high = f32x4.max(high, a);
        nextLow = f32x4.min(nextLow, b);
        nextHigh = f32x4.max(nextHigh, b);
      }
      low = f32x4.min(low, nextLow);
      high = f32x4.max(high, nextHigh);
    }
    for (; left > 0; left--, at += stride) {
      const value = v128.load32_splat(at);
      low = f32x4.min(low, value);
      high = f32x4.max(high, value);
    }
  }
  // The last thread writes what there are no threads for.
  const lastShare = thread + 1 == threads ? args.shares : thread + 1;
  for (let share = thread; share < lastShare; share++) {
    const extremes = args.extremes + <usize>(share * EXTREMES_BYTES);
    v128.store(extremes, low);
    v128.store(extremes, high, 16);
  }
}

/** scale = (high - low) / 255, 1 where that is 0; zero = nearest(-low / scale), cut to 0 and 255, 0 for NaN. */
export function dynamic_affine(args: DynamicAffineArgs, thread: i32, _threads: i32): void {
  if (thread != 0) return;
  let low: f32 = 0;
  let high: f32 = 0;
  const end = args.extremes + <usize>(args.shares * EXTREMES_BYTES);
  for (let at = args.extremes; at < end; at += <usize>EXTREMES_BYTES) {
    for (let lane: usize = 0; lane < 16; lane += 4) {
      low = min<f32>(low, load<f32>(at + lane));
      high = max<f32>(high, load<f32>(at + lane, 16));
    }
  }
  const range = high - low;
  const scale: f32 = range == 0 ? 1 : range / 255;
  store<f32>(args.scale, scale);
  store<u8>(args.zero, <u8>(<i32>max<f32>(0, min<f32>(255, nearest<f32>(-low / scale)))));
}
