// Packed 8-bit weights: panels of eight filters, [8 biases: i32] and then a line of eight pairs of 16-bit weights for
// each two elements of a window. Scratch of integer_conv: [where each window of a block is stored: i32]
// [windows: pairs of 16-bit elements].
import { PANEL } from "../matmul/panel_layout";

/** Windows that are gathered at once. */
export const BLOCK_WINDOWS: i32 = 32;
/** Bytes of eight biases, and of eight pairs of weights. */
export const PAIRS_ROW: i32 = 32;

/** Bytes of the packed weights of `filters` filters in each of `groups` groups, `depth` elements each. */
export function integerWeightsBytes(groups: i32, filters: i32, depth: i32): i32 {
  return groups * ((filters + PANEL - 1) >> 3) * (((depth + 1) >> 1) + 1) * PAIRS_ROW;
}

/** Bytes of scratch that integer_conv takes a thread; a vector is read and written behind the last window. */
export function integerScratch(depth: i32): i32 {
  return BLOCK_WINDOWS * 4 * (1 + ((depth + 1) >> 1)) + 16;
}
