// Packs 8-bit filters in panels of eight, as integer_layout.ts lays them out.
import { PANEL } from "../matmul/panel_layout";
import { firstUnit } from "../runtime/share";
import { integerPanelBytes, PANEL_HEAD } from "./integer_layout";
import { byteAt } from "./requantize";


@unmanaged
class IntegerPanelsArgs {
  /** Filters, i8 or u8. */
  source: usize;
  /** ElementType of the source. */
  type: i32;
  /** Of the source's type, for each filter; 0: none. */
  zero: usize;
  zeroGroup: i32;
  zeroStride: i32;
  /** i32[groups * filters]; 0: none. */
  bias: usize;
  /** Panels: for each group, for each eight filters. */
  target: usize;
  /** 2: pairs of 16 bits; 1: quads of bytes, where all weights less their zero are of 8 bits. */
  elementBytes: i32;
  groups: i32;
  filters: i32;
  taps: i32;
  channels: i32;
  groupStride: i32;
  filterStride: i32;
  tapStride: i32;
  channelStride: i32;
}

/** Packs filters in panels of eight, elements that are multiplied and added at once next to each other. */
export function pack_integer_panels(args: IntegerPanelsArgs, thread: i32, threads: i32): void {
  assert(args.elementBytes == 1 || args.elementBytes == 2);
  const bytes = integerPanelBytes(args.taps * args.channels, args.elementBytes);
  const panels = (args.filters + PANEL - 1) / PANEL;
  const last = firstUnit(args.groups * panels, thread + 1, threads);
  for (let unit = firstUnit(args.groups * panels, thread, threads); unit < last; unit++) {
    const group = unit / panels;
    const firstFilter = (unit - group * panels) * PANEL;
    const target = args.target + <usize>unit * bytes;
    memory.fill(target, 0, bytes);
    for (let lane = 0; lane < min(PANEL, args.filters - firstFilter); lane++) {
      packFilter(args, group, firstFilter + lane, target, lane);
    }
  }
}

function packFilter(args: IntegerPanelsArgs, group: i32, filter: i32, target: usize, lane: i32): void {
  const type = args.type;
  const taken = args.zero ? byteAt(type, args.zero + group * args.zeroGroup + filter * args.zeroStride) : 0;
  const bias = args.bias ? load<i32>(args.bias + ((<usize>(group * args.filters + filter)) << 2)) : 0;
  const isPair = args.elementBytes == 2;
  const channels = args.channels;
  const channelStride = args.channelStride;
  let source = args.source + <usize>group * args.groupStride + <usize>filter * args.filterStride;
  let k = 0;
  let sum = 0;
  let size: i64 = abs(bias);
  for (let tap = 0; tap < args.taps; tap++, source += args.tapStride) {
    let from = source;
    for (let channel = 0; channel < channels; channel++, from += channelStride, k++) {
      const weight = byteAt(type, from) - taken;
      if (isPair) store<i16>(target + ((k >> 1) << 5) + (lane << 2) + ((k & 1) << 1), <i16>weight, PANEL_HEAD);
      else store<i8>(target + ((k >> 2) << 5) + (lane << 2) + (k & 3), <i8>weight, PANEL_HEAD);
      sum += weight;
      size += 255 * abs(weight);
    }
  }
  target += lane << 2;
  store<i32>(target, bias);
  store<i32>(target, sum, 32);
  // Not below the bound, however it is rounded.
  store<f32>(target, <f32>size * 1.0000002, 64);
}
