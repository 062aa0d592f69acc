// Packed 8-bit weights, panels of eight filters side by side: [8 biases: i32][8 sums of a filter's weights: i32]
// [8 bounds of a sum: f32], then for each four elements of a window, in one of two forms:
// - pairs: [2][8 filters][2 elements] i16, less their zero;
// - quads: [8 filters][4 elements] i8.
// Scratch of integer_conv: [what the sums of a panel start from: 8 i32][its multipliers: 8 f32][a tile: 4 x 8 i32]
// [for each window of a block, rounded up to four: its row: u32, where its result is stored: u32]
// [rows: the elements of each window, i16 for pairs, bytes for quads].
import { PANEL } from "../matmul/panel_layout";

/** Bytes before the weights of a panel. */
export const PANEL_HEAD: i32 = 96;
/** Bytes of scratch before the list of windows. */
export const LIST_OFFSET: i32 = 192;
/** Bytes of a window in that list. */
export const WINDOW_BYTES: i32 = 8;
/** Bytes that are read or written behind the end of a row. */
const OVERRUN: i32 = 32;

/** Bytes of a panel of `depth` elements; `elementBytes` is 2 for pairs, 1 for quads. */
export function integerPanelBytes(depth: i32, elementBytes: i32): i32 {
  return PANEL_HEAD + ((depth + 3) >> 2) * elementBytes * 4 * PANEL;
}

/** Bytes of a window's row. */
export function integerRowBytes(depth: i32, elementBytes: i32): i32 {
  return ((depth + 3) >> 2) * elementBytes * 4;
}

/** Bytes of scratch that integer_conv takes a thread for blocks of `windows` windows, a multiple of four. */
export function integerScratch(windows: i32, rowBytes: i32): i32 {
  return (LIST_OFFSET + windows * (WINDOW_BYTES + rowBytes) + OVERRUN + 15) & ~15;
}
