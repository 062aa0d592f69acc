// What the convolutions of 8-bit integers are told.

@unmanaged
export class IntegerConvArgs {
  /** i8 or u8, channels next to each other. */
  input: usize;
  /** ElementType of the input. */
  inputType: i32;
  /** One element of the input's type, which the padding has too; 0: none. */
  inputZero: usize;
  /** Panels of pack_integer_panels. */
  weights: usize;
  /** As the weights are packed: 2, pairs of 16 bits, or 1, quads of bytes. */
  elementBytes: i32;
  /** Of quads: 0x80 where bytes are multiplied as the other type, so flipped by it and their zero with them; else 0. */
  flip: i32;
  /** f32 that sums are multiplied with before they are rounded to 8 bits; 0: the output is the sums. */
  multipliers: usize;
  multiplierGroup: i32;
  multiplierStride: i32;
  /** One element of the output's type; 0: none. */
  outputZero: usize;
  output: usize;
  /** ElementType of the output: int32, or int8 or uint8 where there are multipliers. */
  outputType: i32;
  /** Least and greatest result: the bounds of an activation. */
  low: i32;
  high: i32;
  /** Rounding of the results. */
  rounding: i32;
  /** Of the output. */
  images: i32;
  planes: i32;
  rows: i32;
  columns: i32;
  inputPlanes: i32;
  inputRows: i32;
  inputColumns: i32;
  inputImageStride: i32;
  inputPlaneStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  outputImageStride: i32;
  outputPlaneStride: i32;
  outputRowStride: i32;
  outputColumnStride: i32;
  kernelPlanes: i32;
  kernelRows: i32;
  kernelColumns: i32;
  stridePlanes: i32;
  strideRows: i32;
  strideColumns: i32;
  dilationPlanes: i32;
  dilationRows: i32;
  dilationColumns: i32;
  paddingPlanes: i32;
  paddingRows: i32;
  paddingColumns: i32;
  groups: i32;
  /** Of a group. */
  channels: i32;
  /** Of a group. */
  filters: i32;
  inputGroupStride: i32;
  outputGroupStride: i32;
  /** Windows that go through all filters before the next ones, a multiple of four. */
  blockWindows: i32;
  /** For each thread `integerScratch` bytes, `scratchStride` apart. */
  scratch: usize;
  scratchStride: i32;
}
