// Scratch of the kernels that sum the gradient of filters pixel by pixel.
// f32_filter_gradient: [pixel list][gradients: pixel x 8 filters][where packed, inputs: tile x pixel x 4]
// [sums: panel x tile x 4 x 8].
// f32_filter_gradient_depthwise: [pixel list][sums: block of four channels x tap x 4].
import { PANEL } from "../matmul/panel_layout";

/** Bytes of a pixel of a block: addresses [input: u32][gradient: u32]. */
export const LISTED_BYTES: usize = 8;
/** Bytes of a pixel's gradients of a panel of filters. */
export const GRADIENT_BYTES: usize = 32;
/** Window elements of a tile. */
export const ELEMENTS: i32 = 4;
/** Bytes of a pixel's inputs of a tile. */
export const ELEMENTS_BYTES: usize = 16;
/** Bytes of a tile's sums: [4 window elements][8 filters]. */
export const TILE_SUMS_BYTES: usize = 128;

/** Bytes of scratch that f32_filter_gradient takes a thread. */
export function filterGradientScratch(blockPixels: i32, chunkTiles: i32, filters: i32, packs: i32): i32 {
  const panels = (filters + PANEL - 1) >> 3;
  const pixelBytes = <i32>LISTED_BYTES + <i32>GRADIENT_BYTES + packs * chunkTiles * <i32>ELEMENTS_BYTES;
  return blockPixels * pixelBytes + panels * chunkTiles * <i32>TILE_SUMS_BYTES;
}

/** Bytes of scratch that f32_filter_gradient_depthwise takes a thread. */
export function depthwiseFilterGradientScratch(blockPixels: i32, tapCount: i32, channels: i32): i32 {
  return blockPixels * <i32>LISTED_BYTES + 16 * tapCount * ((channels + 3) >> 2);
}
