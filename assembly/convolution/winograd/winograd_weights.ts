// Filters to the panels that f32_winograd_4x4 and f32_winograd_2x2 multiply with, once, at load: cut into parts of 3x3
// taps, a window's stride apart, with zeros where the filter has none.
import { firstUnit } from "../../runtime/share";
import { WinogradFilters } from "./winograd_arguments";
import { transformWeights } from "./winograd_transform";
import { GAP_BYTES } from "./winograd_layout";
import { PANEL, PANEL_ROW } from "../../matmul/panel_layout";


@unmanaged
class WinogradWeightsArgs extends WinogradFilters {
  target: usize;
}

/** target = chunks of ceil(filters / 8) panels of [8 biases] and [36 positions][parts][channels][8 filters]. */
export function f32_winograd_weights_4x4(args: WinogradWeightsArgs, thread: i32, threads: i32): void {
  transformPanels(args, thread, threads, 4);
}

/** target = chunks of ceil(filters / 8) panels of [8 biases] and [16 positions][parts][channels][8 filters]. */
export function f32_winograd_weights_2x2(args: WinogradWeightsArgs, thread: i32, threads: i32): void {
  transformPanels(args, thread, threads, 2);
}

function transformPanels(args: WinogradWeightsArgs, thread: i32, threads: i32, tile: i32): void {
  const panels = (args.filters + PANEL - 1) / PANEL;
  const last = firstUnit(panels, thread + 1, threads);
  for (let panel = firstUnit(panels, thread, threads); panel < last; panel++) transformPanel(args, panel, tile);
}

function transformPanel(args: WinogradWeightsArgs, panel: i32, tile: i32): void {
  const size: usize = tile + 2;
  const panels = (args.filters + PANEL - 1) / PANEL;
  const chunkFirst = panel - (panel % args.chunkPanels);
  const chunkCount = <usize>min(args.chunkPanels, panels - chunkFirst);
  const panelBytes = <usize>(args.channels * args.partCount) * PANEL_ROW;
  const positionBytes = chunkCount * panelBytes + GAP_BYTES;
  const inChunk = <usize>(panel - chunkFirst);
  const before = <usize>(chunkFirst / args.chunkPanels) * size * size * GAP_BYTES;
  const chunk = args.target + <usize>chunkFirst * (PANEL_ROW + size * size * panelBytes) + before;
  const to = chunk + chunkCount * PANEL_ROW + inChunk * panelBytes;
  if (tile == 4) transformFilters4(args, panel, chunk + inChunk * PANEL_ROW, to, positionBytes);
  else transformFilters2(args, panel, chunk + inChunk * PANEL_ROW, to, positionBytes);
}

/** Reads up to 4 bytes behind a filter's taps. */
export function transformFilters4(
  args: WinogradFilters,
  panel: i32,
  biases: usize,
  to: usize,
  positionBytes: usize,
): void {
  transformFilters(args, panel, biases, to, positionBytes, 4);
}

export function transformFilters2(
  args: WinogradFilters,
  panel: i32,
  biases: usize,
  to: usize,
  positionBytes: usize,
): void {
  transformFilters(args, panel, biases, to, positionBytes, 2);
}

/** A panel's biases, and its weights at positions that are `positionBytes` apart. */
// @ts-ignore: decorator
@inline
function transformFilters(
  args: WinogradFilters,
  panel: i32,
  biases: usize,
  to: usize,
  positionBytes: usize,
  tile: i32,
): void {
  const size: usize = tile + 2;
  const filter = panel * PANEL;
  for (let lane = 0; lane < PANEL; lane++) {
    const given = args.bias != 0 && filter + lane < args.filters;
    store<f32>(biases + ((<usize>lane) << 2), given ? load<f32>(args.bias + ((<usize>(filter + lane)) << 2)) : 0);
  }
  const filterStride = args.filterStride;
  const tapStride = args.tapStride;
  const source = args.source + filter * filterStride;
  // Taps of a row that lie next to each other are loaded together, from the first in memory on.
  const plain =
    args.partCount == 1 &&
    args.kernelRows == 3 &&
    args.kernelColumns == 3 &&
    (args.strideRows | args.strideColumns) == 1 &&
    (tapStride == 4 || tapStride == -4);
  const turned = tapStride < 0 ? -8 : 0;
  for (let part = args.parts, last = part + ((<usize>args.partCount) << 4); part < last; part += 16) {
    const startRow = load<i32>(part);
    const startColumn = load<i32>(part, 4);
    const firstRow = load<i32>(part, 8);
    const firstColumn = load<i32>(part, 12);
    for (let channel = 0; channel < args.channels; channel++) {
      for (let half = 0; half < PANEL; half += 4, to += 16) {
        const lanes = args.filters - filter - half;
        const from = source + half * filterStride + channel * args.channelStride;
        // Rows of the part first, into the places of their first three positions; then columns, in place.
        const rowBytes = size * positionBytes;
        for (let i = 0; i < 3; i++) {
          if (plain && lanes >= 4) {
            const w = from + 3 * i * tapStride + turned;
            const a = v128.load(w);
            const b = v128.load(w + filterStride);
            const c = v128.load(w + 2 * filterStride);
            const d = v128.load(w + 3 * filterStride);
            const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
            const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
            const first = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
            const w1 = v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
            const third = v128.shuffle<f32>(
              v128.shuffle<f32>(a, b, 2, 6, 2, 6),
              v128.shuffle<f32>(c, d, 2, 6, 2, 6),
              0,
              1,
              4,
              5,
            );
            const w0 = turned ? third : first;
            transformTo(w0, w1, turned ? first : third, to + <usize>i * rowBytes, positionBytes, tile);
            continue;
          }
          const row = startRow + i * args.strideRows;
          const there = row >= firstRow && row < args.kernelRows ? lanes : 0;
          const w = from + row * args.kernelColumns * tapStride;
          const w0 = tap(args, w, startColumn, startColumn < firstColumn ? 0 : there);
          const w1 = tap(args, w, startColumn + args.strideColumns, there);
          const w2 = tap(args, w, startColumn + 2 * args.strideColumns, there);
          transformTo(w0, w1, w2, to + <usize>i * rowBytes, positionBytes, tile);
        }
        for (let column = to; column < to + rowBytes; column += positionBytes) {
          const w0 = v128.load(column);
          const w1 = v128.load(column + rowBytes);
          const w2 = v128.load(column + 2 * rowBytes);
          transformTo(w0, w1, w2, column, rowBytes, tile);
        }
      }
    }
  }
}

/** The tap at `column` of a row of up to four filters, zeros where fewer or none are there. */
// @ts-ignore: decorator
@inline
function tap(args: WinogradFilters, row: usize, column: i32, lanes: i32): v128 {
  return fourFilters(row + column * args.tapStride, args.filterStride, column < args.kernelColumns ? lanes : 0);
}

// @ts-ignore: decorator
@inline
function transformTo(w0: v128, w1: v128, w2: v128, to: usize, toStride: usize, tile: i32): void {
  if (tile == 4) transformWeights(w0, w1, w2, to, toStride, 4);
  else transformWeights(w0, w1, w2, to, toStride, 2);
}

/** One float from each of four filters, zeros where fewer are there. */
// @ts-ignore: decorator
@inline
function fourFilters(from: usize, stride: i32, lanes: i32): v128 {
  if (lanes <= 0) return f32x4.splat(0);
  let v = v128.load32_zero(from);
  if (lanes > 1) v = v128.load32_lane(from + stride, v, 1);
  if (lanes > 2) v = v128.load32_lane(from + 2 * stride, v, 2);
  if (lanes > 3) v = v128.load32_lane(from + 3 * stride, v, 3);
  return v;
}
