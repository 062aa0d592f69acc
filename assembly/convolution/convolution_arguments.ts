// What f32_conv is told, and how it lists the pixels of a block.

@unmanaged
export class ConvolutionArgs {
  /** First value that the first output pixel reads (its tap offsets start here). */
  input: usize;
  /** Panels of f32_pack_panels: [groups][panels][8 biases, then runs x runLength x 8 weights], or some runs of such. */
  weights: usize;
  /** Bytes of a panel. */
  panelBytes: i32;
  /** Bytes in a panel from the biases to the first run's weights, and from each run's to the next one's. */
  firstRun: i32;
  runBytes: i32;
  /** Added before the activation; 0 for none. */
  residual: usize;
  output: usize;
  /** i32[runs]: byte offset of each run of input values from the pixel's first one. */
  taps: usize;
  runs: i32;
  /** Contiguous floats in a run. */
  runLength: i32;
  images: i32;
  planes: i32;
  rows: i32;
  columns: i32;
  /** Bytes in the input between neighbouring output pixels, by axis; likewise the other two. */
  inputImageStride: i32;
  inputPlaneStride: i32;
  inputRowStride: i32;
  inputColumnStride: i32;
  residualImageStride: i32;
  residualPlaneStride: i32;
  residualRowStride: i32;
  residualColumnStride: i32;
  outputImageStride: i32;
  outputPlaneStride: i32;
  outputRowStride: i32;
  outputColumnStride: i32;
  groups: i32;
  /** Filters of one group. */
  filters: i32;
  /** Bytes from one group's first channel to the next one's. */
  inputGroupStride: i32;
  residualGroupStride: i32;
  outputGroupStride: i32;
  activation: i32;
  alpha: f32;
  beta: f32;
  /** Pixels of most tiles: 4, or 6 where the engine keeps the sums of so many in registers. */
  tilePixels: i32;
  /** Output pixels that go through all filters before the next ones. */
  blockPixels: i32;
  /** For each thread `convolutionScratch` bytes, `scratchStride` apart. */
  scratch: usize;
  scratchStride: i32;
}
