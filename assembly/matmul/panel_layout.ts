// Packed weights: panels of eight filters side by side, [8 biases] and then a row of eight weights for each value that
// the filters take. Lanes past the last filter are zero.

/** Filters of a panel. */
export const PANEL: i32 = 8;
/** Bytes of a panel's biases, and of its weights for one value. */
export const PANEL_ROW: usize = 32;
/** Panels that f32_gemv reads at once, and so does f32_conv for the pixels that fill no tile. */
export const TOGETHER: i32 = 4;
/** Bytes of the sums of a pixel or row and those panels. */
export const SUMS_BYTES: usize = 128;

/** Bytes of scratch that f32_gemv takes a thread: the sums of each row. */
export function gemvScratch(rows: i32): i32 {
  return rows * <i32>SUMS_BYTES;
}
