// One row times a packed matrix: bound by how fast the weights stream in, so nothing is shared or tiled.
import { activateRow } from "./activate_row";
import { Activation, clip } from "./activation";
import { madd } from "./fused";
import { storeLanes } from "./lanes";
import { firstUnit } from "./share";

@unmanaged
class GemvArgs {
  /** [length] */
  input: usize;
  /** Panels of f32_pack_panels with one group and one tap: [panels][8 biases, then length x 8 weights]. */
  weights: usize;
  /** [filters], added before the activation; 0 for none. */
  residual: usize;
  /** [filters] */
  output: usize;
  length: i32;
  filters: i32;
  activation: i32;
  alpha: f32;
  beta: f32;
}

const PANEL: i32 = 8;

/**
 * output[filter] = activation(bias + sum over k of input[k] * weight + residual[filter]). Each sum is four sums of
 * every fourth k (a last odd one goes to the third), then their total. Reads up to 32 bytes behind the residual and
 * 16 behind the output.
 */
export function f32_gemv(args: GemvArgs, thread: i32, threads: i32): void {
  assert(args.length >= 0 && args.filters >= 0);
  const panels = (args.filters + PANEL - 1) / PANEL;
  const first = firstUnit(panels, thread, threads);
  const end = firstUnit(panels, thread + 1, threads);
  const panelBytes = (<usize>(1 + args.length) * PANEL) << 2;
  for (let panel = first; panel < end; panel++) {
    multiplyPanel(args, panel, args.weights + <usize>panel * panelBytes);
  }

  if (args.activation <= Activation.clip || first >= end) return;
  const from = args.output + ((<usize>first * PANEL) << 2);
  const filters = min(end * PANEL, args.filters) - first * PANEL;
  activateRow(args.activation, from, 4, from, 4, filters, args.alpha, args.beta);
}

/** Eight filters up to their clip. */
function multiplyPanel(args: GemvArgs, panel: i32, weights: usize): void {
  let input = args.input;
  let s00 = v128.load(weights);
  let s01 = v128.load(weights, 16);
  let s10 = f32x4.splat(0);
  let s11 = s10, s20 = s10, s21 = s10, s30 = s10, s31 = s10;
  weights += 32;
  const end = input + (<usize>args.length << 2);
  const last = end - 8;
  // The branch in the middle keeps V8 from loading all four steps first, which would spill the sums.
  for (; input <= last; input += 16, weights += 128) {
    const x0 = v128.load32_splat(input);
    s00 = madd(x0, v128.load(weights), s00);
    s01 = madd(x0, v128.load(weights, 16), s01);
    const x1 = v128.load32_splat(input, 4);
    s10 = madd(x1, v128.load(weights, 32), s10);
    s11 = madd(x1, v128.load(weights, 48), s11);
    if (input + 16 > end) {
      input += 8;
      weights += 64;
      break;
    }
    const x2 = v128.load32_splat(input, 8);
    s20 = madd(x2, v128.load(weights, 64), s20);
    s21 = madd(x2, v128.load(weights, 80), s21);
    const x3 = v128.load32_splat(input, 12);
    s30 = madd(x3, v128.load(weights, 96), s30);
    s31 = madd(x3, v128.load(weights, 112), s31);
  }
  if (input < end) {
    const x = v128.load32_splat(input);
    s20 = madd(x, v128.load(weights), s20);
    s21 = madd(x, v128.load(weights, 16), s21);
  }
  s00 = f32x4.add(f32x4.add(s00, s10), f32x4.add(s20, s30));
  s01 = f32x4.add(f32x4.add(s01, s11), f32x4.add(s21, s31));

  const offset = <usize>panel << 5;
  if (args.residual) {
    s00 = f32x4.add(s00, v128.load(args.residual + offset));
    s01 = f32x4.add(s01, v128.load(args.residual + offset, 16));
  }
  if (args.activation == Activation.clip) {
    const low = f32x4.splat(args.alpha);
    const high = f32x4.splat(args.beta);
    s00 = clip(s00, low, high);
    s01 = clip(s01, low, high);
  }
  const filters = args.filters - panel * PANEL;
  storeLanes(args.output + offset, s00, filters);
  if (filters > 4) storeLanes(args.output + offset + 16, s01, filters - 4);
}
