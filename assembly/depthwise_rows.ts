// What all depthwise kernels share: their arguments, the walk over rows and blocks of four channels, and
// what happens to a sum before it is stored.
import { activateRow } from "./activate_row";
import { Activation, clip } from "./activation";
import { storeLanes } from "./lanes";
import { firstUnit } from "./share";

@unmanaged
export class DepthwiseArgs {
  /** First value that the first output pixel reads (its tap offsets start here). */
  input: usize;
  /** [ceil(channels / 4)][4 biases, then tapCount x 4 weights]. */
  weights: usize;
  /** Added before the activation; 0 for none. */
  residual: usize;
  output: usize;
  /** i32[tapCount]: byte offset of each tap from the pixel's first value, the kernel's columns innermost. */
  taps: usize;
  tapCount: i32;
  channels: i32;
  images: i32;
  planes: i32;
  rows: i32;
  columns: i32;
  /** Bytes in the input between neighbouring output pixels, by axis; likewise the other two. */
  inputImage: i32;
  inputPlane: i32;
  inputRow: i32;
  inputColumn: i32;
  residualImage: i32;
  residualPlane: i32;
  residualRow: i32;
  residualColumn: i32;
  outputImage: i32;
  outputPlane: i32;
  outputRow: i32;
  outputColumn: i32;
  activation: i32;
  alpha: f32;
  beta: f32;
}

/** One row of output pixels of one block of four channels, of which `lanes` are there. */
type Row = (args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32) => void;

/** This thread's rows and blocks, one call of `row` each. */
export function walkRows(args: DepthwiseArgs, thread: i32, threads: i32, row: Row): void {
  assert(args.tapCount >= 0 && args.channels >= 0 && args.columns >= 0);
  const blocks = (args.channels + 3) >> 2;
  const lines = args.images * args.planes * args.rows;
  const blockBytes = <usize>(1 + args.tapCount) << 4;
  if (args.columns <= 0) return;
  let unit = firstUnit(lines * blocks, thread, threads);
  const end = firstUnit(lines * blocks, thread + 1, threads);
  while (unit < end) {
    const line = unit / blocks;
    const y = line % args.rows;
    const z = (line / args.rows) % args.planes;
    const image = line / (args.rows * args.planes);
    const input = args.input + image * args.inputImage + z * args.inputPlane + y * args.inputRow;
    const output = args.output + image * args.outputImage + z * args.outputPlane + y * args.outputRow;
    let residual: usize = 0;
    if (args.residual) {
      residual = args.residual + image * args.residualImage + z * args.residualPlane + y * args.residualRow;
    }
    const first = unit - line * blocks;
    const last = min(blocks, end - line * blocks);
    for (let block = first; block < last; block++) {
      const offset = <usize>block << 4;
      const lanes = args.channels - (block << 2);
      const weights = args.weights + <usize>block * blockBytes;
      row(args, input + offset, weights, residual ? residual + offset : 0, output + offset, lanes);
    }
    if (args.activation > Activation.clip) {
      const channels = min(last << 2, args.channels) - (first << 2);
      activatePixels(args, output + (<usize>first << 4), channels);
    }
    unit += last - first;
  }
}

/** Applies the activation in place to `channels` floats of each pixel of a row; to all at once where they touch. */
function activatePixels(args: DepthwiseArgs, output: usize, channels: i32): void {
  const pixels = args.outputColumn == channels << 2 ? args.columns : 1;
  for (let left = args.columns; left > 0; left -= pixels, output += args.outputColumn) {
    activateRow(args.activation, output, 4, output, 4, channels * pixels, args.alpha, args.beta);
  }
}

/**
 * Stores one vector of sums. `plain` (constant) is for whole vectors without a residual; `low` and `high` are
 * infinite where nothing is to be clipped.
 */
// @ts-ignore: decorator
@inline
export function storeSums(
  v: v128, low: v128, high: v128, residual: usize, output: usize, lanes: i32, plain: bool,
): void {
  if (plain) {
    v128.store(output, clip(v, low, high));
  } else {
    if (residual) v = f32x4.add(v, v128.load(residual));
    storeLanes(output, clip(v, low, high), lanes);
  }
}

/** What `clip` takes: the activation's bounds, or minus infinity where it is another one. */
export function lowOf(args: DepthwiseArgs): f32 {
  return args.activation == Activation.clip ? args.alpha : -Infinity;
}

/** Likewise the upper bound. */
export function highOf(args: DepthwiseArgs): f32 {
  return args.activation == Activation.clip ? args.beta : Infinity;
}
