// Pixels of 8-bit integers at the points of Winograd, in 16 bits: at most 100 times as large with tiles of 4x4, 4 times with
// those of 2x2.

/**
 * Eight channels at a time of 6x6 pixels, less `zero`: `pixels` tells where each one is; each position's go to `to` and
 * `positionBytes` behind the last one's. Up to seven bytes behind a pixel are read, up to eight behind `to`'s written.
 */
export function transformPixels4(
  pixels: usize,
  channels: i32,
  flip: i32,
  zero: i32,
  pass: usize,
  to: usize,
  positionBytes: usize,
): void {
  const zeros = i16x8.splat(<i16>zero);
  const flips = i8x16.splat(<i8>flip);
  for (let channel: usize = 0; channel < <usize>channels; channel += 8, to += 16) {
    for (let list = pixels, at = pass; list < pixels + 24; list += 4, at += 16) {
      const d0 = wide(<usize>load<u32>(list) + channel, flips, zeros);
      const d1 = wide(<usize>load<u32>(list, 24) + channel, flips, zeros);
      const d2 = wide(<usize>load<u32>(list, 48) + channel, flips, zeros);
      const d3 = wide(<usize>load<u32>(list, 72) + channel, flips, zeros);
      const d4 = wide(<usize>load<u32>(list, 96) + channel, flips, zeros);
      const d5 = wide(<usize>load<u32>(list, 120) + channel, flips, zeros);
      transform4(d0, d1, d2, d3, d4, d5, at, 96);
    }
    let at = to;
    for (let from = pass; from < pass + 576; from += 96, at += 6 * positionBytes) {
      const d0 = v128.load(from);
      const d1 = v128.load(from, 16);
      const d2 = v128.load(from, 32);
      const d3 = v128.load(from, 48);
      const d4 = v128.load(from, 64);
      const d5 = v128.load(from, 80);
      transform4(d0, d1, d2, d3, d4, d5, at, positionBytes);
    }
  }
}

/** Six values along an axis at the points 0, 1, -1, 2, -2 and infinity, stored `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function transform4(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, stride: usize): void {
  const even = i16x8.sub(d4, d2);
  const odd = i16x8.sub(d3, d1);
  v128.store(to, i16x8.add(i16x8.shl(i16x8.sub(d0, d2), 2), even));
  const a = i16x8.sub(d4, i16x8.shl(d2, 2));
  const b = i16x8.sub(d3, i16x8.shl(d1, 2));
  to += stride;
  v128.store(to, i16x8.add(a, b));
  to += stride;
  v128.store(to, i16x8.sub(a, b));
  const twice = i16x8.add(odd, odd);
  to += stride;
  v128.store(to, i16x8.add(even, twice));
  to += stride;
  v128.store(to, i16x8.sub(even, twice));
  to += stride;
  v128.store(to, i16x8.sub(i16x8.sub(d5, d3), i16x8.shl(odd, 2)));
}

/** The same for 4x4 pixels. */
export function transformPixels2(
  pixels: usize,
  channels: i32,
  flip: i32,
  zero: i32,
  pass: usize,
  to: usize,
  positionBytes: usize,
): void {
  const zeros = i16x8.splat(<i16>zero);
  const flips = i8x16.splat(<i8>flip);
  for (let channel: usize = 0; channel < <usize>channels; channel += 8, to += 16) {
    for (let list = pixels, at = pass; list < pixels + 16; list += 4, at += 16) {
      const d0 = wide(<usize>load<u32>(list) + channel, flips, zeros);
      const d1 = wide(<usize>load<u32>(list, 16) + channel, flips, zeros);
      const d2 = wide(<usize>load<u32>(list, 32) + channel, flips, zeros);
      const d3 = wide(<usize>load<u32>(list, 48) + channel, flips, zeros);
      transform2(d0, d1, d2, d3, at, 64);
    }
    let at = to;
    for (let from = pass; from < pass + 256; from += 64, at += 4 * positionBytes) {
      transform2(v128.load(from), v128.load(from, 16), v128.load(from, 32), v128.load(from, 48), at, positionBytes);
    }
  }
}

/** Four values along an axis at the points 0, 1, -1 and infinity, stored `stride` bytes apart. */
// @ts-ignore: decorator
@inline
function transform2(d0: v128, d1: v128, d2: v128, d3: v128, to: usize, stride: usize): void {
  v128.store(to, i16x8.sub(d0, d2));
  to += stride;
  v128.store(to, i16x8.add(d1, d2));
  to += stride;
  v128.store(to, i16x8.sub(d2, d1));
  to += stride;
  v128.store(to, i16x8.sub(d1, d3));
}

/** Eight bytes as 16-bit integers less `zeros`. */
// @ts-ignore: decorator
@inline
function wide(from: usize, flips: v128, zeros: v128): v128 {
  return i16x8.sub(i16x8.extend_low_i8x16_u(v128.xor(v128.load64_zero(from), flips)), zeros);
}
