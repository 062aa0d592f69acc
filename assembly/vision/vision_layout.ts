// Scratch of the kernels that sample.

/** Scratch of f32_grid_sample: [offsets and weights of 3 axes x 4 taps][64 offsets][64 weights]. */
export const AXIS_BYTES: usize = 32;
export const OFFSETS: usize = 3 * AXIS_BYTES;
export const PRODUCTS: usize = OFFSETS + 256;

/** Bytes of scratch that f32_grid_sample takes a thread. */
export function gridSampleScratch(): i32 {
  return <i32>PRODUCTS + 256;
}

/** Bytes of scratch that f32_resample takes a thread: a row of sums, and a vector to be read behind it. */
export function resampleScratch(rowFloats: i32): i32 {
  return 4 * rowFloats + 64;
}

/** Bytes of offsets and weights of four taps, in the scratch of f32_roi_align. */
export const TAPS_BYTES: usize = 32;

/** Bytes of scratch that f32_roi_align takes a thread: [offsets and weights of 4 taps][a sample of all channels]. */
export function roiAlignScratch(channels: i32): i32 {
  return <i32>TAPS_BYTES + 4 * channels + 32;
}

/** Bits behind the point of u8_resample's weights, as many as Pillow's have: sums of bytes stay below 2^31. */
export const PIXEL_WEIGHT_BITS: i32 = 22;
