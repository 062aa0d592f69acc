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

// Weights of integer_depthwise_rows, blocks of four channels: [4 biases: i32][4 bounds of a sum: f32], then twice
// [lines][columns of the kernel][4 channels][2 rows] i16: first for windows whose first row is the first one of a line,
// then for those whose first row is its second one. A line is two rows of the input, [column][channel][2 rows] i16.
// Scratch: [where each line is: 4 u32][a tile: 8 x 4 i32][lines].

/** Lines that windows of `width` rows lie in. */
export function depthwiseLines(width: i32): i32 {
  return (width + 1) >> 1;
}

/** Bytes of a block of four channels. */
export function depthwiseBlockBytes(width: i32): i32 {
  return 32 + 2 * depthwiseLines(width) * width * 16;
}

/** Columns of a line: those of the windows of `columns` pixels, of seven at least. */
export function depthwiseLineColumns(columns: i32, width: i32, stride: i32): i32 {
  return ((columns > 7 ? columns : 7) - 1) * stride + width;
}

/** Bytes of scratch before the lines. */
export const LINES_OFFSET: i32 = 144;

/** Bytes of scratch that integer_depthwise_rows takes a thread, where `chunk` channels go through at once. */
export function depthwiseScratch(columns: i32, width: i32, stride: i32, chunk: i32): i32 {
  return LINES_OFFSET + depthwiseLines(width) * depthwiseLineColumns(columns, width, stride) * chunk * 4;
}

// Weights of integer_depthwise: panels of pairs, as if channels were filters over one channel.
// Scratch: [where each tap of a window is: u32][a pixel of the padding].

/** Bytes of scratch that integer_depthwise takes a thread. */
export function depthwiseTapsScratch(taps: i32, channels: i32): i32 {
  return (((taps + 1) & ~1) * 4 + channels + 31) & ~15;
}

// Weights of integer_winograd_4x4 and integer_winograd_2x2: panels that start as those of integer_conv, then
// [position][pairs, as in those panels, of the channels].
// Scratch: [as that of integer_conv before its windows][four windows of a tile's row][a tile between two passes]
// [where each pixel of a tile is: u32][for each tile of a block: its row of inputs: u32, of products: u32]
// [for each of them: where its result is stored: u32, its rows: u16, its columns: u16]
// [products: tile x position x 8 filters, i32][inputs: position x tile x channels, i16][a pixel of the padding].

/** Bytes of a tile between two passes: 36 vectors of inputs, or 4 x 6 pairs of vectors of products. */
export const INTEGER_PASS_BYTES: i32 = 768;
/** Bytes of the places of a tile's pixels. */
export const PIXELS_BYTES: i32 = 144;
/** Bytes behind the inputs of a position: they are an odd number of lines apart, so that they don't meet in one set of the cache. */
const POSITION_GAP: i32 = 64;

/** Bytes of the weights of a panel of eight filters. */
export function integerWinogradPanelBytes(tile: i32, channels: i32): i32 {
  return PANEL_HEAD + (tile + 2) * (tile + 2) * integerRowBytes(channels, 2) * PANEL;
}

/** Bytes of the inputs of a position. */
export function integerPositionBytes(tiles: i32, channels: i32): i32 {
  return (tiles * integerRowBytes(channels, 2) + POSITION_GAP) | POSITION_GAP;
}

/** Bytes of scratch that they take a thread for blocks of `tiles` tiles, a multiple of four. */
export function integerWinogradScratch(tile: i32, tiles: i32, channels: i32): i32 {
  const positions = (tile + 2) * (tile + 2);
  const listed = LIST_OFFSET + 4 * WINDOW_BYTES + INTEGER_PASS_BYTES + PIXELS_BYTES + tiles * 2 * WINDOW_BYTES;
  const products = tiles * positions * 4 * PANEL;
  return (listed + products + positions * integerPositionBytes(tiles, channels) + channels + OVERRUN + 15) & ~15;
}
