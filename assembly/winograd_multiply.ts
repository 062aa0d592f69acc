// The products of minimal filtering: at each position, the inputs of many tiles times eight filters.
import { madd } from "./fused";

/**
 * Four tiles x eight filters for each of `groups`: to[tile, filter] = sum over channels of input * weight, in the order
 * of the channels. Inputs are [group][tile][channel], weights [channel][8 filters].
 */
export function multiplyPosition(
  inputs: usize, groupBytes: usize, rowBytes: usize, groups: i32, weights: usize, channels: i32, to: usize, tileBytes: usize,
): void {
  const end = weights + (<usize>channels << 5);
  for (; groups > 0; groups--, inputs += groupBytes) {
    let a0 = inputs;
    let a1 = a0 + rowBytes;
    let a2 = a1 + rowBytes;
    let a3 = a2 + rowBytes;
    let s00 = f32x4.splat(0);
    let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
    for (let w = weights; w < end; w += 32) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const x0 = v128.load32_splat(a0);
      s00 = madd(x0, w0, s00);
      s01 = madd(x0, w1, s01);
      const x1 = v128.load32_splat(a1);
      s10 = madd(x1, w0, s10);
      s11 = madd(x1, w1, s11);
      const x2 = v128.load32_splat(a2);
      s20 = madd(x2, w0, s20);
      s21 = madd(x2, w1, s21);
      const x3 = v128.load32_splat(a3);
      s30 = madd(x3, w0, s30);
      s31 = madd(x3, w1, s31);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
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
