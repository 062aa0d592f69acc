// Where a pool's windows lie: the arguments that all pooling kernels begin with, and how windows are clipped to the
// input.

/** 5-D, channels last; 2-D pools have one plane, 1-D pools one row too. */
@unmanaged
export class PoolArgs {
  input: usize;
  output: usize;
  images: i32;
  channels: i32;
  planes: i32;
  rows: i32;
  columns: i32;
  outputPlanes: i32;
  outputRows: i32;
  outputColumns: i32;
  kernelPlanes: i32;
  kernelRows: i32;
  kernelColumns: i32;
  stridePlanes: i32;
  strideRows: i32;
  strideColumns: i32;
  dilationPlanes: i32;
  dilationRows: i32;
  dilationColumns: i32;
  /** Padding before the first plane, row and column. */
  paddingPlanes: i32;
  paddingRows: i32;
  paddingColumns: i32;
  /** Bytes from one image, plane, row and column to the next. */
  inputImageStride: i32;
  inputPlaneStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  outputImageStride: i32;
  outputPlaneStride: i32;
  outputRowStride: i32;
  outputColumnStride: i32;
}

/** First step of a window, that begins at `first`, with a cell in the input. */
// @ts-ignore: decorator
@inline
export function clipFrom(first: i32, dilation: i32): i32 {
  return first >= 0 ? 0 : (dilation - 1 - first) / dilation;
}

/** Step behind the last one with a cell in the input of `extent` cells. */
// @ts-ignore: decorator
@inline
export function clipEnd(first: i32, dilation: i32, kernel: i32, extent: i32): i32 {
  const room = extent - first;
  if (room > (kernel - 1) * dilation) return kernel;
  return room <= 0 ? 0 : (room + dilation - 1) / dilation;
}
