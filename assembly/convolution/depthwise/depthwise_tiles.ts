// What all depthwise kernels share: their arguments, the walk over tiles of seven pixels, pixels one by one, and what
// happens to sums before they are stored.
import { activateRow } from "../../primitives/activate_row";
import { Activation, clip } from "../../primitives/activation";
import { madd } from "../../primitives/fused";
import { storeLanes } from "../../primitives/lanes";
import { firstUnit } from "../../runtime/share";


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
  inputImageStride: i32;
  inputPlaneStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  residualImageStride: i32;
  residualPlaneStride: i32;
  residualRowStride: i32;
  residualColumnStride: i32;
  outputImageStride: i32;
  outputPlaneStride: i32;
  outputRowStride: i32;
  outputColumnStride: i32;
  activation: i32;
  alpha: f32;
  beta: f32;
}

/** What one call computes: all whole blocks of four channels of TILE_COLUMNS neighbouring output pixels. */
type Tile = (args: DepthwiseArgs, input: usize, residual: usize, output: usize) => void;

/** Output pixels whose sums stay in registers together. Maps of networks, from 7x7 to 112x112, are multiples of it. */
const TILE_COLUMNS: i32 = 7;

/**
 * This thread's pixels, row by row, all channels of a tile before the next tile: that is nearly the order of addresses,
 * in which processors fetch ahead. What doesn't fill a tile or a vector is computed pixel by pixel.
 */
export function walkTiles(args: DepthwiseArgs, thread: i32, threads: i32, tile: Tile): void {
  assert(args.tapCount >= 0 && args.channels >= 0 && args.columns >= 0);
  const across = (args.columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const tiles = args.images * args.planes * args.rows * across;
  const wholeChannels = args.channels & ~3;
  let unit = firstUnit(tiles, thread, threads);
  const end = firstUnit(tiles, thread + 1, threads);
  while (unit < end) {
    const row = unit / across;
    const first = unit - row * across;
    const last = min(across, first + end - unit);
    const x = first * TILE_COLUMNS;
    const columns = min(last * TILE_COLUMNS, args.columns) - x;
    const y = row % args.rows;
    const plane = row / args.rows;
    const z = plane % args.planes;
    const image = plane / args.planes;
    let input = args.input + image * args.inputImageStride + z * args.inputPlaneStride;
    input += y * args.inputRowStride + x * args.inputColumnStride;
    let output = args.output + image * args.outputImageStride + z * args.outputPlaneStride;
    output += y * args.outputRowStride + x * args.outputColumnStride;
    let residual: usize = 0;
    if (args.residual) {
      residual = args.residual + image * args.residualImageStride + z * args.residualPlaneStride;
      residual += y * args.residualRowStride + x * args.residualColumnStride;
    }
    const start = output;
    let left = columns;
    for (; left >= TILE_COLUMNS; left -= TILE_COLUMNS) {
      tile(args, input, residual, output);
      if (wholeChannels < args.channels) computePixels(args, input, residual, output, TILE_COLUMNS, wholeChannels);
      input += TILE_COLUMNS * args.inputColumnStride;
      output += TILE_COLUMNS * args.outputColumnStride;
      if (residual) residual += TILE_COLUMNS * args.residualColumnStride;
    }
    computePixels(args, input, residual, output, left, 0);
    if (args.activation > Activation.clip) activatePixels(args, start, columns);
    unit += last - first;
  }
}

/** `columns` pixels, one after the other, their channels from `firstChannel` on, a multiple of four. */
function computePixels(
  args: DepthwiseArgs,
  input: usize,
  residual: usize,
  output: usize,
  columns: i32,
  firstChannel: i32,
): void {
  const endOfTaps = args.taps + ((<usize>args.tapCount) << 2);
  const firstWeights = args.weights + <usize>firstChannel * ((1 + args.tapCount) << 2);
  const bounds = boundsOf(args);
  for (; columns > 0; columns--) {
    let weights = firstWeights;
    for (let channel = firstChannel; channel < args.channels; channel += 4) {
      const offset = (<usize>channel) << 2;
      let sum = v128.load(weights);
      weights += 16;
      for (let tap = args.taps; tap < endOfTaps; tap += 4, weights += 16) {
        sum = madd(v128.load(input + offset + load<i32>(tap)), v128.load(weights), sum);
      }
      if (residual) sum = f32x4.add(sum, v128.load(residual + offset));
      sum = clip(sum, v128.load32_splat(bounds), v128.load32_splat(bounds, 4));
      storeLanes(output + offset, sum, args.channels - channel);
    }
    input += args.inputColumnStride;
    output += args.outputColumnStride;
    if (residual) residual += args.residualColumnStride;
  }
}

/** Applies the activation in place to a row's pixels; to all at once where they touch. */
function activatePixels(args: DepthwiseArgs, output: usize, columns: i32): void {
  const channels = args.channels;
  const pixels = args.outputColumnStride == channels << 2 ? columns : 1;
  for (; columns > 0; columns -= pixels, output += args.outputColumnStride) {
    activateRow(args.activation, output, 4, output, 4, channels * pixels, args.alpha, args.beta);
  }
}

/** Stores one block of a tile, the residual added and clipped. */
// @ts-ignore: decorator
@inline
export function storeTile(
  args: DepthwiseArgs,
  residual: usize,
  output: usize,
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  s4: v128,
  s5: v128,
  s6: v128,
): void {
  if (residual) {
    const step = args.residualColumnStride;
    s0 = f32x4.add(s0, v128.load(residual));
    residual += step;
    s1 = f32x4.add(s1, v128.load(residual));
    residual += step;
    s2 = f32x4.add(s2, v128.load(residual));
    residual += step;
    s3 = f32x4.add(s3, v128.load(residual));
    residual += step;
    s4 = f32x4.add(s4, v128.load(residual));
    residual += step;
    s5 = f32x4.add(s5, v128.load(residual));
    residual += step;
    s6 = f32x4.add(s6, v128.load(residual));
  }
  const bounds = boundsOf(args);
  const low = v128.load32_splat(bounds),
    high = v128.load32_splat(bounds, 4);
  const step = args.outputColumnStride;
  v128.store(output, clip(s0, low, high));
  output += step;
  v128.store(output, clip(s1, low, high));
  output += step;
  v128.store(output, clip(s2, low, high));
  output += step;
  v128.store(output, clip(s3, low, high));
  output += step;
  v128.store(output, clip(s4, low, high));
  output += step;
  v128.store(output, clip(s5, low, high));
  output += step;
  v128.store(output, clip(s6, low, high));
}

/** Address of the bounds that `clip` takes: the activation's, or infinite ones where it is another one. */
// @ts-ignore: decorator
@inline
function boundsOf(args: DepthwiseArgs): usize {
  if (args.activation == Activation.clip) return changetype<usize>(args) + offsetof<DepthwiseArgs>("alpha");
  return memory.data<f32>([-Infinity, Infinity]);
}
