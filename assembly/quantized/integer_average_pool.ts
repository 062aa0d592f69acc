// integer_average_pool: means over windows of 8-bit integers, by exact sums; a window as large as the input is a mean over all
// of space.
import { clipEnd, clipFrom, PoolArgs } from "../pooling/pool_arguments";
import { ElementType } from "../primitives/element_type";
import { storeBytes } from "../primitives/tail";
import { firstUnit } from "../runtime/share";
import { byteAt, cutBytes, scaledAny } from "./requantize";


@unmanaged
class IntegerAveragePoolArgs extends PoolArgs {
  /** 1: padding counts as cells of value 0, as far as it reaches; 0: a mean is over cells of the input only. */
  countsPadding: i32;
  /** Padding behind the last plane, row and column. */
  paddingBehindPlanes: i32;
  paddingBehindRows: i32;
  paddingBehindColumns: i32;
  /** f32[1]: the scale of the input by that of the result. */
  multiplier: usize;
  /** One element of each one's type; 0: none. */
  inputZero: usize;
  outputZero: usize;
  /** ElementType of each. */
  inputType: i32;
  outputType: i32;
  /** Least and greatest result: the bounds of an activation. */
  low: i32;
  high: i32;
}

/** Channels of one unit of work. */
const BLOCK: i32 = 16;
/** Cells whose sum 16 bits hold, of either type. */
const PART: i32 = 128;

/**
 * output = nearest((sum of the window - zero * its cells) * (multiplier / cells)) + zero of the output, halves to even; the
 * zero where a window has no cell. Reads up to 15 bytes behind a pixel's channels.
 */
export function integer_average_pool(args: IntegerAveragePoolArgs, thread: i32, threads: i32): void {
  assert(args.strideRows > 0 && args.strideColumns > 0 && args.stridePlanes > 0);
  assert(args.dilationRows > 0 && args.dilationColumns > 0 && args.dilationPlanes > 0);
  const blocks = (args.channels + BLOCK - 1) / BLOCK;
  const units = args.images * args.outputPlanes * args.outputRows * args.outputColumns * blocks;
  const last = firstUnit(units, thread + 1, threads);
  for (let unit = firstUnit(units, thread, threads); unit < last; unit++) {
    const pixel = unit / blocks;
    mean(args, pixel, (unit - pixel * blocks) * BLOCK);
  }
}

/** The mean at output pixel `pixel`, of BLOCK channels from `channel` on. */
function mean(args: IntegerAveragePoolArgs, pixel: i32, channel: i32): void {
  const outputRow = pixel / args.outputColumns;
  const outputPlane = outputRow / args.outputRows;
  const image = outputPlane / args.outputPlanes;
  const column = pixel - outputRow * args.outputColumns;
  const row = outputRow - outputPlane * args.outputRows;
  const plane = outputPlane - image * args.outputPlanes;
  const firstPlane = plane * args.stridePlanes - args.paddingPlanes;
  const firstRow = row * args.strideRows - args.paddingRows;
  const firstColumn = column * args.strideColumns - args.paddingColumns;
  const planeFrom = clipFrom(firstPlane, args.dilationPlanes);
  const rowFrom = clipFrom(firstRow, args.dilationRows);
  const columnFrom = clipFrom(firstColumn, args.dilationColumns);
  const depth = max(0, clipEnd(firstPlane, args.dilationPlanes, args.kernelPlanes, args.planes) - planeFrom);
  const height = max(0, clipEnd(firstRow, args.dilationRows, args.kernelRows, args.rows) - rowFrom);
  const width = max(0, clipEnd(firstColumn, args.dilationColumns, args.kernelColumns, args.columns) - columnFrom);
  const planeStep: isize = args.dilationPlanes * args.inputPlaneStride;
  const rowStep: isize = args.dilationRows * args.inputRowStride;
  const columnStep: isize = args.dilationColumns * args.inputColumnStride;
  const corner =
    args.input +
    <isize>image * args.inputImageStride +
    <isize>(firstPlane + planeFrom * args.dilationPlanes) * args.inputPlaneStride +
    <isize>(firstRow + rowFrom * args.dilationRows) * args.inputRowStride +
    <isize>(firstColumn + columnFrom * args.dilationColumns) * args.inputColumnStride +
    channel;
  const isSigned = args.inputType == ElementType.int8;
  const zero = i32x4.splat(args.inputZero ? byteAt(args.inputType, args.inputZero) * (depth * height * width) : 0);
  let a = i32x4.neg(zero);
  let b = a;
  let c = a;
  let d = a;
  let low = i16x8.splat(0);
  let high = low;
  let left = PART;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      let cell = corner + <isize>z * planeStep + <isize>y * rowStep;
      for (let x = 0; x < width; x++, cell += columnStep) {
        const bytes = v128.load(cell);
        low = i16x8.add(low, isSigned ? i16x8.extend_low_i8x16_s(bytes) : i16x8.extend_low_i8x16_u(bytes));
        high = i16x8.add(high, isSigned ? i16x8.extend_high_i8x16_s(bytes) : i16x8.extend_high_i8x16_u(bytes));
        if (--left > 0) continue;
        a = i32x4.add(a, i32x4.extend_low_i16x8_s(low));
        b = i32x4.add(b, i32x4.extend_high_i16x8_s(low));
        c = i32x4.add(c, i32x4.extend_low_i16x8_s(high));
        d = i32x4.add(d, i32x4.extend_high_i16x8_s(high));
        low = i16x8.splat(0);
        high = low;
        left = PART;
      }
    }
  }
  a = i32x4.add(a, i32x4.extend_low_i16x8_s(low));
  b = i32x4.add(b, i32x4.extend_high_i16x8_s(low));
  c = i32x4.add(c, i32x4.extend_low_i16x8_s(high));
  d = i32x4.add(d, i32x4.extend_high_i16x8_s(high));
  let count = depth * height * width;
  if (args.countsPadding) {
    count =
      clipEnd(firstPlane, args.dilationPlanes, args.kernelPlanes, args.planes + args.paddingBehindPlanes) *
      clipEnd(firstRow, args.dilationRows, args.kernelRows, args.rows + args.paddingBehindRows) *
      clipEnd(firstColumn, args.dilationColumns, args.kernelColumns, args.columns + args.paddingBehindColumns);
  }
  const factor = f32x4.splat(load<f32>(args.multiplier) / <f32>max(count, 1));
  const type = args.outputType;
  const origin = args.outputZero ? byteAt(type, args.outputZero) : 0;
  const result = cutBytes(
    type,
    i16x8.narrow_i32x4_s(scaledAny(a, factor, origin, 0), scaledAny(b, factor, origin, 0)),
    i16x8.narrow_i32x4_s(scaledAny(c, factor, origin, 0), scaledAny(d, factor, origin, 0)),
    i8x16.splat(<i8>args.low),
    i8x16.splat(<i8>args.high),
  );
  const output =
    args.output +
    <isize>image * args.outputImageStride +
    <isize>plane * args.outputPlaneStride +
    <isize>row * args.outputRowStride +
    <isize>column * args.outputColumnStride +
    channel;
  if (args.channels - channel >= BLOCK) v128.store(output, result);
  else storeBytes(output, result, args.channels - channel);
}
