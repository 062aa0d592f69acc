// Pooling of whole maps: [images, planes, rows, columns, channels] to [images, channels].
import { Fold, foldAcross, foldAcross16 } from "../primitives/accumulate";
import { firstUnit } from "../runtime/share";
import { storeBytes } from "../primitives/tail";


@unmanaged
class GlobalPoolArgs {
  input: usize;
  output: usize;
  images: i32;
  channels: i32;
  // The next three, and the three strides behind them, are the tables of the fold: keep them together.
  planes: i32;
  rows: i32;
  columns: i32;
  planeStride: i32;
  rowStride: i32;
  columnStride: i32;
  inputImageStride: i32;
  outputImageStride: i32;
}

/** Mean of each channel of each image. Maps without gaps are faster as one row of rows x columns cells. */
export function f32_global_average_pool(args: GlobalPoolArgs, thread: i32, threads: i32): void {
  pool(args, Fold.sum, <f32>(args.planes * args.rows * args.columns), thread, threads);
}

/** Greatest value of each channel of each image; NaN stays. */
export function f32_global_max_pool(args: GlobalPoolArgs, thread: i32, threads: i32): void {
  pool(args, Fold.max, 1, thread, threads);
}

function pool(args: GlobalPoolArgs, fold: i32, divisor: f32, thread: i32, threads: i32): void {
  assert(args.images >= 0 && args.channels >= 0);
  const blocks = (args.channels + 15) >> 4;
  const extents = changetype<usize>(args) + offsetof<GlobalPoolArgs>("planes");
  const strides = changetype<usize>(args) + offsetof<GlobalPoolArgs>("planeStride");
  const last = firstUnit(args.images * blocks, thread + 1, threads);
  for (let unit = firstUnit(args.images * blocks, thread, threads); unit < last; unit++) {
    const image = unit / blocks;
    const channel = (unit - image * blocks) << 4;
    let input = args.input + <isize>image * args.inputImageStride + ((<usize>channel) << 2);
    let output = args.output + <isize>image * args.outputImageStride + ((<usize>channel) << 2);
    let count = min(16, args.channels - channel);
    const isWide = count == 16;
    if (isWide) foldAcross16(fold, output, input, 3, extents, strides);
    for (; count > 0; count -= 4) {
      const total = isWide ? v128.load(output) : foldAcross(fold, input, 3, extents, strides, f32x4.splat(0));
      const result = f32x4.div(total, f32x4.splat(divisor));
      if (count > 3) v128.store(output, result);
      else storeBytes(output, result, count << 2);
      input += 16;
      output += 16;
    }
  }
}
