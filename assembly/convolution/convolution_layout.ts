// Scratch of f32_conv: [6 x 8 floats: a tile on its way to the store of fewer filters]
// [pixels of the block that are listed each] ... [first pixels of its other tiles, the last tile first].

/** Bytes of the tile. */
export const TILE_BYTES: usize = 192;
/** Bytes of a listed pixel: addresses [input: u32][output: u32][residual: u32][] for the first group. */
export const PIXEL_BYTES: usize = 16;

/** Bytes of scratch that f32_conv takes a thread. */
export function convolutionScratch(blockPixels: i32): i32 {
  return <i32>TILE_BYTES + blockPixels * <i32>PIXEL_BYTES;
}
