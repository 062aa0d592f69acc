// What the gradients of filters share: where the pixels lie that they sum over, and the list of one block of them.
import { LISTED_BYTES } from "./filter_gradient_layout";


@unmanaged
export class FilterGradientPixels {
  /** First value that the first output pixel reads (its tap offsets start here). */
  input: usize;
  /** Of the convolution's output: [images, planes, rows, columns, filters]. */
  gradient: usize;
  output: usize;
  /** i32[tapCount]: byte offset of each tap from the pixel's first value, the kernel's columns innermost. */
  taps: usize;
  tapCount: i32;
  images: i32;
  planes: i32;
  rows: i32;
  columns: i32;
  /** Bytes in the input between neighbouring output pixels, by axis; likewise the gradient. */
  inputImageStride: i32;
  inputPlaneStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  gradientImageStride: i32;
  gradientPlaneStride: i32;
  gradientRowStride: i32;
  gradientColumnStride: i32;
  /** Pixels that are summed before they join the sums of the others: rounding errors grow with it plus the blocks. */
  blockPixels: i32;
  scratch: usize;
  scratchStride: i32;
}

/** Number of pixels. */
export function pixelCount(args: FilterGradientPixels): i32 {
  return args.images * args.planes * args.rows * args.columns;
}

/** Writes the addresses of `count` pixels from the flat index `first` on. */
export function listPixels(args: FilterGradientPixels, table: usize, first: i32, count: i32): void {
  let column = first % args.columns;
  let line = first / args.columns;
  const end = table + <usize>count * LISTED_BYTES;
  while (table < end) {
    const row = line % args.rows;
    const planes = line / args.rows;
    const plane = planes % args.planes;
    const image = planes / args.planes;
    let input = args.input + image * args.inputImageStride + plane * args.inputPlaneStride + row * args.inputRowStride;
    let gradient =
      args.gradient +
      image * args.gradientImageStride +
      plane * args.gradientPlaneStride +
      row * args.gradientRowStride;
    input += column * args.inputColumnStride;
    gradient += column * args.gradientColumnStride;
    const rowEnd = min(end, table + <usize>(args.columns - column) * LISTED_BYTES);
    for (; table < rowEnd; table += LISTED_BYTES) {
      store<u32>(table, <u32>input);
      store<u32>(table, <u32>gradient, 4);
      input += args.inputColumnStride;
      gradient += args.gradientColumnStride;
    }
    column = 0;
    line++;
  }
}
