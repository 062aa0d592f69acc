// What f32_winograd_4x4 and f32_winograd_2x2 take.

/** Filters to transform. */
@unmanaged
export class WinogradFilters {
  /** First tap of the first filter's first channel. */
  source: usize;
  /** [filters]; 0 for zeros. */
  bias: usize;
  /** Of all groups. */
  filters: i32;
  /** Of one group. */
  channels: i32;
  /** Taps of a filter along each axis, and strides of the windows. */
  kernelRows: i32;
  kernelColumns: i32;
  strideRows: i32;
  strideColumns: i32;
  /** Bytes in the source between neighbours; taps are row after row. */
  filterStride: i32;
  channelStride: i32;
  tapStride: i32;
  /**
   * For each part row and column where its 3x3 weights start, maybe before the filter, and those of its first tap: i32.
   */
  parts: usize;
  partCount: i32;
  /** Panels of eight filters whose weights lie together by position; their products are transformed back together. */
  chunkPanels: i32;
}

/** With `source` where each panel's filters are transformed when their turn comes; the fields for that are unused where not. */
@unmanaged
export class WinogradArgs extends WinogradFilters {
  /** First value of the first window; the halo reaches to the end of the last whole tile. */
  input: usize;
  /** Panels of f32_winograd_weights of the same tile; 0 with `source`. */
  weights: usize;
  /** Added before the activation; 0 for none. */
  residual: usize;
  output: usize;
  images: i32;
  /** Extents of the output. */
  rows: i32;
  columns: i32;
  /** Groups of channels, each with filters of its own; where they are more than one, these fill whole panels. */
  groups: i32;
  /** Bytes from a window's first value to the first tap of each part: i32. */
  taps: usize;
  /** The taps that each part has: bit 3 * row + column of an i32. */
  present: usize;
  /** For each position the first of the parts whose weights aren't zeros there, and how many follow each other: i32. */
  ranges: usize;
  /** Bytes between neighbours on each axis. */
  inputImageStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  residualImageStride: i32;
  residualRowStride: i32;
  residualColumnStride: i32;
  outputImageStride: i32;
  outputRowStride: i32;
  outputColumnStride: i32;
  activation: i32;
  alpha: f32;
  beta: f32;
  /** Tiles that are multiplied together: 4, or 6 where the engine keeps the sums of so many in registers. */
  groupTiles: i32;
  /** Tiles that go through all filters before the next ones, an even number. */
  blockTiles: i32;
  /** For each thread `winogradScratch` bytes, `scratchStride` apart. */
  scratch: usize;
  scratchStride: i32;
}
