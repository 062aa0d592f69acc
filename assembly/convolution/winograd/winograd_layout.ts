// Weights of f32_winograd_4x4 and f32_winograd_2x2, in chunks of a few panels of eight filters, and the kernels'
// scratch.
// A chunk: [panel][8 biases], then [position][panel][part][channel][8 filters] with a gap behind each position.
// Scratch of a convolution: [6 x 6 x 4 floats: a tile between two passes]
// [4 x 4 pixels x 8 floats: one on its way to the slow store][tiles of the block]
// [products: panel x tile x position x 8 filters][inputs: position x tile x part x channels, whole vectors a tile].
// Scratch of a filter's gradient: [4 channels x 9 taps x 4 filters, or a tile between two passes][tiles of the block]
// [gradients: position x tile x 8 filters][inputs: group of four channels x position x tile x 4]
// [sums: panel x group x position x 4 channels x 8 filters].
import { PANEL, PANEL_ROW } from "../../matmul/panel_layout";

/** Bytes of a tile between two passes, and of the taps of four channels and filters. */
export const PASS_BYTES: usize = 576;
/** Bytes of 3x3 taps of four filters. */
export const RECOVERED_BYTES: usize = 144;
/** Bytes of a tile on its way to the slow store. */
export const STORE_BYTES: usize = 512;
/**
 * Bytes of a tile of the block: addresses of what it reads and writes, then [rows: u16][columns: u8][1 where it is computed
 * directly: u8].
 */
export const PLACE_BYTES: usize = 16;
/**
 * Bytes behind each position of inputs and weights, so that the same channels of all of them don't meet in one set of
 * the cache: inputs, of which a transform writes all positions in turn, are an odd number of lines apart.
 */
export const GAP_BYTES: usize = 64;
/** Bytes of the sums of four channels and eight filters at a position. */
export const SUM_BYTES: usize = 128;

/** Bytes of weights for `panels` panels of `depth` values, channels times parts. */
export function winogradWeightsBytes(tile: i32, panels: i32, chunks: i32, depth: i32): i32 {
  const positions = (tile + 2) * (tile + 2);
  return panels * <i32>PANEL_ROW * (1 + positions * depth) + chunks * positions * <i32>GAP_BYTES;
}

/** Bytes of a block's inputs at a position. Tiles are multiplied in even numbers, from any one on. */
export function inputPositionBytes(blockTiles: i32, depth: i32): i32 {
  return ((blockTiles + 1) * 4 * ((depth + 3) & -4) + <i32>GAP_BYTES) | (<i32>GAP_BYTES);
}

/** Bytes of scratch that a convolution takes a thread. */
export function winogradScratch(tile: i32, blockTiles: i32, chunkPanels: i32, depth: i32): i32 {
  const positions = (tile + 2) * (tile + 2);
  const products = chunkPanels * (blockTiles + 1) * positions * <i32>PANEL_ROW;
  const listed = <i32>PASS_BYTES + <i32>STORE_BYTES + blockTiles * <i32>PLACE_BYTES;
  return listed + products + positions * inputPositionBytes(blockTiles, depth);
}

/** Bytes of scratch that a filter's gradient takes a thread; sums of one block are brought to their taps at once. */
export function winogradGradientScratch(tile: i32, tiles: i32, blockTiles: i32, chunkGroups: i32, filters: i32): i32 {
  const positions = (tile + 2) * (tile + 2);
  const kept = tiles > blockTiles ? chunkGroups * ((filters + PANEL - 1) >> 3) : 1;
  const gradients = blockTiles * <i32>PANEL_ROW + <i32>GAP_BYTES;
  const inputs = chunkGroups * (16 * blockTiles + <i32>GAP_BYTES);
  return <i32>PASS_BYTES + blockTiles * <i32>PLACE_BYTES + positions * (gradients + inputs + kept * <i32>SUM_BYTES);
}
