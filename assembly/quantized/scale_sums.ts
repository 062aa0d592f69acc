// scale_sums: 32-bit sums of an integer product become floats, with a bias and an activation, in one pass.
import { activateRow } from "../primitives/activate_row";
import { Activation, clip } from "../primitives/activation";
import { scatter } from "../primitives/gather";
import { elementCount, entry, rowOffset } from "../primitives/strides";
import { firstUnit } from "../runtime/share";


@unmanaged
class ScaleSumsArgs {
  /** Axes of the pixels: all but the channels, which lie next to each other. */
  rank: i32;
  extents: usize;
  /** i32 */
  sums: usize;
  sumsStrides: usize;
  output: usize;
  outputStrides: usize;
  /** f32[channels], or f32[1] with stride 0. */
  scale: usize;
  scaleStride: i32;
  /** The same; 0: none. */
  bias: usize;
  biasStride: i32;
  channels: i32;
  /** An Activation. */
  activation: i32;
  alpha: f32;
  beta: f32;
}

/**
 * output[p, c] = activation(sums[p, c] * scale[c] + bias[c]), rounded behind the product and behind the sum. Reads up to 12
 * bytes behind a pixel's channels, behind scale and behind bias, writes none of them.
 */
export function scale_sums(args: ScaleSumsArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0 && args.channels >= 0);
  const rank = args.rank;
  const pixels = elementCount(rank, args.extents);
  const columns = entry(args.extents, rank - 1, 1);
  const sumsColumn: isize = entry(args.sumsStrides, rank - 1, 0);
  const outputColumn: isize = entry(args.outputStrides, rank - 1, 0);
  const last = firstUnit(pixels, thread + 1, threads);
  for (let pixel = firstUnit(pixels, thread, threads); pixel < last;) {
    const row = pixel / columns;
    const column: isize = pixel - row * columns;
    let sums = args.sums + rowOffset(row, rank, args.extents, args.sumsStrides) + column * sumsColumn;
    let output = args.output + rowOffset(row, rank, args.extents, args.outputStrides) + column * outputColumn;
    for (const end = min(last, pixel - <i32>column + columns); pixel < end; pixel++) {
      channelRow(args, sums, output);
      sums += sumsColumn;
      output += outputColumn;
    }
  }
}

// @ts-ignore: decorator
@inline
function channelRow(args: ScaleSumsArgs, sums: usize, output: usize): void {
  const activation = args.activation;
  const clips = activation == Activation.clip;
  const low = f32x4.splat(clips ? args.alpha : -Infinity);
  const high = f32x4.splat(clips ? args.beta : Infinity);
  const isEach = args.scaleStride != 0;
  const isBiased = args.bias != 0;
  const hasBiasEach = args.biasStride != 0;
  let scale = v128.load32_splat(args.scale);
  let bias = isBiased ? v128.load32_splat(args.bias) : f32x4.splat(0);
  let at: usize = 0;
  for (let count = args.channels; count > 0; count -= 4, at += 16) {
    if (isEach) scale = v128.load(args.scale + at);
    if (hasBiasEach) bias = v128.load(args.bias + at);
    let value = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums + at)), scale);
    if (isBiased) value = f32x4.add(value, bias);
    value = clip(value, low, high);
    if (count >= 4) v128.store(output + at, value);
    else scatter(output + at, 4, value, count);
  }
  if (activation == Activation.none || clips) return;
  activateRow(activation, output, 4, output, 4, args.channels, args.alpha, args.beta);
}
