// Depthwise convolution of any kernel, stride and dilation, channel multiplier 1, over
// an input that already has its halo; and the packing of its weights.
import { DepthwiseArgs, storeTile, walkTiles } from "./depthwise_tiles";
import { madd } from "../../primitives/fused";
import { firstUnit } from "../../runtime/share";

/**
 * output[pixel, c] = activation(bias[c] + sum over taps of input[pixel + taps[t], c] * weight[t, c]
 * + residual[pixel, c]), summed in the order of the taps. Reads up to 16 bytes behind a pixel's
 * channels, writes none of them.
 */
export function f32_depthwise(args: DepthwiseArgs, thread: i32, threads: i32): void {
  walkTiles(args, thread, threads, tile);
}

function tile(args: DepthwiseArgs, input: usize, residual: usize, output: usize): void {
  const inputColumnStride = args.inputColumnStride;
  const endOfTaps = args.taps + ((<usize>args.tapCount) << 2);
  let weights = args.weights;
  for (let left = args.channels; left >= 4; left -= 4) {
    let s0 = v128.load(weights);
    let s1 = s0,
      s2 = s0,
      s3 = s0,
      s4 = s0,
      s5 = s0,
      s6 = s0;
    weights += 16;
    for (let tap = args.taps; tap < endOfTaps; tap += 4, weights += 16) {
      const w = v128.load(weights);
      let from = input + load<i32>(tap);
      s0 = madd(v128.load(from), w, s0);
      from += inputColumnStride;
      s1 = madd(v128.load(from), w, s1);
      from += inputColumnStride;
      s2 = madd(v128.load(from), w, s2);
      from += inputColumnStride;
      s3 = madd(v128.load(from), w, s3);
      from += inputColumnStride;
      s4 = madd(v128.load(from), w, s4);
      from += inputColumnStride;
      s5 = madd(v128.load(from), w, s5);
      from += inputColumnStride;
      s6 = madd(v128.load(from), w, s6);
    }
    storeTile(args, residual, output, s0, s1, s2, s3, s4, s5, s6);
    input += 16;
    output += 16;
    if (residual) residual += 16;
  }
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
  const blockBytes = (<usize>(1 + args.taps)) << 4;
  const end = firstUnit(blocks, thread + 1, threads);
  for (let block = firstUnit(blocks, thread, threads); block < end; block++) {
    for (let lane = 0; lane < 4; lane++) {
      const channel = (block << 2) + lane;
      const there = channel < args.channels;
      let to = args.target + <usize>block * blockBytes + ((<usize>lane) << 2);
      let from = args.source + channel * args.channelStride;
      store<f32>(to, there && args.bias ? load<f32>(args.bias + ((<usize>channel) << 2)) : 0);
      for (let tap = 0; tap < args.taps; tap++) {
        to += 16;
        store<f32>(to, there ? load<f32>(from) : 0);
        from += args.tapStride;
      }
    }
  }
}
