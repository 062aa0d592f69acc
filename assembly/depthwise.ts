// Depthwise convolution of any kernel, stride and dilation, channel multiplier 1, over
// an input that already has its border; and the packing of its weights.
import { DepthwiseArgs, walkPatches } from "./depthwise_rows";
import { tapPatch } from "./depthwise_taps";
import { firstUnit } from "./share";

/**
 * output[pixel, c] = activation(bias[c] + sum over taps of input[pixel + taps[t], c] * weight[t, c]
 * + residual[pixel, c]), summed in the order of the taps. Reads up to 16 bytes behind a pixel's
 * channels, writes none of them.
 */
export function f32_depthwise(args: DepthwiseArgs, thread: i32, threads: i32): void {
  walkPatches(args, thread, threads, tapPatch);
}

@unmanaged
class PackDepthwiseArgs {
  source: usize;
  /** [channels]; 0 for zeros. */
  bias: usize;
  target: usize;
  channels: i32;
  taps: i32;
  /** Bytes in the source between neighbours on each axis. */
  channelStride: i32;
  tapStride: i32;
}

/** target = [ceil(channels / 4)][4 biases, then taps x 4 weights], zeros past the last channel. */
export function f32_pack_depthwise(args: PackDepthwiseArgs, thread: i32, threads: i32): void {
  assert(args.channels >= 0 && args.taps >= 0);
  const blocks = (args.channels + 3) >> 2;
  const blockBytes = <usize>(1 + args.taps) << 4;
  const end = firstUnit(blocks, thread + 1, threads);
  for (let block = firstUnit(blocks, thread, threads); block < end; block++) {
    for (let lane = 0; lane < 4; lane++) {
      const channel = (block << 2) + lane;
      const there = channel < args.channels;
      let to = args.target + <usize>block * blockBytes + (<usize>lane << 2);
      let from = args.source + channel * args.channelStride;
      store<f32>(to, there && args.bias ? load<f32>(args.bias + (<usize>channel << 2)) : 0);
      for (let tap = 0; tap < args.taps; tap++) {
        to += 16;
        store<f32>(to, there ? load<f32>(from) : 0);
        from += args.tapStride;
      }
    }
  }
}
