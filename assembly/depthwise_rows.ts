// What all depthwise kernels share: their arguments, the walk over patches and blocks of four channels, and
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

/** What one call computes: `rows` x `columns` output pixels of one block of four channels, of which `lanes` are there. */
type Patch = (
  args: DepthwiseArgs, input: usize, weights: usize, residual: usize, output: usize, lanes: i32, rows: i32, columns: i32,
) => void;

// A patch is about this many pixels: their lines stay in the first-level cache while all channels of a line pass.
const PATCH_PIXELS: i32 = 64;
// Columns of a patch at most.
const PATCH_COLUMNS: i32 = 32;

/** This thread's patches and blocks, one call of `patch` each. */
export function walkPatches(args: DepthwiseArgs, thread: i32, threads: i32, patch: Patch): void {
  assert(args.tapCount >= 0 && args.channels >= 0 && args.columns >= 0);
  const blocks = (args.channels + 3) >> 2;
  const blockBytes = <usize>(1 + args.tapCount) << 4;
  if (args.columns <= 0 || args.rows <= 0) return;
  const across = (args.columns + PATCH_COLUMNS - 1) / PATCH_COLUMNS;
  const width = (args.columns + across - 1) / across;
  const height = max(1, min(args.rows, PATCH_PIXELS / width));
  const down = (args.rows + height - 1) / height;
  const patches = args.images * args.planes * down * across;
  let unit = firstUnit(patches * blocks, thread, threads);
  const end = firstUnit(patches * blocks, thread + 1, threads);
  while (unit < end) {
    const index = unit / blocks;
    const x = (index % across) * width;
    const y = ((index / across) % down) * height;
    const plane = index / (across * down);
    const z = plane % args.planes;
    const image = plane / args.planes;
    const columns = min(width, args.columns - x);
    const rows = min(height, args.rows - y);
    let input = args.input + image * args.inputImage + z * args.inputPlane;
    input += y * args.inputRow + x * args.inputColumn;
    let output = args.output + image * args.outputImage + z * args.outputPlane;
    output += y * args.outputRow + x * args.outputColumn;
    let residual: usize = 0;
    if (args.residual) {
      residual = args.residual + image * args.residualImage + z * args.residualPlane;
      residual += y * args.residualRow + x * args.residualColumn;
    }
    const first = unit - index * blocks;
    const last = min(blocks, end - index * blocks);
    for (let block = first; block < last; block++) {
      const offset = <usize>block << 4;
      const lanes = args.channels - (block << 2);
      const weights = args.weights + <usize>block * blockBytes;
      patch(args, input + offset, weights, residual ? residual + offset : 0, output + offset, lanes, rows, columns);
    }
    if (args.activation > Activation.clip) {
      const channels = min(last << 2, args.channels) - (first << 2);
      activatePixels(args, output + (<usize>first << 4), channels, rows, columns);
    }
    unit += last - first;
  }
}

/** Applies the activation in place to `channels` floats of a patch's pixels; to a row at once where they touch. */
function activatePixels(args: DepthwiseArgs, output: usize, channels: i32, rows: i32, columns: i32): void {
  const pixels = args.outputColumn == channels << 2 ? columns : 1;
  for (let row = 0; row < rows; row++, output += args.outputRow) {
    let pixel = output;
    for (let left = columns; left > 0; left -= pixels, pixel += args.outputColumn) {
      activateRow(args.activation, pixel, 4, pixel, 4, channels * pixels, args.alpha, args.beta);
    }
  }
}

/**
 * Stores one vector of sums. `plain` (constant) is for whole vectors without a residual; `bounds` is where boundsOf says.
 */
// @ts-ignore: decorator
@inline
export function storeSums(v: v128, bounds: usize, residual: usize, output: usize, lanes: i32, plain: bool): void {
  if (!plain && residual) v = f32x4.add(v, v128.load(residual));
  v = clip(v, v128.load32_splat(bounds), v128.load32_splat(bounds, 4));
  if (plain) v128.store(output, v);
  else storeLanes(output, v, lanes);
}

/**
 * Address of what `clip` takes: the activation's bounds, or infinite ones where it is another one. They stay in memory so
 * that sums and weights have the registers.
 */
export function boundsOf(args: DepthwiseArgs): usize {
  if (args.activation == Activation.clip) return changetype<usize>(args) + offsetof<DepthwiseArgs>("alpha");
  return memory.data<f32>([-Infinity, Infinity]);
}
