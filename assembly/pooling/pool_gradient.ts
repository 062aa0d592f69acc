// Gradients of max and average pooling over windows of [images, planes, rows, columns, channels], channels contiguous.
import { storeLanes } from "../primitives/lanes";
import { clipEnd, clipFrom, PoolArgs } from "./pool_arguments";
import { firstUnit } from "../runtime/share";

/** `input` and `output` are the pool's own. */
@unmanaged
class MaxPoolGradientArgs extends PoolArgs {
  /** Of the output. */
  gradient: usize;
  gradientImageStride: i32;
  gradientPlaneStride: i32;
  gradientRowStride: i32;
  gradientColumnStride: i32;
  /** The gradient of the input, which is written. */
  target: usize;
  targetImageStride: i32;
  targetPlaneStride: i32;
  targetRowStride: i32;
  targetColumnStride: i32;
}


@unmanaged
class AveragePoolGradientArgs extends MaxPoolGradientArgs {
  /** 1: padding counts as cells of value 0, as far as it reaches; 0: a mean is over cells of the input only. */
  countsPadding: i32;
  /** Padding behind the last plane, row and column. */
  paddingBehindPlanes: i32;
  paddingBehindRows: i32;
  paddingBehindColumns: i32;
}

// Channels that go through all windows of an image together: a line of the cache.
const CHANNELS: i32 = 16;

/**
 * Each window's gradient goes to its first maximum in the order planes, rows, columns: the first cell that equals the
 * output, or is NaN as it is. Where windows overlap, gradients add up in the windows' order; elsewhere is 0. Reads up to 12 bytes behind a
 * pixel's channels.
 */
export function f32_max_pool_gradient(args: MaxPoolGradientArgs, thread: i32, threads: i32): void {
  poolGradient(args, false, thread, threads);
}

/** Each window's gradient, divided by its number of cells, goes to all its cells; `input` and `output` aren't read. */
export function f32_average_pool_gradient(args: AveragePoolGradientArgs, thread: i32, threads: i32): void {
  poolGradient(args, true, thread, threads);
}

// @ts-ignore: decorator
@inline
function poolGradient(args: MaxPoolGradientArgs, averages: bool, thread: i32, threads: i32): void {
  assert(args.strideRows > 0 && args.strideColumns > 0 && args.stridePlanes > 0);
  assert(args.dilationRows > 0 && args.dilationColumns > 0 && args.dilationPlanes > 0);
  const tiled =
    isTiled(
      args.planes,
      args.outputPlanes,
      args.kernelPlanes,
      args.stridePlanes,
      args.dilationPlanes,
      args.paddingPlanes,
    ) &&
    isTiled(args.rows, args.outputRows, args.kernelRows, args.strideRows, args.dilationRows, args.paddingRows) &&
    isTiled(
      args.columns,
      args.outputColumns,
      args.kernelColumns,
      args.strideColumns,
      args.dilationColumns,
      args.paddingColumns,
    );
  const blocks = (args.channels + CHANNELS - 1) / CHANNELS;
  const last = firstUnit(args.images * blocks, thread + 1, threads);
  for (let unit = firstUnit(args.images * blocks, thread, threads); unit < last; unit++) {
    const image = unit / blocks;
    const channel = (unit - image * blocks) * CHANNELS;
    const channels = min(CHANNELS, args.channels - channel);
    if (!tiled) clear(args, image, channel, channels);
    for (let plane = 0; plane < args.outputPlanes; plane++) {
      for (let row = 0; row < args.outputRows; row++) {
        windowRow(args, averages, tiled, image, plane, row, (<usize>channel) << 2, channels);
      }
    }
  }
}

/** Whether the windows along an axis have each of its cells once. */
function isTiled(extent: i32, windows: i32, kernel: i32, stride: i32, dilation: i32, padding: i32): bool {
  return kernel == stride && (dilation == 1 || kernel == 1) && padding == 0 && windows * stride == extent;
}

/** Zeroes some channels of one image's target. */
function clear(args: MaxPoolGradientArgs, image: i32, channel: i32, channels: i32): void {
  const zero = f32x4.splat(0);
  for (let plane = 0; plane < args.planes; plane++) {
    for (let row = 0; row < args.rows; row++) {
      let to =
        args.target +
        <isize>image * args.targetImageStride +
        <isize>plane * args.targetPlaneStride +
        <isize>row * args.targetRowStride +
        ((<usize>channel) << 2);
      for (let column = 0; column < args.columns; column++, to += args.targetColumnStride) {
        for (let at: usize = 0, left = channels; left > 0; at += 16, left -= 4) storeLanes(to + at, zero, left);
      }
    }
  }
}

/** Some channels of one row of windows. */
// @ts-ignore: decorator
@inline
function windowRow(
  args: MaxPoolGradientArgs,
  averages: bool,
  tiled: bool,
  image: i32,
  plane: i32,
  row: i32,
  offset: usize,
  channels: i32,
): void {
  const firstPlane = plane * args.stridePlanes - args.paddingPlanes;
  const firstRow = row * args.strideRows - args.paddingRows;
  const planeFrom = clipFrom(firstPlane, args.dilationPlanes);
  const depth = clipEnd(firstPlane, args.dilationPlanes, args.kernelPlanes, args.planes) - planeFrom;
  const rowFrom = clipFrom(firstRow, args.dilationRows);
  const height = clipEnd(firstRow, args.dilationRows, args.kernelRows, args.rows) - rowFrom;
  const z = firstPlane + planeFrom * args.dilationPlanes;
  const y = firstRow + rowFrom * args.dilationRows;
  const input =
    args.input +
    <isize>image * args.inputImageStride +
    <isize>z * args.inputPlaneStride +
    <isize>y * args.inputRowStride +
    offset;
  const target =
    args.target +
    <isize>image * args.targetImageStride +
    <isize>z * args.targetPlaneStride +
    <isize>y * args.targetRowStride +
    offset;
  let output =
    args.output +
    <isize>image * args.outputImageStride +
    <isize>plane * args.outputPlaneStride +
    <isize>row * args.outputRowStride +
    offset;
  let gradient =
    args.gradient +
    <isize>image * args.gradientImageStride +
    <isize>plane * args.gradientPlaneStride +
    <isize>row * args.gradientRowStride +
    offset;
  let firstColumn = -args.paddingColumns;
  for (let left = args.outputColumns; left > 0; left--) {
    const from = clipFrom(firstColumn, args.dilationColumns);
    const width = clipEnd(firstColumn, args.dilationColumns, args.kernelColumns, args.columns) - from;
    const x = firstColumn + from * args.dilationColumns;
    const corner = target + <isize>x * args.targetColumnStride;
    if (averages) {
      const cells = countOf(changetype<AveragePoolGradientArgs>(args), firstPlane, firstRow, firstColumn);
      spread(args, gradient, corner, depth, height, width, <f32>cells, channels, tiled);
    } else {
      const cell = input + <isize>x * args.inputColumnStride;
      if (tiled) tile(args, cell, output, gradient, corner, depth, height, width, channels);
      else overlap(args, cell, output, gradient, corner, depth, height, width, channels);
    }
    firstColumn += args.strideColumns;
    output += args.outputColumnStride;
    gradient += args.gradientColumnStride;
  }
}

/** Cells that a window's mean is over. */
function countOf(args: AveragePoolGradientArgs, plane: i32, row: i32, column: i32): i32 {
  if (args.countsPadding) {
    const planes = clipEnd(plane, args.dilationPlanes, args.kernelPlanes, args.planes + args.paddingBehindPlanes);
    const rows = clipEnd(row, args.dilationRows, args.kernelRows, args.rows + args.paddingBehindRows);
    const columns = clipEnd(column, args.dilationColumns, args.kernelColumns, args.columns + args.paddingBehindColumns);
    return planes * rows * columns;
  }
  const planes = clipEnd(plane, args.dilationPlanes, args.kernelPlanes, args.planes);
  const rows = clipEnd(row, args.dilationRows, args.kernelRows, args.rows);
  const columns = clipEnd(column, args.dilationColumns, args.kernelColumns, args.columns);
  const planesOut = planes - clipFrom(plane, args.dilationPlanes);
  const rowsOut = rows - clipFrom(row, args.dilationRows);
  return planesOut * rowsOut * (columns - clipFrom(column, args.dilationColumns));
}

function tile(
  args: MaxPoolGradientArgs,
  input: usize,
  output: usize,
  gradient: usize,
  target: usize,
  depth: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  route(args, input, output, gradient, target, depth, height, width, channels, true);
}

function overlap(
  args: MaxPoolGradientArgs,
  input: usize,
  output: usize,
  gradient: usize,
  target: usize,
  depth: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  route(args, input, output, gradient, target, depth, height, width, channels, false);
}

/**
 * The gradient of one window to the first cell of each channel that is as the output, added where not `tiled`
 * (constant).
 */
// @ts-ignore: decorator
@inline
function route(
  args: MaxPoolGradientArgs,
  input: usize,
  output: usize,
  gradient: usize,
  target: usize,
  depth: i32,
  height: i32,
  width: i32,
  channels: i32,
  tiled: bool,
): void {
  const inputStep: isize = args.dilationColumns * args.inputColumnStride;
  const targetStep: isize = args.dilationColumns * args.targetColumnStride;
  const inputRow: isize = args.dilationRows * args.inputRowStride;
  const targetRow: isize = args.dilationRows * args.targetRowStride;
  for (; channels > 0; channels -= 4) {
    const y = v128.load(output);
    const g = v128.load(gradient);
    const isNaN = f32x4.ne(y, y);
    let found = i32x4.splat(0);
    for (let plane = 0; plane < depth; plane++) {
      let inputLine = input + <isize>plane * args.dilationPlanes * args.inputPlaneStride;
      let targetLine = target + <isize>plane * args.dilationPlanes * args.targetPlaneStride;
      for (let row = 0; row < height; row++) {
        let from = inputLine;
        let to = targetLine;
        for (let column = 0; column < width; column++) {
          const x = v128.load(from);
          const isEqual = v128.or(f32x4.eq(x, y), v128.and(isNaN, f32x4.ne(x, x)));
          const share = v128.and(g, v128.andnot(isEqual, found));
          found = v128.or(found, isEqual);
          storeLanes(to, tiled ? share : f32x4.add(v128.load(to), share), channels);
          from += inputStep;
          to += targetStep;
        }
        inputLine += inputRow;
        targetLine += targetRow;
      }
    }
    input += 16;
    output += 16;
    gradient += 16;
    target += 16;
  }
}

/** The gradient of one window to all its cells, added where not `tiled`. */
function spread(
  args: MaxPoolGradientArgs,
  gradient: usize,
  target: usize,
  depth: i32,
  height: i32,
  width: i32,
  cells: f32,
  channels: i32,
  tiled: bool,
): void {
  const targetStep: isize = args.dilationColumns * args.targetColumnStride;
  for (; channels > 0; channels -= 4) {
    const share = f32x4.div(v128.load(gradient), f32x4.splat(cells));
    for (let plane = 0; plane < depth; plane++) {
      for (let row = 0; row < height; row++) {
        let to =
          target +
          <isize>plane * args.dilationPlanes * args.targetPlaneStride +
          <isize>row * args.dilationRows * args.targetRowStride;
        for (let column = 0; column < width; column++, to += targetStep) {
          storeLanes(to, tiled ? share : f32x4.add(v128.load(to), share), channels);
        }
      }
    }
    gradient += 16;
    target += 16;
  }
}
