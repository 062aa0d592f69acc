// The products of Winograd: at each position, the inputs of many tiles times eight filters.
import { madd } from "../../primitives/fused";

// As in convolution.ts: six tiles together need fused sums.
const MOST: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/**
 * to[tile, filter] = sum over channels of input * weight for an even number of tiles, in the order of the channels.
 * Inputs are [tile][channel], weights [channel][8 filters]. `together` tiles, 4 or 6, share the loads of weights.
 */
export function multiplyPosition(
  inputs: usize,
  rowBytes: usize,
  tiles: i32,
  together: i32,
  weights: usize,
  channels: i32,
  to: usize,
  tileBytes: usize,
): void {
  const end = weights + ((<usize>channels) << 5);
  if (MOST == 4 || together == 6) {
    // Eight are two times four rather than six and two.
    const rest = tiles % MOST;
    const count = tiles - (MOST == 6 && rest == 2 && tiles > 2 ? 8 : rest);
    const last = to + <usize>count * tileBytes;
    multiplyMost(inputs, rowBytes, weights, end, to, tileBytes, last);
    inputs += <usize>count * rowBytes;
    to = last;
    tiles -= count;
  }
  if (MOST > 4) {
    const count = tiles & -4;
    const last = to + <usize>count * tileBytes;
    multiplyFours(inputs, rowBytes, weights, end, to, tileBytes, last);
    inputs += <usize>count * rowBytes;
    to = last;
    tiles -= count;
  }
  if (tiles > 0) multiplyTwo(inputs, rowBytes, weights, end, to, tileBytes);
}

/**
 * The same for two tiles and two panels of weights, `panelBytes` apart, whose sums are `productsBytes` apart: with one
 * panel the sums would wait for each other.
 */
export function multiplyPair(
  inputs: usize,
  rowBytes: usize,
  weights: usize,
  panelBytes: usize,
  channels: i32,
  to: usize,
  tileBytes: usize,
  productsBytes: usize,
): void {
  let s00 = f32x4.splat(0);
  let s01 = s00,
    s02 = s00,
    s03 = s00,
    s10 = s00,
    s11 = s00,
    s12 = s00,
    s13 = s00;
  let other = weights + panelBytes;
  for (const end = weights + ((<usize>channels) << 5); weights < end; weights += 32, other += 32, inputs += 4) {
    const x0 = v128.load32_splat(inputs);
    const x1 = v128.load32_splat(inputs + rowBytes);
    const w0 = v128.load(weights);
    s00 = madd(x0, w0, s00);
    s10 = madd(x1, w0, s10);
    const w1 = v128.load(weights, 16);
    s01 = madd(x0, w1, s01);
    s11 = madd(x1, w1, s11);
    const w2 = v128.load(other);
    s02 = madd(x0, w2, s02);
    s12 = madd(x1, w2, s12);
    const w3 = v128.load(other, 16);
    s03 = madd(x0, w3, s03);
    s13 = madd(x1, w3, s13);
  }
  storeSums(to, s00, s01);
  storeSums(to + tileBytes, s10, s11);
  storeSums(to + productsBytes, s02, s03);
  storeSums(to + productsBytes + tileBytes, s12, s13);
}

// A function for each height: V8 would spill in loops that share one.

function multiplyMost(
  inputs: usize,
  rowBytes: usize,
  weights: usize,
  end: usize,
  to: usize,
  tileBytes: usize,
  last: usize,
): void {
  multiplyTiles(inputs, rowBytes, weights, end, to, tileBytes, last, MOST);
}

function multiplyFours(
  inputs: usize,
  rowBytes: usize,
  weights: usize,
  end: usize,
  to: usize,
  tileBytes: usize,
  last: usize,
): void {
  multiplyTiles(inputs, rowBytes, weights, end, to, tileBytes, last, 4);
}

function multiplyTwo(inputs: usize, rowBytes: usize, weights: usize, end: usize, to: usize, tileBytes: usize): void {
  multiplyTiles(inputs, rowBytes, weights, end, to, tileBytes, to + 1, 2);
}

/** Tiles until their sums reach `last`, `height` at once. */
// @ts-ignore: decorator
@inline
function multiplyTiles(
  inputs: usize,
  rowBytes: usize,
  weights: usize,
  end: usize,
  to: usize,
  tileBytes: usize,
  last: usize,
  height: i32,
): void {
  for (; to < last; inputs += <usize>height * rowBytes, to += <usize>height * tileBytes) {
    let a0 = inputs;
    let a1 = a0 + rowBytes;
    let a2 = a1 + rowBytes;
    let a3 = a2 + rowBytes;
    let a4 = a3 + rowBytes;
    let a5 = a4 + rowBytes;
    let s00 = f32x4.splat(0);
    let s10 = s00,
      s20 = s00,
      s30 = s00,
      s40 = s00,
      s50 = s00;
    let s01 = s00,
      s11 = s00,
      s21 = s00,
      s31 = s00,
      s41 = s00,
      s51 = s00;
    for (let w = weights; w < end; w += 32) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const x0 = v128.load32_splat(a0);
      s00 = madd(x0, w0, s00);
      s01 = madd(x0, w1, s01);
      const x1 = v128.load32_splat(a1);
      s10 = madd(x1, w0, s10);
      s11 = madd(x1, w1, s11);
      if (height > 2) {
        const x2 = v128.load32_splat(a2);
        s20 = madd(x2, w0, s20);
        s21 = madd(x2, w1, s21);
        const x3 = v128.load32_splat(a3);
        s30 = madd(x3, w0, s30);
        s31 = madd(x3, w1, s31);
      }
      if (height > 4) {
        const x4 = v128.load32_splat(a4);
        s40 = madd(x4, w0, s40);
        s41 = madd(x4, w1, s41);
        const x5 = v128.load32_splat(a5);
        s50 = madd(x5, w0, s50);
        s51 = madd(x5, w1, s51);
      }
      a0 += 4;
      a1 += 4;
      if (height > 2) a2 += 4;
      if (height > 2) a3 += 4;
      if (height > 4) a4 += 4;
      if (height > 4) a5 += 4;
    }
    storeSums(to, s00, s01);
    storeSums(to + tileBytes, s10, s11);
    if (height > 2) {
      storeSums(to + 2 * tileBytes, s20, s21);
      storeSums(to + 3 * tileBytes, s30, s31);
    }
    if (height > 4) {
      storeSums(to + 4 * tileBytes, s40, s41);
      storeSums(to + 5 * tileBytes, s50, s51);
    }
  }
}

// @ts-ignore: decorator
@inline
function storeSums(to: usize, s0: v128, s1: v128): void {
  v128.store(to, s0);
  v128.store(to, s1, 16);
}
