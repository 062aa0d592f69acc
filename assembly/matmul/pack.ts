// Packs filters into panels of eight, once, at load: the layout that f32_conv and f32_gemv walk.
import { storeTransposed } from "../primitives/lanes";
import { firstUnit } from "../runtime/share";
import { PANEL, PANEL_ROW } from "./panel_layout";


@unmanaged
class PackPanelsArgs {
  source: usize;
  /** [groups][filters]; 0 for zeros. */
  bias: usize;
  target: usize;
  groups: i32;
  /** Filters of one group. */
  filters: i32;
  taps: i32;
  channels: i32;
  /** Bytes in the source between neighbours on each axis. */
  groupStride: i32;
  filterStride: i32;
  tapStride: i32;
  channelStride: i32;
}

// A panel: [8 biases][tap][channel][8 filters], lanes past the last filter are zero.
// Channels that pass through all taps before the next ones, so that a source line is used while it is near.
const CHANNELS_AT_ONCE: i32 = 8;

/** target = [groups][ceil(filters / 8)][8 biases, then taps x channels x 8 filters]. */
export function f32_pack_panels(args: PackPanelsArgs, thread: i32, threads: i32): void {
  assert(args.groups >= 0 && args.filters >= 0 && args.taps >= 0 && args.channels >= 0);
  const panels = (args.filters + PANEL - 1) / PANEL;
  const panelBytes = <usize>(1 + args.taps * args.channels) * PANEL_ROW;
  // Four neighbouring taps of each of four filters are four rows' halves.
  const byTaps = (args.tapStride == 4 || args.tapStride == -4) && args.filterStride != 4;
  let unit = firstUnit(args.groups * panels, thread, threads);
  const end = firstUnit(args.groups * panels, thread + 1, threads);
  while (unit < end) {
    const group = unit / panels;
    const panel = unit % panels;
    // Neighbouring filters share the source's lines: take all panels of a few channels together.
    const together = args.filterStride == 4 ? min(end - unit, panels - panel) : 1;
    const source = args.source + group * args.groupStride + panel * PANEL * args.filterStride;
    const target = args.target + <usize>unit * panelBytes;
    for (let i = 0; i < together; i++) {
      packBias(args, group * args.filters, (panel + i) * PANEL, target + <usize>i * panelBytes);
    }
    for (let channel = 0; channel < args.channels; channel += CHANNELS_AT_ONCE) {
      const channels = min(CHANNELS_AT_ONCE, args.channels - channel);
      let tap = 0;
      if (byTaps && args.filters - panel * PANEL >= PANEL) {
        for (; tap + 4 <= args.taps; tap += 4) packTaps(args, source, target, tap, channel, channels);
      }
      for (; tap < args.taps; tap++) {
        let from = source + tap * args.tapStride + channel * args.channelStride;
        let to = target + <usize>(1 + tap * args.channels + channel) * PANEL_ROW;
        for (let i = 0; i < together; i++) {
          packRows(args, from, to, channels, args.filters - (panel + i) * PANEL);
          from += PANEL * args.filterStride;
          to += panelBytes;
        }
      }
    }
    unit += together;
  }
}

function packBias(args: PackPanelsArgs, first: i32, filter: i32, target: usize): void {
  for (let lane = 0; lane < PANEL; lane++) {
    const given = args.bias != 0 && filter + lane < args.filters;
    store<f32>(
      target + ((<usize>lane) << 2),
      given ? load<f32>(args.bias + ((<usize>(first + filter + lane)) << 2)) : 0,
    );
  }
}

/** Rows of four taps from `tap` on, for `channels` channels from `channel` on, of a whole panel. */
function packTaps(args: PackPanelsArgs, source: usize, panel: usize, tap: i32, channel: i32, channels: i32): void {
  const turned = args.tapStride < 0 ? 3 : 0;
  // The tap that comes first in memory, and from its row to the next one's.
  const step = <usize>(turned ? -args.channels : args.channels) * PANEL_ROW;
  const from = source + (tap + turned) * args.tapStride + channel * args.channelStride;
  const to = panel + <usize>(1 + (tap + turned) * args.channels + channel) * PANEL_ROW;
  transpose(from, args.filterStride, args.channelStride, to, step, PANEL_ROW, channels);
}

/** `channels` rows of a panel of which `filters` lanes are there. */
function packRows(args: PackPanelsArgs, from: usize, to: usize, channels: i32, filters: i32): void {
  const filterStride = args.filterStride;
  const channelStride = args.channelStride;
  const end = to + <usize>channels * PANEL_ROW;
  if (filters < PANEL) {
    for (; to < end; to += PANEL_ROW, from += channelStride) {
      for (let lane = 0; lane < PANEL; lane++) {
        store<f32>(to + ((<usize>lane) << 2), lane < filters ? load<f32>(from + lane * filterStride) : 0);
      }
    }
    return;
  }
  if (filterStride == 4) {
    for (; to < end; to += PANEL_ROW, from += channelStride) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
    return;
  }
  if (channelStride == 4) {
    const fours = channels >> 2;
    transpose(from, filterStride, 16, to, PANEL_ROW, 4 * PANEL_ROW, fours);
    from += (<usize>fours) << 4;
    to += <usize>fours * (4 * PANEL_ROW);
  }
  const stride4 = 4 * filterStride;
  for (; to < end; to += PANEL_ROW, from += channelStride) {
    const from1 = from + filterStride;
    const from2 = from1 + filterStride;
    const from3 = from2 + filterStride;
    store<f32>(to, load<f32>(from));
    store<f32>(to, load<f32>(from1), 4);
    store<f32>(to, load<f32>(from2), 8);
    store<f32>(to, load<f32>(from3), 12);
    store<f32>(to, load<f32>(from + stride4), 16);
    store<f32>(to, load<f32>(from1 + stride4), 20);
    store<f32>(to, load<f32>(from2 + stride4), 24);
    store<f32>(to, load<f32>(from3 + stride4), 28);
  }
}

/**
 * Four floats from each of eight filters to four rows of the panel, `row` bytes apart; `count` times, with steps
 * between.
 */
function transpose(
  from: usize,
  filterStride: i32,
  fromStep: usize,
  to: usize,
  row: usize,
  toStep: usize,
  count: i32,
): void {
  for (; count > 0; count--, from += fromStep, to += toStep) {
    for (let half = 0, filter = from; half < 32; half += 16, filter += 4 * filterStride) {
      const a = v128.load(filter);
      const b = v128.load(filter + filterStride);
      const c = v128.load(filter + 2 * filterStride);
      const d = v128.load(filter + 3 * filterStride);
      storeTransposed(to + half, row, a, b, c, d);
    }
  }
}
