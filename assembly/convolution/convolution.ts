// Direct convolution and matrix product in one kernel: tiles of 4 or 6 output pixels x 8 filters over an
// input that already has its halo. No bounds tests, no copies; a product has one tap.
import { activateRow } from "../primitives/activate_row";
import { Activation } from "../primitives/activation";
import { ConvolutionArgs } from "./convolution_arguments";
import { convolveTiles, isLeftAlone, listsTiles, ROW_PIXELS } from "./convolution_tile";
import { addProducts, startSums, storePanel } from "../matmul/four_panels";
import { readAhead } from "../primitives/read_ahead";
import { firstUnit } from "../runtime/share";
import { convolutionScratch, PIXEL_BYTES, TILE_BYTES } from "./convolution_layout";
import { PANEL, TOGETHER } from "../matmul/panel_layout";

// Weights that are read ahead at once: the more, the faster memory gives them, but they stay in a core's own caches.
const AHEAD_BYTES: i32 = 64 << 10;

/**
 * output[pixel, group, filter] = activation(bias + sum over runs and k of input[pixel + taps[run] + k] * weight
 * + residual[pixel, group, filter]). Each sum is taken in the order of the weights, whatever the
 * tile and the thread. Reads up to 32 bytes behind a pixel's residual; writes only the filters given.
 */
export function f32_conv(args: ConvolutionArgs, thread: i32, threads: i32): void {
  assert(args.blockPixels > 0 && args.runs >= 0 && args.runLength >= 0);
  assert(args.scratchStride >= convolutionScratch(args.blockPixels));
  const groups = args.groups;
  const panels = (args.filters + PANEL - 1) / PANEL;
  const pixels = args.images * args.planes * args.rows * args.columns;
  if (pixels <= 0 || groups <= 0 || panels <= 0) return;

  const blockPixels = args.blockPixels;
  const blocks = (pixels + blockPixels - 1) / blockPixels;
  const panelBytes: usize = args.panelBytes;
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const table = scratch + TILE_BYTES;

  const blockUnits = groups * panels;
  let unit = firstUnit(blocks * blockUnits, thread, threads);
  const end = firstUnit(blocks * blockUnits, thread + 1, threads);
  while (unit < end) {
    const block = unit / blockUnits;
    const first = unit - block * blockUnits;
    const last = min(blockUnits, first + end - unit);
    const firstPixel = block * blockPixels;
    const count = min(blockPixels, pixels - firstPixel);
    const tableEnd = listPixels(args, scratch, firstPixel, count);
    const single = tableEnd - PIXEL_BYTES;
    const listed = <i32>((tableEnd - table) / PIXEL_BYTES);
    const rowTiles = (count - listed) / ROW_PIXELS;
    const leftAlone = isLeftAlone(args, listed);
    // Weights that a block goes through once come as fast as they are needed.
    let ahead = count > ROW_PIXELS ? first : blockUnits;
    for (let groupPanel = first; groupPanel < last;) {
      const group = groupPanel / panels;
      const panel = groupPanel - group * panels;
      const weights = args.weights + <usize>groupPanel * panelBytes;
      // Four panels share a last pixel that is left alone.
      const together = leftAlone && panel + TOGETHER <= panels && groupPanel + TOGETHER <= last;
      const next = together ? TOGETHER : 1;
      if (groupPanel + next > ahead) {
        const fetched = min(max(next, AHEAD_BYTES / args.panelBytes), last - groupPanel);
        readAhead(weights, <usize>fetched * panelBytes);
        ahead = groupPanel + fetched;
      }
      for (let i = 0; i < next; i++) {
        const w = weights + <usize>i * panelBytes;
        convolvePanel(args, w, group, panel + i, scratch, together ? single : tableEnd, rowTiles);
      }
      if (together) convolvePixel(args, weights, panelBytes, group, panel, scratch, single);
      groupPanel += next;
    }
    if (args.activation > Activation.clip) {
      const group = first / panels;
      if (last - first == panels && first == group * panels && isDense(args)) {
        const from = args.output + <usize>firstPixel * args.outputColumnStride + group * args.outputGroupStride;
        activateFloats(args, from, from + <usize>count * args.outputColumnStride);
      } else {
        activateBlock(args, scratch, tableEnd, rowTiles, panels, first, last);
      }
    }
    unit += last - first;
  }
}

/**
 * Lists `count` pixels from the flat index `first` on: the first pixels of tiles that lie in a row whole, from the end
 * of scratch downward, and behind TILE_BYTES all pixels that are in no such tile. Returns the end of the latter.
 */
function listPixels(args: ConvolutionArgs, scratch: usize, first: i32, count: i32): usize {
  let column = first % args.columns;
  let rest = first / args.columns;
  let row = rest % args.rows;
  rest /= args.rows;
  let plane = rest % args.planes;
  let image = rest / args.planes;
  let table = scratch + TILE_BYTES;
  let tiles = scratch + args.scratchStride;
  const byTile = listsTiles(args);
  const next = places(args.inputColumnStride, args.outputColumnStride, args.residualColumnStride);
  const nextTile = i32x4.mul(next, i32x4.splat(ROW_PIXELS));
  while (count > 0) {
    const input =
      args.input + image * args.inputImageStride + plane * args.inputPlaneStride + row * args.inputRowStride;
    const output =
      args.output + image * args.outputImageStride + plane * args.outputPlaneStride + row * args.outputRowStride;
    const residual =
      args.residual +
      image * args.residualImageStride +
      plane * args.residualPlaneStride +
      row * args.residualRowStride;
    let pixel = places(
      <i32>input + column * args.inputColumnStride,
      <i32>output + column * args.outputColumnStride,
      <i32>residual + column * args.residualColumnStride,
    );
    let inRow = min(count, args.columns - column);
    count -= inRow;
    if (byTile) {
      for (; inRow >= ROW_PIXELS; inRow -= ROW_PIXELS) {
        tiles -= PIXEL_BYTES;
        v128.store(tiles, pixel);
        pixel = i32x4.add(pixel, nextTile);
      }
    }
    for (; inRow > 0; inRow--, table += PIXEL_BYTES) {
      v128.store(table, pixel);
      pixel = i32x4.add(pixel, next);
    }
    column = 0;
    if (++row < args.rows) continue;
    row = 0;
    if (++plane < args.planes) continue;
    plane = 0;
    image++;
  }
  return table;
}

// @ts-ignore: decorator
@inline
function places(input: i32, output: i32, residual: i32): v128 {
  return i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(input), 1, output), 2, residual);
}

/** All pixels of the block through one panel of filters of one group. */
function convolvePanel(
  args: ConvolutionArgs,
  weights: usize,
  group: i32,
  panel: i32,
  scratch: usize,
  tableEnd: usize,
  rowTiles: i32,
): void {
  const input = group * args.inputGroupStride;
  const residual = group * args.residualGroupStride + (panel << 5);
  const output = group * args.outputGroupStride + (panel << 5);
  convolveTiles(args, weights, input, residual, output, args.filters - panel * PANEL, scratch, tableEnd, rowTiles);
}

/** One pixel through four panels of filters of one group. */
function convolvePixel(
  args: ConvolutionArgs,
  weights: usize,
  panelBytes: usize,
  group: i32,
  panel: i32,
  scratch: usize,
  pixel: usize,
): void {
  startSums(weights, panelBytes, scratch);
  weights += args.firstRun;
  const input = load<u32>(pixel) + group * args.inputGroupStride;
  const runLength = args.runLength;
  let tap = args.taps;
  for (const end = tap + ((<usize>args.runs) << 2); tap < end; tap += 4, weights += args.runBytes) {
    addProducts(input + load<i32>(tap), runLength, weights, panelBytes, scratch);
  }
  let residual: usize = 0;
  if (args.residual) residual = load<u32>(pixel, 8) + group * args.residualGroupStride + (panel << 5);
  let output: usize = load<u32>(pixel, 4) + group * args.outputGroupStride + (panel << 5);
  for (let i = 0; i < TOGETHER; i++, scratch += 32, output += 32) {
    storePanel(scratch, residual, output, args.filters - (panel + i) * PANEL, args.activation, args.alpha, args.beta);
    if (residual) residual += 32;
  }
}

/** Whether a group's pixels follow each other in the output, with no floats but the group's own between them. */
function isDense(args: ConvolutionArgs): bool {
  const row = args.columns * args.outputColumnStride;
  const plane = args.rows * row;
  return (
    args.outputColumnStride == args.filters << 2 &&
    (args.rows == 1 || args.outputRowStride == row) &&
    (args.planes == 1 || args.outputPlaneStride == plane) &&
    (args.images == 1 || args.outputImageStride == args.planes * plane)
  );
}

/** Activates what the panels from `first` to before `last`, counted through all groups, wrote to the listed pixels. */
function activateBlock(
  args: ConvolutionArgs,
  scratch: usize,
  tableEnd: usize,
  rowTiles: i32,
  panels: i32,
  first: i32,
  last: i32,
): void {
  const table = scratch + TILE_BYTES;
  while (first < last) {
    const group = first / panels;
    const panel = first - group * panels;
    const count = min(panels - panel, last - first);
    const filters = min(args.filters - panel * PANEL, count * PANEL);
    const output = group * args.outputGroupStride + (panel << 5);
    activatePixels(
      args,
      scratch + args.scratchStride - PIXEL_BYTES,
      -(<i32>PIXEL_BYTES),
      rowTiles,
      ROW_PIXELS,
      output,
      filters,
    );
    activatePixels(args, table, <i32>PIXEL_BYTES, <i32>((tableEnd - table) / PIXEL_BYTES), 1, output, filters);
    first += count;
  }
}

/**
 * Activates `filters` floats of `pixels` pixels from each of `count` listed ones on, neighbours without a gap between
 * them at once. `step` is bytes from one entry of the list to the next.
 */
function activatePixels(
  args: ConvolutionArgs,
  entry: usize,
  step: i32,
  count: i32,
  pixels: i32,
  output: i32,
  filters: i32,
): void {
  let from: usize = 0,
    end: usize = 0;
  for (; count > 0; count--, entry += step) {
    let pixel: usize = load<u32>(entry, 4) + output;
    for (let i = 0; i < pixels; i++, pixel += args.outputColumnStride) {
      if (pixel != end) {
        activateFloats(args, from, end);
        from = pixel;
        end = pixel;
      }
      end += filters << 2;
    }
  }
  activateFloats(args, from, end);
}

function activateFloats(args: ConvolutionArgs, from: usize, end: usize): void {
  activateRow(args.activation, from, 4, from, 4, (<i32>(end - from)) >> 2, args.alpha, args.beta);
}
