// Max pooling that also tells where each maximum was, as ONNX MaxPool's second output does.
import { PoolArgs } from "./pool_arguments";
import { firstUnit } from "../runtime/share";


@unmanaged
class PoolIndicesArgs extends PoolArgs {
  /** i64, one for each element of the output. */
  indices: usize;
  indicesImageStride: i32;
  indicesPlaneStride: i32;
  indicesRowStride: i32;
  indicesColumnStride: i32;
  /** What one step along each axis adds to an index; ONNX's storage_order 1 swaps those of rows and columns. */
  imageIndex: i32;
  channelIndex: i32;
  planeIndex: i32;
  rowIndex: i32;
  columnIndex: i32;
}

/**
 * f32_max_pool, and the index of the first maximum of each window in the order planes, rows, columns, which is the first
 * NaN where there is one. A window outside the input has the index of its channel's first cell. Indices fit 31 bits.
 */
export function f32_max_pool_indices(args: PoolIndicesArgs, thread: i32, threads: i32): void {
  assert(args.strideRows > 0 && args.strideColumns > 0 && args.stridePlanes > 0);
  assert(args.dilationRows > 0 && args.dilationColumns > 0 && args.dilationPlanes > 0);
  const units = args.images * args.outputPlanes * args.outputRows;
  const last = firstUnit(units, thread + 1, threads);
  for (let unit = firstUnit(units, thread, threads); unit < last; unit++) {
    const outputPlaneStride = unit / args.outputRows;
    const row = unit - outputPlaneStride * args.outputRows;
    const image = outputPlaneStride / args.outputPlanes;
    const plane = outputPlaneStride - image * args.outputPlanes;
    for (let column = 0; column < args.outputColumns; column++) {
      for (let channel = 0; channel < args.channels; channel += 4) window(args, image, plane, row, column, channel);
    }
  }
}

/** Four channels of one window, fewer at the end. */
function window(args: PoolIndicesArgs, image: i32, plane: i32, row: i32, column: i32, channel: i32): void {
  const firstPlane = plane * args.stridePlanes - args.paddingPlanes;
  const firstRow = row * args.strideRows - args.paddingRows;
  const firstColumn = column * args.strideColumns - args.paddingColumns;
  const base = args.input + <isize>image * args.inputImageStride + ((<usize>channel) << 2);
  let maximum = f32x4.splat(-Infinity);
  let indices = i32x4.splat(-1);
  for (let p = 0; p < args.kernelPlanes; p++) {
    const z = firstPlane + p * args.dilationPlanes;
    // As an unsigned number, what is before the input is behind it too.
    if (<u32>z >= <u32>args.planes) continue;
    for (let r = 0; r < args.kernelRows; r++) {
      const y = firstRow + r * args.dilationRows;
      if (<u32>y >= <u32>args.rows) continue;
      for (let c = 0; c < args.kernelColumns; c++) {
        const x = firstColumn + c * args.dilationColumns;
        if (<u32>x >= <u32>args.columns) continue;
        const cell = v128.load(
          base + <isize>z * args.inputPlaneStride + <isize>y * args.inputRowStride + <isize>x * args.inputColumnStride,
        );
        const index = i32x4.splat(z * args.planeIndex + y * args.rowIndex + x * args.columnIndex);
        const isNew = v128.andnot(f32x4.ne(cell, cell), f32x4.ne(maximum, maximum));
        const isGreater = v128.or(f32x4.gt(cell, maximum), isNew);
        const isFirst = i32x4.lt_s(indices, i32x4.splat(0));
        maximum = v128.bitselect(cell, maximum, isGreater);
        indices = v128.bitselect(index, indices, v128.or(isGreater, isFirst));
      }
    }
  }
  const channels = i32x4.add(i32x4.splat(channel), i32x4(0, 1, 2, 3));
  const start = i32x4.add(i32x4.splat(image * args.imageIndex), i32x4.mul(channels, i32x4.splat(args.channelIndex)));
  indices = i32x4.add(i32x4.max_s(indices, i32x4.splat(0)), start);
  const output =
    args.output +
    <isize>image * args.outputImageStride +
    <isize>plane * args.outputPlaneStride +
    <isize>row * args.outputRowStride +
    <isize>column * args.outputColumnStride +
    ((<usize>channel) << 2);
  const outputIndices =
    args.indices +
    <isize>image * args.indicesImageStride +
    <isize>plane * args.indicesPlaneStride +
    <isize>row * args.indicesRowStride +
    <isize>column * args.indicesColumnStride +
    ((<usize>channel) << 3);
  store4(output, outputIndices, maximum, indices, args.channels - channel);
}

function store4(output: usize, outputIndices: usize, maximum: v128, indices: v128, lanes: i32): void {
  v128.store32_lane(output, maximum, 0);
  store<i64>(outputIndices, i32x4.extract_lane(indices, 0));
  if (lanes < 2) return;
  v128.store32_lane(output, maximum, 1, 4);
  store<i64>(outputIndices, i32x4.extract_lane(indices, 1), 8);
  if (lanes < 3) return;
  v128.store32_lane(output, maximum, 2, 8);
  store<i64>(outputIndices, i32x4.extract_lane(indices, 2), 16);
  if (lanes < 4) return;
  v128.store32_lane(output, maximum, 3, 12);
  store<i64>(outputIndices, i32x4.extract_lane(indices, 3), 24);
}
