// The products of minimal filtering: at each position, the inputs of many tiles times eight filters.
import { madd } from "./fused";

/**
 * Four tiles x eight filters for each of `groups`: to[tile, filter] = sum over channels of input * weight, in the order
 * of the channels. A group's inputs lie in chunks of four channels, [tile][channel]; weights are [channel][8 filters].
 */
export function multiplyPosition(
  inputs: usize, groupBytes: usize, groups: i32, weights: usize, channels: i32, to: usize, tileBytes: usize,
): void {
  const end = weights + (<usize>channels << 5);
  const wholeEnd = weights + (<usize>(channels & -4) << 5);
  for (; groups > 0; groups--, inputs += groupBytes) {
    let a = inputs;
    let w = weights;
    let s00 = f32x4.splat(0);
    let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
    for (; w < wholeEnd; w += 128, a += 64) {
      let w0 = v128.load(w);
      let w1 = v128.load(w, 16);
      let x = v128.load32_splat(a);
      s00 = madd(x, w0, s00);
      s01 = madd(x, w1, s01);
      x = v128.load32_splat(a, 16);
      s10 = madd(x, w0, s10);
      s11 = madd(x, w1, s11);
      x = v128.load32_splat(a, 32);
      s20 = madd(x, w0, s20);
      s21 = madd(x, w1, s21);
      x = v128.load32_splat(a, 48);
      s30 = madd(x, w0, s30);
      s31 = madd(x, w1, s31);

      w0 = v128.load(w, 32);
      w1 = v128.load(w, 48);
      x = v128.load32_splat(a, 4);
      s00 = madd(x, w0, s00);
      s01 = madd(x, w1, s01);
      x = v128.load32_splat(a, 20);
      s10 = madd(x, w0, s10);
      s11 = madd(x, w1, s11);
      x = v128.load32_splat(a, 36);
      s20 = madd(x, w0, s20);
      s21 = madd(x, w1, s21);
      x = v128.load32_splat(a, 52);
      s30 = madd(x, w0, s30);
      s31 = madd(x, w1, s31);

      w0 = v128.load(w, 64);
      w1 = v128.load(w, 80);
      x = v128.load32_splat(a, 8);
      s00 = madd(x, w0, s00);
      s01 = madd(x, w1, s01);
      x = v128.load32_splat(a, 24);
      s10 = madd(x, w0, s10);
      s11 = madd(x, w1, s11);
      x = v128.load32_splat(a, 40);
      s20 = madd(x, w0, s20);
      s21 = madd(x, w1, s21);
      x = v128.load32_splat(a, 56);
      s30 = madd(x, w0, s30);
      s31 = madd(x, w1, s31);

      w0 = v128.load(w, 96);
      w1 = v128.load(w, 112);
      x = v128.load32_splat(a, 12);
      s00 = madd(x, w0, s00);
      s01 = madd(x, w1, s01);
      x = v128.load32_splat(a, 28);
      s10 = madd(x, w0, s10);
      s11 = madd(x, w1, s11);
      x = v128.load32_splat(a, 44);
      s20 = madd(x, w0, s20);
      s21 = madd(x, w1, s21);
      x = v128.load32_splat(a, 60);
      s30 = madd(x, w0, s30);
      s31 = madd(x, w1, s31);
    }
    for (; w < end; w += 32, a += 4) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const x0 = v128.load32_splat(a);
      s00 = madd(x0, w0, s00);
      s01 = madd(x0, w1, s01);
      const x1 = v128.load32_splat(a, 16);
      s10 = madd(x1, w0, s10);
      s11 = madd(x1, w1, s11);
      const x2 = v128.load32_splat(a, 32);
      s20 = madd(x2, w0, s20);
      s21 = madd(x2, w1, s21);
      const x3 = v128.load32_splat(a, 48);
      s30 = madd(x3, w0, s30);
      s31 = madd(x3, w1, s31);
    }
    v128.store(to, s00);
    v128.store(to, s01, 16);
    to += tileBytes;
    v128.store(to, s10);
    v128.store(to, s11, 16);
    to += tileBytes;
    v128.store(to, s20);
    v128.store(to, s21, 16);
    to += tileBytes;
    v128.store(to, s30);
    v128.store(to, s31, 16);
    to += tileBytes;
  }
}
