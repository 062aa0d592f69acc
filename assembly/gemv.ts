// One row times a packed matrix: bound by how fast the weights stream in.
import { activateRow } from "./activate_row";
import { Activation } from "./activation";
import { addProducts, startSums, storePanel, SUMS_BYTES, TOGETHER } from "./four_panels";
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

/**
 * output[filter] = activation(bias + sum over k of input[k] * weight + residual[filter]), each sum in the order of k, as
 * in f32_conv. Reads up to 32 bytes behind the residual, which must not be the output.
 */
export function f32_gemv(args: GemvArgs, thread: i32, threads: i32): void {
  assert(args.length >= 0 && args.filters >= 0);
  const panels = (args.filters + PANEL - 1) / PANEL;
  const first = firstUnit(panels, thread, threads);
  const end = firstUnit(panels, thread + 1, threads);
  if (first >= end) return;
  const scratch = args.scratch + <usize>thread * SUMS_BYTES;
  // Four streams of weights far apart keep more of the memory's latency in flight than one does.
  const apart = (end - first) / TOGETHER;
  for (let panel = first; panel < first + apart; panel++) multiplyPanels(args, panel, apart, scratch);
  // What is left over is multiplied together with panels that are done, or with itself.
  if (apart == 0) for (let panel = first; panel < end; panel++) multiplyPanels(args, panel, 0, scratch);
  else if (first + TOGETHER * apart < end) multiplyPanels(args, end - TOGETHER, 1, scratch);

  if (args.activation <= Activation.clip) return;
  const from = args.output + ((<usize>first * PANEL) << 2);
  const filters = min(end * PANEL, args.filters) - first * PANEL;
  activateRow(args.activation, from, 4, from, 4, filters, args.alpha, args.beta);
}

/** The filters of four panels, `apart` panels from each other, up to their clip. */
function multiplyPanels(args: GemvArgs, panel: i32, apart: i32, sums: usize): void {
  const panelBytes = <usize>(1 + args.length) << 5;
  const weights = args.weights + <usize>panel * panelBytes;
  const apartBytes = <usize>apart * panelBytes;
  startSums(weights, apartBytes, sums);
  addProducts(args.input, args.length, weights + 32, apartBytes, sums);
  for (let i = 0; i < TOGETHER; i++, panel += apart, sums += 32) {
    const offset = <usize>panel << 5;
    const residual = args.residual ? args.residual + offset : 0;
    const filters = args.filters - panel * PANEL;
    storePanel(sums, residual, args.output + offset, filters, args.activation, args.alpha, args.beta);
  }
}
