// One row times a packed matrix: bound by how fast the weights stream in.
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
  /** 128 bytes for each thread. */
  scratch: usize;
}

const PANEL: i32 = 8;
// Panels that are multiplied side by side, each a quarter of the way from the last: their streams of weights keep more of
// the memory's latency in flight than one would, and they share the loads of the input.
const STREAMS: i32 = 4;
const SCRATCH_BYTES: usize = 128;

/**
 * output[filter] = activation(bias + sum over k of input[k] * weight + residual[filter]), each sum in the order of k, as
 * in f32_conv_4x8. Reads up to 32 bytes behind the residual, which must not be the output.
 */
export function f32_gemv(args: GemvArgs, thread: i32, threads: i32): void {
  assert(args.length >= 0 && args.filters >= 0);
  const panels = (args.filters + PANEL - 1) / PANEL;
  const first = firstUnit(panels, thread, threads);
  const end = firstUnit(panels, thread + 1, threads);
  if (first >= end) return;
  const scratch = args.scratch + <usize>thread * SCRATCH_BYTES;
  const apart = (end - first) / STREAMS;
  for (let panel = first; panel < first + apart; panel++) multiplyPanels(args, panel, apart, scratch);
  // What is left over is multiplied together with panels that are done, or with itself.
  if (apart == 0) for (let panel = first; panel < end; panel++) multiplyPanels(args, panel, 0, scratch);
  else if (first + STREAMS * apart < end) multiplyPanels(args, end - STREAMS, 1, scratch);

  if (args.activation <= Activation.clip) return;
  const from = args.output + ((<usize>first * PANEL) << 2);
  const filters = min(end * PANEL, args.filters) - first * PANEL;
  activateRow(args.activation, from, 4, from, 4, filters, args.alpha, args.beta);
}

/**
 * The filters of four panels, `apart` panels from each other, up to their clip. The sums pass through `scratch`, and the
 * loop has a function of its own: V8 spills sums that live on beside much else.
 */
function multiplyPanels(args: GemvArgs, panel: i32, apart: i32, scratch: usize): void {
  const panelBytes = <usize>(1 + args.length) << 5;
  let w0 = args.weights + <usize>panel * panelBytes;
  let w1 = w0 + <usize>apart * panelBytes;
  let w2 = w1 + <usize>apart * panelBytes;
  let w3 = w2 + <usize>apart * panelBytes;
  let s00 = v128.load(w0), s01 = v128.load(w0, 16);
  let s10 = v128.load(w1), s11 = v128.load(w1, 16);
  let s20 = v128.load(w2), s21 = v128.load(w2, 16);
  let s30 = v128.load(w3), s31 = v128.load(w3, 16);
  let input = args.input;
  for (const end = input + (<usize>args.length << 2); input < end; input += 4) {
    w0 += 32;
    w1 += 32;
    w2 += 32;
    w3 += 32;
    const x = v128.load32_splat(input);
    s00 = madd(x, v128.load(w0), s00);
    s01 = madd(x, v128.load(w0, 16), s01);
    s10 = madd(x, v128.load(w1), s10);
    s11 = madd(x, v128.load(w1, 16), s11);
    s20 = madd(x, v128.load(w2), s20);
    s21 = madd(x, v128.load(w2, 16), s21);
    s30 = madd(x, v128.load(w3), s30);
    s31 = madd(x, v128.load(w3, 16), s31);
  }
  v128.store(scratch, s00);
  v128.store(scratch, s01, 16);
  v128.store(scratch, s10, 32);
  v128.store(scratch, s11, 48);
  v128.store(scratch, s20, 64);
  v128.store(scratch, s21, 80);
  v128.store(scratch, s30, 96);
  v128.store(scratch, s31, 112);
  for (let i = 0; i < STREAMS; i++, panel += apart, scratch += 32) storePanel(args, panel, scratch);
}

/** Stores the filters of a panel, of which no more are written than there are. */
function storePanel(args: GemvArgs, panel: i32, sums: usize): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  const offset = <usize>panel << 5;
  if (args.residual) {
    s0 = f32x4.add(s0, v128.load(args.residual + offset));
    s1 = f32x4.add(s1, v128.load(args.residual + offset, 16));
  }
  if (args.activation == Activation.clip) {
    const low = f32x4.splat(args.alpha);
    const high = f32x4.splat(args.beta);
    s0 = clip(s0, low, high);
    s1 = clip(s1, low, high);
  }
  const filters = args.filters - panel * PANEL;
  storeLanes(args.output + offset, s0, filters);
  if (filters > 4) storeLanes(args.output + offset + 16, s1, filters - 4);
}
