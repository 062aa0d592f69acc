// Resampling of two axes by tables: every output row is a weighted sum of input rows, every pixel of it one of that
// row's pixels. Where the positions and weights come from is not known here.
import { madd } from "../primitives/fused";
import { storeLanes } from "../primitives/lanes";
import { firstUnit } from "../runtime/share";
import { resampleScratch } from "./vision_layout";


@unmanaged
class ResampleArgs {
  /** [outers, rows, columns, inner], the columns next to each other where rowTaps > 1. */
  input: usize;
  /** [outers, outputRows, outputColumns, inner] */
  output: usize;
  outers: i32;
  outputRows: i32;
  outputColumns: i32;
  /** Contiguous floats of a pixel. */
  inner: i32;
  /** Floats of an input row. */
  rowFloats: i32;
  /** Bytes between neighbours. */
  inputOuterStride: i32;
  outputOuterStride: i32;
  outputRowStride: i32;
  outputColumnStride: i32;
  rowTaps: i32;
  columnTaps: i32;
  /** i32[outputRows][rowTaps]: bytes from the input's first row. */
  rowOffsets: usize;
  /** f32[outputRows][rowTaps] */
  rowWeights: usize;
  /** i32[outputColumns][columnTaps]: bytes from a row's first pixel. */
  columnOffsets: usize;
  columnWeights: usize;
  /** For each thread `resampleScratch` bytes, `scratchStride` apart; unused where rowTaps is 1. */
  scratch: usize;
  scratchStride: i32;
}

/**
 * output[o, r, c] = sum over s, t of input[o, row s of r, column t of c] * rowWeight[r, s] * columnWeight[c, t]; the
 * row weights are taken as 1 where there is one tap. Sums rows first, in the order of the taps.
 */
export function f32_resample(args: ResampleArgs, thread: i32, threads: i32): void {
  assert(args.rowTaps > 0 && args.columnTaps > 0 && args.inner > 0);
  assert(args.rowTaps == 1 || args.scratchStride >= resampleScratch(args.rowFloats));
  const rowTaps = args.rowTaps;
  const columnTaps = args.columnTaps;
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const last = firstUnit(args.outers * args.outputRows, thread + 1, threads);
  for (let unit = firstUnit(args.outers * args.outputRows, thread, threads); unit < last; unit++) {
    const outer = unit / args.outputRows;
    const row = unit - outer * args.outputRows;
    const image = args.input + <usize>outer * args.inputOuterStride;
    const offsets = args.rowOffsets + ((<usize>(row * rowTaps)) << 2);
    let source = image + load<i32>(offsets);
    if (rowTaps > 1) {
      weigh(scratch, image, offsets, args.rowWeights + ((<usize>(row * rowTaps)) << 2), rowTaps, args.rowFloats);
      source = scratch;
    }
    let output = args.output + <usize>outer * args.outputOuterStride + <usize>row * args.outputRowStride;
    let columnOffsets = args.columnOffsets;
    let columnWeights = args.columnWeights;
    for (let column = 0; column < args.outputColumns; column++) {
      weigh(output, source, columnOffsets, columnWeights, columnTaps, args.inner);
      output += args.outputColumnStride;
      columnOffsets += (<usize>columnTaps) << 2;
      columnWeights += (<usize>columnTaps) << 2;
    }
  }
}

/** Stores the sum of `taps` runs of `floats` floats, each `offsets` bytes from `base` and times its weight. */
export function weigh(output: usize, base: usize, offsets: usize, weights: usize, taps: i32, floats: i32): void {
  if (taps == 2) {
    let a = base + load<i32>(offsets);
    let b = base + load<i32>(offsets, 4);
    const weightA = v128.load32_splat(weights);
    const weightB = v128.load32_splat(weights, 4);
    for (; floats > 0; floats -= 4) {
      storeLanes(output, madd(v128.load(b), weightB, f32x4.mul(v128.load(a), weightA)), floats);
      a += 16;
      b += 16;
      output += 16;
    }
    return;
  }
  for (; floats > 0; floats -= 4) {
    let sum = f32x4.mul(v128.load(base + load<i32>(offsets)), v128.load32_splat(weights));
    for (let tap: usize = 4; tap < (<usize>taps) << 2; tap += 4) {
      sum = madd(v128.load(base + load<i32>(offsets + tap)), v128.load32_splat(weights + tap), sum);
    }
    storeLanes(output, sum, floats);
    base += 16;
    output += 16;
  }
}
