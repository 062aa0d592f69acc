// How Winograd cuts outputs into tiles: along each axis as many as cover it, of which the last ones are short,
// with an output less, where whole ones would reach beyond it. Only the last output depends on the point at infinity,
// so short tiles need no products there.
//
// Their order is tall and narrow, tall and wide, low and wide, low and narrow, where low ones have a row less and
// narrow ones a column: so those that need the products at a position follow each other.

/** Tiles along an axis of `extent` outputs. */
// @ts-ignore: decorator
@inline
export function tileCount(extent: i32, tile: i32): i32 {
  return (extent + tile - 1) / tile;
}

/** How many of them are not short. */
// @ts-ignore: decorator
@inline
export function wholeTiles(extent: i32, tile: i32): i32 {
  const count = tileCount(extent, tile);
  return max(0, count + extent - count * tile);
}
