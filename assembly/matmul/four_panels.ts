// One pixel, or one row of a matrix, times four panels of eight filters: sums enough to hide the latency of a
// multiply-add, from one load of each input value.
import { Activation, clip } from "../primitives/activation";
import { madd } from "../primitives/fused";
import { storeLanes } from "../primitives/lanes";
import { SUMS_BYTES } from "./panel_layout";

/** The biases of four panels, `apart` bytes from each other, to `sums`. */
export function startSums(weights: usize, apart: usize, sums: usize): void {
  for (const end = sums + SUMS_BYTES; sums < end; sums += 32, weights += apart) {
    v128.store(sums, v128.load(weights));
    v128.store(sums, v128.load(weights, 16), 16);
  }
}

/**
 * sums[panel][filter] += sum over k < length of input[k] * weights[panel][k][filter], in the order of k. The loop has a
 * function of its own: V8 spills sums that live on beside much else.
 */
export function addProducts(input: usize, length: i32, weights: usize, apart: usize, sums: usize): void {
  let w1 = weights + apart;
  let w2 = w1 + apart;
  let w3 = w2 + apart;
  let s00 = v128.load(sums),
    s01 = v128.load(sums, 16);
  let s10 = v128.load(sums, 32),
    s11 = v128.load(sums, 48);
  let s20 = v128.load(sums, 64),
    s21 = v128.load(sums, 80);
  let s30 = v128.load(sums, 96),
    s31 = v128.load(sums, 112);
  for (const end = input + ((<usize>length) << 2); input < end; input += 4) {
    const x = v128.load32_splat(input);
    s00 = madd(x, v128.load(weights), s00);
    s01 = madd(x, v128.load(weights, 16), s01);
    s10 = madd(x, v128.load(w1), s10);
    s11 = madd(x, v128.load(w1, 16), s11);
    s20 = madd(x, v128.load(w2), s20);
    s21 = madd(x, v128.load(w2, 16), s21);
    s30 = madd(x, v128.load(w3), s30);
    s31 = madd(x, v128.load(w3, 16), s31);
    weights += 32;
    w1 += 32;
    w2 += 32;
    w3 += 32;
  }
  v128.store(sums, s00);
  v128.store(sums, s01, 16);
  v128.store(sums, s10, 32);
  v128.store(sums, s11, 48);
  v128.store(sums, s20, 64);
  v128.store(sums, s21, 80);
  v128.store(sums, s30, 96);
  v128.store(sums, s31, 112);
}

/** Stores the first `filters` of one panel's sums, plus `residual` (0 for none), clipped if that is the activation. */
export function storePanel(
  sums: usize,
  residual: usize,
  output: usize,
  filters: i32,
  activation: i32,
  alpha: f32,
  beta: f32,
): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  if (residual) {
    s0 = f32x4.add(s0, v128.load(residual));
    s1 = f32x4.add(s1, v128.load(residual, 16));
  }
  if (activation == Activation.clip) {
    s0 = clip(s0, f32x4.splat(alpha), f32x4.splat(beta));
    s1 = clip(s1, f32x4.splat(alpha), f32x4.splat(beta));
  }
  storeLanes(output, s0, filters);
  if (filters > 4) storeLanes(output + 16, s1, filters - 4);
}
