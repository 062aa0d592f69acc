// Direct convolution and matrix product in one kernel: tiles of 4 or 6 output pixels x 8 filters over an
// input that already has its border. No bounds tests, no copies; a product has one tap.
import { activateRow } from "./activate_row";
import { Activation } from "./activation";
import { ConvolutionArgs, PANEL, PIXEL_BYTES, TILE_BYTES } from "./convolution_arguments";
import { convolveTiles, isLeftAlone } from "./convolution_tile";
import { addProducts, startSums, storePanel, TOGETHER } from "./four_panels";
import { firstUnit } from "./share";

/**
 * output[pixel, group, filter] = activation(bias + sum over runs and k of input[pixel + taps[run] + k] * weight
 * + residual[pixel, group, filter]). Each sum is taken in the order of the weights, whatever the
 * tile and the thread. Reads up to 32 bytes behind a pixel's residual; writes only the filters given.
 */
export function f32_conv(args: ConvolutionArgs, thread: i32, threads: i32): void {
  assert(args.blockPixels > 0 && args.runs >= 0 && args.runLength >= 0);
  assert(args.scratchStride >= <i32>TILE_BYTES + args.blockPixels * <i32>PIXEL_BYTES);
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
    const tableEnd = listPixels(args, table, firstPixel, min(blockPixels, pixels - firstPixel));
    const single = tableEnd - PIXEL_BYTES;
    const leftAlone = isLeftAlone(args, <i32>((tableEnd - table) / PIXEL_BYTES));
    for (let groupPanel = first; groupPanel < last; ) {
      const group = groupPanel / panels;
      const panel = groupPanel - group * panels;
      const weights = args.weights + <usize>groupPanel * panelBytes;
      // Four panels share a last pixel that is left alone.
      const together = leftAlone && panel + TOGETHER <= panels && groupPanel + TOGETHER <= last;
      const count = together ? TOGETHER : 1;
      for (let i = 0; i < count; i++) {
        convolvePanel(args, weights + <usize>i * panelBytes, group, panel + i, scratch, together ? single : tableEnd);
      }
      if (together) convolvePixel(args, weights, panelBytes, group, panel, scratch, single);
      groupPanel += count;
    }
    if (args.activation > Activation.clip) activateBlock(args, table, tableEnd, panels, first, last);
    unit += last - first;
  }
}

/** Writes the addresses of `count` pixels from the flat index `first` on; returns the table's end. */
function listPixels(args: ConvolutionArgs, table: usize, first: i32, count: i32): usize {
  let column = first % args.columns;
  let rest = first / args.columns;
  let row = rest % args.rows;
  rest /= args.rows;
  let plane = rest % args.planes;
  let image = rest / args.planes;
  const end = table + <usize>count * PIXEL_BYTES;
  const next = places(args.inputColumn, args.outputColumn, args.residualColumn);
  while (table < end) {
    const input = args.input + image * args.inputImage + plane * args.inputPlane + row * args.inputRow;
    const output = args.output + image * args.outputImage + plane * args.outputPlane + row * args.outputRow;
    const residual = args.residual + image * args.residualImage + plane * args.residualPlane + row * args.residualRow;
    let pixel = places(
      <i32>input + column * args.inputColumn,
      <i32>output + column * args.outputColumn,
      <i32>residual + column * args.residualColumn,
    );
    const rowEnd = min(end, table + <usize>(args.columns - column) * PIXEL_BYTES);
    for (; table < rowEnd; table += PIXEL_BYTES) {
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
  return end;
}

// @ts-ignore: decorator
@inline
function places(input: i32, output: i32, residual: i32): v128 {
  return i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(input), 1, output), 2, residual);
}

/** All pixels of the block through one panel of filters of one group. */
function convolvePanel(
  args: ConvolutionArgs, weights: usize, group: i32, panel: i32, scratch: usize, tableEnd: usize,
): void {
  const input = group * args.inputGroup;
  const residual = group * args.residualGroup + (panel << 5);
  const output = group * args.outputGroup + (panel << 5);
  convolveTiles(args, weights, input, residual, output, args.filters - panel * PANEL, scratch, tableEnd);
}

/** One pixel through four panels of filters of one group. */
function convolvePixel(
  args: ConvolutionArgs, weights: usize, panelBytes: usize, group: i32, panel: i32, scratch: usize, pixel: usize,
): void {
  startSums(weights, panelBytes, scratch);
  weights += args.firstRun;
  const input = load<u32>(pixel) + group * args.inputGroup;
  const runLength = args.runLength;
  let tap = args.taps;
  for (const end = tap + (<usize>args.runs << 2); tap < end; tap += 4, weights += args.runBytes) {
    addProducts(input + load<i32>(tap), runLength, weights, panelBytes, scratch);
  }
  let residual: usize = 0;
  if (args.residual) residual = load<u32>(pixel, 8) + group * args.residualGroup + (panel << 5);
  let output: usize = load<u32>(pixel, 4) + group * args.outputGroup + (panel << 5);
  for (let i = 0; i < TOGETHER; i++, scratch += 32, output += 32) {
    storePanel(scratch, residual, output, args.filters - (panel + i) * PANEL, args.activation, args.alpha, args.beta);
    if (residual) residual += 32;
  }
}

/** Activates what the panels from `first` to before `last`, counted through all groups, wrote to the listed pixels. */
function activateBlock(
  args: ConvolutionArgs, table: usize, tableEnd: usize, panels: i32, first: i32, last: i32,
): void {
  while (first < last) {
    const group = first / panels;
    const panel = first - group * panels;
    const count = min(panels - panel, last - first);
    const filters = min(args.filters - panel * PANEL, count * PANEL);
    activatePixels(args, table, tableEnd, group * args.outputGroup + (panel << 5), filters);
    first += count;
  }
}

/** Activates `filters` floats of each listed pixel, neighbours without a gap between them at once. */
function activatePixels(args: ConvolutionArgs, table: usize, tableEnd: usize, output: i32, filters: i32): void {
  while (table < tableEnd) {
    const from = load<u32>(table, 4);
    let end = from;
    for (; table < tableEnd && load<u32>(table, 4) == end; table += PIXEL_BYTES) end += filters << 2;
    activateRow(args.activation, from + output, 4, from + output, 4, (end - from) >> 2, args.alpha, args.beta);
  }
}
