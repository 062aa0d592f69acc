// f32_scale_shift: what is left of a batch normalisation, a factor and an offset for each channel, in one pass.
import { activateRow } from "../primitives/activate_row";
import { Activation, clip } from "../primitives/activation";
import { madd } from "../primitives/fused";
import { scatter } from "../primitives/gather";
import { firstUnit } from "../runtime/share";
import { elementCount, entry, rowOffset } from "../primitives/strides";


@unmanaged
class ScaleShiftArgs {
  /** Axes of the pixels: all but the channels, which lie next to each other. */
  rank: i32;
  extents: usize;
  input: usize;
  inputStrides: usize;
  output: usize;
  outputStrides: usize;
  /** [channels] */
  scale: usize;
  /** [channels] */
  shift: usize;
  channels: i32;
  /** An Activation. */
  activation: i32;
  alpha: f32;
  beta: f32;
}

/**
 * output[p, c] = activation(input[p, c] * scale[c] + shift[c]). Reads up to 12 bytes behind a pixel's channels and
 * behind scale and shift, writes none of them.
 */
export function f32_scale_shift(args: ScaleShiftArgs, thread: i32, threads: i32): void {
  assert(args.rank >= 0 && args.channels >= 0);
  const rank = args.rank;
  const pixels = elementCount(rank, args.extents);
  const columns = entry(args.extents, rank - 1, 1);
  const inputColumn: isize = entry(args.inputStrides, rank - 1, 0);
  const outputColumn: isize = entry(args.outputStrides, rank - 1, 0);
  const last = firstUnit(pixels, thread + 1, threads);
  for (let pixel = firstUnit(pixels, thread, threads); pixel < last;) {
    const row = pixel / columns;
    const column: isize = pixel - row * columns;
    let count = min(columns - <i32>column, last - pixel);
    let input = args.input + rowOffset(row, rank, args.extents, args.inputStrides) + column * inputColumn;
    let output = args.output + rowOffset(row, rank, args.extents, args.outputStrides) + column * outputColumn;
    pixel += count;
    for (; count > 1; count -= 2) {
      channelRow(args, input, output, inputColumn, outputColumn, true);
      input += 2 * inputColumn;
      output += 2 * outputColumn;
    }
    if (count > 0) channelRow(args, input, output, 0, 0, false);
  }
}

/** All channels of one pixel, or of it and its neighbour. */
// @ts-ignore: decorator
@inline
function channelRow(
  args: ScaleShiftArgs,
  input: usize,
  output: usize,
  inputColumn: isize,
  outputColumn: isize,
  isPair: bool,
): void {
  const activation = args.activation;
  const clips = activation == Activation.clip;
  const low = f32x4.splat(clips ? args.alpha : -Infinity);
  const high = f32x4.splat(clips ? args.beta : Infinity);
  const bytes = (<usize>args.channels) << 2;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const scale = v128.load(args.scale + at);
    const shift = v128.load(args.shift + at);
    v128.store(output + at, clip(madd(v128.load(input + at), scale, shift), low, high));
    if (!isPair) continue;
    v128.store(output + outputColumn + at, clip(madd(v128.load(input + inputColumn + at), scale, shift), low, high));
  }
  if (at < bytes) {
    const left = (<i32>(bytes - at)) >> 2;
    const scale = v128.load(args.scale + at);
    const shift = v128.load(args.shift + at);
    scatter(output + at, 4, clip(madd(v128.load(input + at), scale, shift), low, high), left);
    if (isPair) {
      const next = madd(v128.load(input + inputColumn + at), scale, shift);
      scatter(output + outputColumn + at, 4, clip(next, low, high), left);
    }
  }
  if (activation == Activation.none || clips) return;
  activateRow(activation, output, 4, output, 4, args.channels, args.alpha, args.beta);
  if (!isPair) return;
  activateRow(activation, output + outputColumn, 4, output + outputColumn, 4, args.channels, args.alpha, args.beta);
}
