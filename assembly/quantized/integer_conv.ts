// Convolutions and matrix products of 8-bit integers, exact in 32 bits. Blocks of windows are gathered into rows, of 16-bit
// integers or of bytes, and multiplied with panels of eight filters. 1x1 windows of bytes are read where they lie.
import { PANEL } from "../matmul/panel_layout";
import { ElementType } from "../primitives/element_type";
import { firstUnit } from "../runtime/share";
import { IntegerConvArgs } from "./integer_arguments";
import { integerPanelBytes, integerRowBytes, LIST_OFFSET, PANEL_HEAD, WINDOW_BYTES } from "./integer_layout";
import { multiplyPairs, multiplyQuads, startPanel, TILE_WINDOWS } from "./integer_tile";
import { byteAt } from "./requantize";

/** Sums of (input - its zero) * (weight - its zero) over windows, plus bias, as they are or requantised. */
export function integer_conv(args: IntegerConvArgs, thread: i32, threads: i32): void {
  assert(args.groups > 0 && args.channels >= 0 && args.filters >= 0);
  assert(args.blockWindows > 0 && args.blockWindows % TILE_WINDOWS == 0);
  const pixels = args.images * args.planes * args.rows * args.columns;
  const taps = args.kernelPlanes * args.kernelRows * args.kernelColumns;
  const depth = taps * args.channels;
  const panelBytes: usize = integerPanelBytes(depth, args.elementBytes);
  const rowBytes = integerRowBytes(depth, args.elementBytes);
  const scratch = args.scratch + <usize>thread * args.scratchStride;
  const blockWindows = args.blockWindows;
  const panels = (args.filters + PANEL - 1) / PANEL;
  const blocks = (pixels + blockWindows - 1) / blockWindows;
  const isPair = args.elementBytes == 2;
  const quads = (depth + 3) >> 2;
  // What is taken off the sums for the input's zero; pairs have it taken off already.
  let zero = args.inputZero ? byteAt(args.inputType, args.inputZero) : 0;
  if (isPair) zero = 0;
  else if (args.flip) zero += args.inputType == ElementType.int8 ? 128 : -128;

  let unit = firstUnit(args.groups * blocks * panels, thread, threads);
  const end = firstUnit(args.groups * blocks * panels, thread + 1, threads);
  while (unit < end) {
    const groupBlock = unit / panels;
    const firstPanel = unit - groupBlock * panels;
    const lastPanel = min(panels, firstPanel + end - unit);
    const group = groupBlock / blocks;
    const first = (groupBlock - group * blocks) * blockWindows;
    const count = min(blockWindows, pixels - first);
    listWindows(args, first, count, group, scratch, rowBytes);
    const output = args.output + group * args.outputGroupStride;
    for (let panel = firstPanel; panel < lastPanel; panel++) {
      const weights = args.weights + <usize>(group * panels + panel) * panelBytes;
      const filter = panel * PANEL;
      const isPlain = startPanel(args, weights, scratch, group, filter, zero);
      if (isPair) multiplyPairs(args, weights + PANEL_HEAD, quads, scratch, count, filter, output, isPlain);
      else multiplyQuads(args, weights + PANEL_HEAD, quads, scratch, count, filter, output, isPlain);
    }
    unit += lastPanel - firstPanel;
  }
}

/** Lists `count` windows from `first` on, and gathers their rows where they aren't read in place; the last one fills up its tile. */
function listWindows(args: IntegerConvArgs, first: i32, count: i32, group: i32, scratch: usize, rowBytes: i32): void {
  const inPlace = isInPlace(args);
  let column = first % args.columns;
  let rest = first / args.columns;
  let y = rest % args.rows;
  rest /= args.rows;
  let plane = rest % args.planes;
  let image = rest / args.planes;
  let list = scratch + LIST_OFFSET;
  let row = list + args.blockWindows * WINDOW_BYTES;
  const step = inPlace ? args.strideColumns * args.inputColumnStride : rowBytes;
  while (count > 0) {
    const next = min(count, args.columns - column);
    const input = args.input + image * args.inputImageStride + group * args.inputGroupStride;
    if (inPlace) {
      const at = plane * args.stridePlanes * args.inputPlaneStride + y * args.strideRows * args.inputRowStride;
      row = input + at + column * step;
    } else {
      gatherWindows(args, input, plane, y, column, column + next, row, rowBytes);
    }
    let output =
      image * args.outputImageStride +
      plane * args.outputPlaneStride +
      y * args.outputRowStride +
      column * args.outputColumnStride;
    for (const end = list + next * WINDOW_BYTES; list < end; list += WINDOW_BYTES, row += step) {
      store<u32>(list, <u32>row);
      store<u32>(list, <u32>output, 4);
      output += args.outputColumnStride;
    }
    count -= next;
    column = 0;
    if (++y < args.rows) continue;
    y = 0;
    if (++plane < args.planes) continue;
    plane = 0;
    image++;
  }
  const last = load<u64>(list - WINDOW_BYTES);
  while (((list - scratch - LIST_OFFSET) & (TILE_WINDOWS * WINDOW_BYTES - 1)) != 0) {
    store<u64>(list, last);
    list += WINDOW_BYTES;
  }
}

/** Whether windows are rows as they lie: one tap of bytes that are multiplied as they are, and no padding. */
// @ts-ignore: decorator
@inline
function isInPlace(args: IntegerConvArgs): bool {
  return (
    args.elementBytes == 1 &&
    args.flip == 0 &&
    (args.kernelPlanes | args.kernelRows | args.kernelColumns) == 1 &&
    (args.paddingPlanes | args.paddingRows | args.paddingColumns) == 0 &&
    (args.planes - 1) * args.stridePlanes < args.inputPlanes &&
    (args.rows - 1) * args.strideRows < args.inputRows &&
    (args.columns - 1) * args.strideColumns < args.inputColumns
  );
}

/** Gathers the windows of a row from `column` to before `end`. */
function gatherWindows(
  args: IntegerConvArgs,
  input: usize,
  plane: i32,
  y: i32,
  column: i32,
  end: i32,
  row: usize,
  rowBytes: i32,
): void {
  // Windows from `first` to before `last` have all their columns inside, next to each other.
  const isFlat = (args.kernelPlanes | args.inputPlanes | args.planes) == 1 && args.paddingPlanes == 0;
  const areNext = args.kernelColumns == 1 || (args.dilationColumns == 1 && args.inputColumnStride == args.channels);
  const first = max(0, args.paddingColumns + args.strideColumns - 1) / args.strideColumns;
  const reach = args.inputColumns - args.kernelColumns + args.paddingColumns;
  const last = isFlat && areNext && reach >= 0 ? min(end, reach / args.strideColumns + 1) : 0;
  while (column < end) {
    const count = column < first ? 0 : last - column;
    if (count > 0) {
      gatherInside(args, input, y, column, count, row, rowBytes);
      column += count;
      row += count * rowBytes;
    } else {
      gatherWindow(args, input, plane, y, column, row);
      column++;
      row += rowBytes;
    }
  }
}

/** Gathers `count` windows that have all their columns inside: run after run of a row's elements. */
function gatherInside(
  args: IntegerConvArgs,
  input: usize,
  y: i32,
  column: i32,
  count: i32,
  row: usize,
  rowBytes: i32,
): void {
  const zero = args.inputZero ? byteAt(args.inputType, args.inputZero) : 0;
  const dilation = args.dilationRows;
  const rows = args.kernelRows;
  const top = y * args.strideRows - args.paddingRows;
  // Rows from `first` to before `last` are inside.
  const first = top < 0 ? min(rows, (-top + dilation - 1) / dilation) : 0;
  const last = max(first, min(rows, (args.inputRows - top + dilation - 1) / dilation));
  const rowStep = dilation * args.inputRowStride;
  const columnStep = args.strideColumns * args.inputColumnStride;
  let run = args.kernelColumns * args.channels;
  // Windows of one row that are next to each other are one.
  if (rows == 1 && columnStep == run && rowBytes == run * args.elementBytes) {
    run *= count;
    count = 1;
  }
  let from =
    input +
    (top + first * dilation) * args.inputRowStride +
    (column * args.strideColumns - args.paddingColumns) * args.inputColumnStride;
  for (; count > 0; count--, row += rowBytes, from += columnStep) {
    let to = pad(args, row, first * run, zero);
    let at = from;
    for (let r = first; r < last; r++, at += rowStep) to = gather(args, to, at, run, zero);
    pad(args, to, (rows - last) * run, zero);
  }
}

/** Writes the elements of a window one behind the other. */
function gatherWindow(args: IntegerConvArgs, input: usize, plane: i32, y: i32, column: i32, row: usize): void {
  const channels = args.channels;
  const zero = args.inputZero ? byteAt(args.inputType, args.inputZero) : 0;
  const left = column * args.strideColumns - args.paddingColumns;
  const dilation = args.dilationColumns;
  const columns = args.kernelColumns;
  // Taps from `first` to before `last` are inside.
  const first = left < 0 ? min(columns, (-left + dilation - 1) / dilation) : 0;
  const last = max(first, min(columns, (args.inputColumns - left + dilation - 1) / dilation));
  const areNext = dilation == 1 && args.inputColumnStride == channels;
  for (let p = 0; p < args.kernelPlanes; p++) {
    const z = plane * args.stridePlanes + p * args.dilationPlanes - args.paddingPlanes;
    for (let r = 0; r < args.kernelRows; r++) {
      const line = y * args.strideRows + r * args.dilationRows - args.paddingRows;
      // One unsigned comparison for each axis: below 0 is beyond the end.
      const inside = <u32>z < <u32>args.inputPlanes && <u32>line < <u32>args.inputRows;
      const before = inside ? first : columns;
      const after = inside ? last : columns;
      row = pad(args, row, before * channels, zero);
      let from =
        input +
        z * args.inputPlaneStride +
        line * args.inputRowStride +
        (left + before * dilation) * args.inputColumnStride;
      if (areNext) {
        row = gather(args, row, from, (after - before) * channels, zero);
      } else {
        for (let c = before; c < after; c++, from += dilation * args.inputColumnStride) {
          row = gather(args, row, from, channels, zero);
        }
      }
      row = pad(args, row, (columns - after) * channels, zero);
    }
  }
  // Elements that fill up the last four meet weights of 0.
}

/** Writes `count` elements of the padding; returns where the next ones go. */
// @ts-ignore: decorator
@inline
function pad(args: IntegerConvArgs, to: usize, count: i32, zero: i32): usize {
  if (count == 0) return to;
  const bytes = <usize>(count * args.elementBytes);
  memory.fill(to, args.elementBytes == 2 ? 0 : <u8>(zero ^ args.flip), bytes);
  return to + bytes;
}

/**
 * Writes `count` elements from `from` on; returns where the next ones go. Up to fifteen bytes behind them are written too;
 * what comes next overwrites them.
 */
// @ts-ignore: decorator
@inline
function gather(args: IntegerConvArgs, to: usize, from: usize, count: i32, zero: i32): usize {
  if (args.elementBytes == 1) {
    const flip = i8x16.splat(<i8>args.flip);
    for (let i = 0; i < count; i += 16) v128.store(to + i, v128.xor(v128.load(from + i), flip));
    return to + count;
  }
  const zeros = i16x8.splat(<i16>zero);
  const isSigned = args.inputType == ElementType.int8;
  for (let i = 0; i < count; i += 8) {
    const bytes = v128.load64_zero(from + i);
    const wide = isSigned ? i16x8.extend_low_i8x16_s(bytes) : i16x8.extend_low_i8x16_u(bytes);
    v128.store(to + ((<usize>i) << 1), i16x8.sub(wide, zeros));
  }
  return to + ((<usize>count) << 1);
}
