// Max and average pooling over windows of [images, planes, rows, columns, channels], channels contiguous.
// 2-D pools have one plane, 1-D pools one row too. Windows are clipped to the input, so what surrounds
// it in memory never matters. Pools over everything are in global_pool.ts.
import { clipEnd, clipFrom, PoolArgs } from "./pool_arguments";
import { firstUnit } from "../runtime/share";
import { storeBytes } from "../primitives/tail";


@unmanaged
class AveragePoolArgs extends PoolArgs {
  /** 1: padding counts as cells of value 0, as far as it reaches; 0: a mean is over cells of the input only. */
  countsPadding: i32;
  /** Padding behind the last plane, row and column. */
  paddingBehindPlanes: i32;
  paddingBehindRows: i32;
  paddingBehindColumns: i32;
}

/** Greatest element of each window, NaN where it has one; a window outside the input is -infinity. */
export function f32_max_pool(args: PoolArgs, thread: i32, threads: i32): void {
  pool<f32>(args, false, thread, threads);
}

/**
 * Mean of each window; 0 where it has no cell in the input. The sum of n cells is off by at most n roundings of the sum of
 * their magnitudes up to 64 cells, else by 128 + n / 4096.
 */
export function f32_average_pool(args: AveragePoolArgs, thread: i32, threads: i32): void {
  pool<f32>(args, true, thread, threads);
}

/** Greatest element of each window; a window outside the input is 0. */
export function u8_max_pool(args: PoolArgs, thread: i32, threads: i32): void {
  pool<u8>(args, false, thread, threads);
}

/** Greatest element of each window; a window outside the input is -128. */
export function i8_max_pool(args: PoolArgs, thread: i32, threads: i32): void {
  pool<i8>(args, false, thread, threads);
}

// Cells that are summed one after the other, and parts of as many cells likewise.
const PART: i32 = 64;

// @ts-ignore: decorator
@inline
function pool<T>(args: PoolArgs, averages: bool, thread: i32, threads: i32): void {
  assert(args.strideRows > 0 && args.strideColumns > 0 && args.stridePlanes > 0);
  assert(args.dilationRows > 0 && args.dilationColumns > 0 && args.dilationPlanes > 0);
  if (args.channels <= 0) return;
  const units = args.images * args.outputPlanes * args.outputRows;
  const last = firstUnit(units, thread + 1, threads);
  for (let unit = firstUnit(units, thread, threads); unit < last; unit++) outputRow<T>(args, averages, unit);
}

/** All columns of one output row. */
// @ts-ignore: decorator
@inline
function outputRow<T>(args: PoolArgs, averages: bool, unit: i32): void {
  const outputPlane = unit / args.outputRows;
  const row = unit - outputPlane * args.outputRows;
  const image = outputPlane / args.outputPlanes;
  const plane = outputPlane - image * args.outputPlanes;
  const firstPlane = plane * args.stridePlanes - args.paddingPlanes;
  const firstRow = row * args.strideRows - args.paddingRows;
  const planeFrom = clipFrom(firstPlane, args.dilationPlanes);
  const planeEnd = clipEnd(firstPlane, args.dilationPlanes, args.kernelPlanes, args.planes);
  const rowFrom = clipFrom(firstRow, args.dilationRows);
  const rowEnd = clipEnd(firstRow, args.dilationRows, args.kernelRows, args.rows);
  let area = (planeEnd - planeFrom) * (rowEnd - rowFrom);
  const countsPadding = averages && changetype<AveragePoolArgs>(args).countsPadding != 0;
  if (countsPadding) {
    const padding = changetype<AveragePoolArgs>(args);
    area =
      clipEnd(firstPlane, args.dilationPlanes, args.kernelPlanes, args.planes + padding.paddingBehindPlanes) *
      clipEnd(firstRow, args.dilationRows, args.kernelRows, args.rows + padding.paddingBehindRows);
  }
  const planeStep: isize = args.dilationPlanes * args.inputPlaneStride;
  const rowStep: isize = args.dilationRows * args.inputRowStride;
  const columnStep: isize = args.dilationColumns * args.inputColumnStride;
  const input =
    args.input +
    <isize>image * args.inputImageStride +
    <isize>(firstPlane + planeFrom * args.dilationPlanes) * args.inputPlaneStride +
    <isize>(firstRow + rowFrom * args.dilationRows) * args.inputRowStride;
  let output =
    args.output +
    <isize>image * args.outputImageStride +
    <isize>plane * args.outputPlaneStride +
    <isize>row * args.outputRowStride;
  const bytes = args.channels * sizeof<T>();
  const isPlanar = planeEnd - planeFrom == 1;
  const height = rowEnd - rowFrom;
  for (let column = 0; column < args.outputColumns; column++) {
    const firstColumn = column * args.strideColumns - args.paddingColumns;
    const from = clipFrom(firstColumn, args.dilationColumns);
    const end = clipEnd(firstColumn, args.dilationColumns, args.kernelColumns, args.columns);
    const corner = input + <isize>(firstColumn + from * args.dilationColumns) * args.inputColumnStride;
    let width = end - from;
    if (countsPadding) {
      const extent = args.columns + changetype<AveragePoolArgs>(args).paddingBehindColumns;
      width = clipEnd(firstColumn, args.dilationColumns, args.kernelColumns, extent);
    }
    const count = <f32>max(area * width, 1);
    if (sizeof<T>() == 4 && isPlanar && height == 2 && end - from == 2) {
      square<T>(averages, 2, output, corner, rowStep, columnStep, bytes, count);
    } else if (sizeof<T>() == 4 && isPlanar && height == 3 && end - from == 3) {
      square<T>(averages, 3, output, corner, rowStep, columnStep, bytes, count);
    } else if (averages && (planeEnd - planeFrom) * height * (end - from) > PART) {
      largeMean(output, corner, planeStep, rowStep, columnStep, planeEnd - planeFrom, height, end - from, bytes, count);
    } else {
      window<T>(
        averages,
        output,
        corner,
        planeStep,
        rowStep,
        columnStep,
        planeEnd - planeFrom,
        height,
        end - from,
        bytes,
        count,
      );
    }
    output += args.outputColumnStride;
  }
}

// @ts-ignore: decorator
@inline
function identity<T>(averages: bool): v128 {
  if (averages) return f32x4.splat(0);
  if (isFloat<T>()) return f32x4.splat(-Infinity);
  return isSigned<T>() ? i8x16.splat(-128) : i8x16.splat(0);
}

// @ts-ignore: decorator
@inline
function combine<T>(averages: bool, a: v128, b: v128): v128 {
  if (averages) return f32x4.add(a, b);
  if (isFloat<T>()) return f32x4.pmax(a, b);
  return isSigned<T>() ? i8x16.max_s(a, b) : i8x16.max_u(a, b);
}

// @ts-ignore: decorator
@inline
function finish(averages: bool, v: v128, count: f32): v128 {
  return averages ? f32x4.div(v, f32x4.splat(count)) : v;
}

// A maximum passes over NaN, which a sum of the cells doesn't: it costs an instruction a cell to know where to look.

// @ts-ignore: decorator
@inline
function canLoseNaN<T>(averages: bool): bool {
  return isFloat<T>() && !averages;
}

/** Whether there may be NaN among the cells with this sum. */
// @ts-ignore: decorator
@inline
function isSuspect(sum: v128): bool {
  return v128.any_true(f32x4.ne(sum, sum));
}

/** `v` with NaN in the lanes where a cell of the window has it. */
function withNaN(
  v: v128,
  input: usize,
  planeStep: isize,
  rowStep: isize,
  columnStep: isize,
  depth: i32,
  height: i32,
  width: i32,
): v128 {
  for (let plane = 0; plane < depth; plane++) {
    for (let row = 0; row < height; row++) {
      let cell = input + <isize>plane * planeStep + <isize>row * rowStep;
      for (let column = 0; column < width; column++, cell += columnStep) {
        const x = v128.load(cell);
        v = v128.bitselect(f32x4.splat(NaN), v, f32x4.ne(x, x));
      }
    }
  }
  return v;
}

/** The mean of a window of many cells, in parts of parts; see f32_average_pool. */
function largeMean(
  output: usize,
  input: usize,
  planeStep: isize,
  rowStep: isize,
  columnStep: isize,
  depth: i32,
  height: i32,
  width: i32,
  bytes: i32,
  count: f32,
): void {
  const zero = f32x4.splat(0);
  for (; bytes > 0; bytes -= 16) {
    let total = zero;
    let parts = zero;
    let part = zero;
    let cells = 0;
    for (let plane = 0; plane < depth; plane++) {
      for (let row = 0; row < height; row++) {
        let cell = input + <isize>plane * planeStep + <isize>row * rowStep;
        for (let column = 0; column < width; column++, cell += columnStep) {
          part = f32x4.add(part, v128.load(cell));
          if (++cells % PART != 0) continue;
          parts = f32x4.add(parts, part);
          part = zero;
          if (cells % (PART * PART) != 0) continue;
          total = f32x4.add(total, parts);
          parts = zero;
        }
      }
    }
    const mean = finish(true, f32x4.add(total, f32x4.add(parts, part)), count);
    if (bytes > 15) v128.store(output, mean);
    else storeBytes(output, mean, bytes);
    input += 16;
    output += 16;
  }
}

/** A whole window of `size` x `size` cells, 2 or 3, in one plane. */
// @ts-ignore: decorator
@inline
function square<T>(
  averages: bool,
  size: i32,
  output: usize,
  input: usize,
  rowStep: isize,
  columnStep: isize,
  bytes: i32,
  count: f32,
): void {
  for (; bytes > 0; bytes -= 16) {
    let v = squareRow<T>(averages, size, identity<T>(averages), input, columnStep);
    v = squareRow<T>(averages, size, v, input + rowStep, columnStep);
    if (size == 3) v = squareRow<T>(averages, size, v, input + 2 * rowStep, columnStep);
    if (!averages) {
      let sum = squareRow<T>(true, size, identity<T>(true), input, columnStep);
      sum = squareRow<T>(true, size, sum, input + rowStep, columnStep);
      if (size == 3) sum = squareRow<T>(true, size, sum, input + 2 * rowStep, columnStep);
      if (isSuspect(sum)) v = withNaN(v, input, 0, rowStep, columnStep, 1, size, size);
    }
    v = finish(averages, v, count);
    if (bytes > 15) v128.store(output, v);
    else storeBytes(output, v, bytes);
    input += 16;
    output += 16;
  }
}

// @ts-ignore: decorator
@inline
function squareRow<T>(averages: bool, size: i32, v: v128, input: usize, columnStep: isize): v128 {
  v = combine<T>(averages, v, v128.load(input));
  v = combine<T>(averages, v, v128.load(input + columnStep));
  return size == 3 ? combine<T>(averages, v, v128.load(input + 2 * columnStep)) : v;
}

/** Any window: four vectors of channels at a time, then one. */
// @ts-ignore: decorator
@inline
function window<T>(
  averages: bool,
  output: usize,
  input: usize,
  planeStep: isize,
  rowStep: isize,
  columnStep: isize,
  depth: i32,
  height: i32,
  width: i32,
  bytes: i32,
  count: f32,
): void {
  for (; bytes > 63; bytes -= 64) {
    let a = identity<T>(averages);
    let b = a;
    let c = a;
    let d = a;
    let sum = f32x4.splat(0);
    for (let plane = 0; plane < depth; plane++) {
      for (let row = 0; row < height; row++) {
        let cell = input + <isize>plane * planeStep + <isize>row * rowStep;
        for (let column = 0; column < width; column++) {
          a = combine<T>(averages, a, v128.load(cell));
          b = combine<T>(averages, b, v128.load(cell, 16));
          c = combine<T>(averages, c, v128.load(cell, 32));
          d = combine<T>(averages, d, v128.load(cell, 48));
          if (canLoseNaN<T>(averages)) {
            const ab = f32x4.add(v128.load(cell), v128.load(cell, 16));
            sum = f32x4.add(sum, f32x4.add(ab, f32x4.add(v128.load(cell, 32), v128.load(cell, 48))));
          }
          cell += columnStep;
        }
      }
    }
    if (canLoseNaN<T>(averages) && isSuspect(sum)) {
      a = withNaN(a, input, planeStep, rowStep, columnStep, depth, height, width);
      b = withNaN(b, input + 16, planeStep, rowStep, columnStep, depth, height, width);
      c = withNaN(c, input + 32, planeStep, rowStep, columnStep, depth, height, width);
      d = withNaN(d, input + 48, planeStep, rowStep, columnStep, depth, height, width);
    }
    v128.store(output, finish(averages, a, count));
    v128.store(output, finish(averages, b, count), 16);
    v128.store(output, finish(averages, c, count), 32);
    v128.store(output, finish(averages, d, count), 48);
    input += 64;
    output += 64;
  }
  for (; bytes > 0; bytes -= 16) {
    let v = identity<T>(averages);
    let sum = f32x4.splat(0);
    for (let plane = 0; plane < depth; plane++) {
      for (let row = 0; row < height; row++) {
        let cell = input + <isize>plane * planeStep + <isize>row * rowStep;
        for (let column = 0; column < width; column++) {
          v = combine<T>(averages, v, v128.load(cell));
          if (canLoseNaN<T>(averages)) sum = f32x4.add(sum, v128.load(cell));
          cell += columnStep;
        }
      }
    }
    if (canLoseNaN<T>(averages) && isSuspect(sum)) {
      v = withNaN(v, input, planeStep, rowStep, columnStep, depth, height, width);
    }
    v = finish(averages, v, count);
    if (bytes > 15) v128.store(output, v);
    else storeBytes(output, v, bytes);
    input += 16;
    output += 16;
  }
}
