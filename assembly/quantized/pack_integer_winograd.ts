// 8-bit filters of 3x3 taps at the points of Winograd, in panels of eight, as integer_layout.ts lays them out.
import { PANEL } from "../matmul/panel_layout";
import { firstUnit } from "../runtime/share";
import { integerRowBytes, integerWinogradPanelBytes, PANEL_HEAD } from "./integer_layout";
import { byteAt } from "./requantize";


@unmanaged
class IntegerWinogradWeightsArgs {
  /** [groups * filters, channels, 3, 3] of i8 or u8. */
  source: usize;
  /** ElementType of the source. */
  type: i32;
  /** Of the source's type, for each filter; 0: none. */
  zero: usize;
  zeroStride: i32;
  /** i32[groups * filters]; 0: none. */
  bias: usize;
  /** Panels: for each group, for each eight filters. */
  target: usize;
  groups: i32;
  filters: i32;
  channels: i32;
  /** 4 or 2. */
  tile: i32;
}

/** Weights at the points: with tiles of 4x4 at most 49 times as large, with those of 2x2 at most 9 times. */
export function pack_integer_winograd(args: IntegerWinogradWeightsArgs, thread: i32, threads: i32): void {
  assert(args.tile == 4 || args.tile == 2);
  const bytes = <usize>integerWinogradPanelBytes(args.tile, args.channels);
  const panels = (args.filters + PANEL - 1) / PANEL;
  const last = firstUnit(args.groups * panels, thread + 1, threads);
  for (let unit = firstUnit(args.groups * panels, thread, threads); unit < last; unit++) {
    const group = unit / panels;
    const first = (unit - group * panels) * PANEL;
    const target = args.target + <usize>unit * bytes;
    memory.fill(target, 0, bytes);
    for (let lane = 0; lane < min(PANEL, args.filters - first); lane++) {
      packFilter(args, group * args.filters + first + lane, target + (lane << 2));
    }
  }
}

function packFilter(args: IntegerWinogradWeightsArgs, filter: i32, target: usize): void {
  const channels = args.channels;
  const type = args.type;
  const taken = args.zero ? byteAt(type, args.zero + filter * args.zeroStride) : 0;
  const bias = args.bias ? load<i32>(args.bias + ((<usize>filter) << 2)) : 0;
  const size = args.tile + 2;
  const positionBytes = <usize>integerRowBytes(channels, 2) * PANEL;
  let source = args.source + <usize>filter * channels * 9;
  let total = 0;
  let bound: i64 = abs(bias);
  for (let channel = 0; channel < channels; channel++, source += 9) {
    for (let tap: usize = 0; tap < 9; tap++) {
      const weight = byteAt(type, source + tap) - taken;
      total += weight;
      bound += 255 * abs(weight);
    }
    let to = target + PANEL_HEAD + ((channel >> 1) << 5) + ((channel & 1) << 1);
    for (let row = 0; row < size; row++) {
      const a = along(args, row, type, source, taken, 3);
      const b = along(args, row, type, source + 1, taken, 3);
      const c = along(args, row, type, source + 2, taken, 3);
      for (let column = 0; column < size; column++, to += positionBytes) {
        store<i16>(to, <i16>atPoint(args.tile, column, a, b, c));
      }
    }
  }
  store<i32>(target, bias);
  store<i32>(target, total, 32);
  // Not below the bound, however it is rounded.
  store<f32>(target, <f32>bound * 1.0000002, 64);
}

/** Three taps `stride` bytes apart, less `taken`, at a point. */
// @ts-ignore: decorator
@inline
function along(args: IntegerWinogradWeightsArgs, point: i32, type: i32, taps: usize, taken: i32, stride: usize): i32 {
  const a = byteAt(type, taps) - taken;
  const b = byteAt(type, taps + stride) - taken;
  const c = byteAt(type, taps + 2 * stride) - taken;
  return atPoint(args.tile, point, a, b, c);
}

/** Three taps at point number `point` of 0, 1, -1, 2, -2, infinity, or 0, 1, -1, infinity: as many times as makes it whole. */
function atPoint(tile: i32, point: i32, a: i32, b: i32, c: i32): i32 {
  // At 0 and infinity what the products would be multiplied with afterwards.
  const ends = tile == 4 ? 6 : 2;
  if (point == 0) return ends * a;
  if (point == tile + 1) return ends * c;
  if (point == 1) return tile == 4 ? -(a + b + c) : a + b + c;
  if (point == 2) return tile == 4 ? b - a - c : a - b + c;
  return point == 3 ? a + 2 * b + 4 * c : a - 2 * b + 4 * c;
}
