// A row, or a few, times a packed matrix: bound by how fast the weights stream in.
import { activateRow } from "../primitives/activate_row";
import { Activation } from "../primitives/activation";
import { addProducts, startSums, storePanel } from "./four_panels";
import { firstUnit } from "../runtime/share";
import { gemvScratch, PANEL, SUMS_BYTES, TOGETHER } from "./panel_layout";


@unmanaged
class GemvArgs {
  /** [rows][length] */
  input: usize;
  /** Panels of f32_pack_panels with one group and one tap: [panels][8 biases, then length x 8 weights]. */
  weights: usize;
  /** [rows][filters], added before the activation; 0 for none. */
  residual: usize;
  /** [rows][filters] */
  output: usize;
  rows: i32;
  length: i32;
  filters: i32;
  activation: i32;
  alpha: f32;
  beta: f32;
  /** For each thread `gemvScratch` bytes. */
  scratch: usize;
}

// Weights of a panel that meet all rows before the next ones do, a few: those come while these are multiplied.
const BLOCK: i32 = 16;

/**
 * output[row, filter] = activation(bias + sum over k of input[row, k] * weight + residual[row, filter]), each sum in
 * the order of k, as in f32_conv. Reads up to 32 bytes behind a row's residual, which must not be the output.
 */
export function f32_gemv(args: GemvArgs, thread: i32, threads: i32): void {
  assert(args.rows >= 0 && args.length >= 0 && args.filters >= 0);
  const panels = (args.filters + PANEL - 1) / PANEL;
  const first = firstUnit(panels, thread, threads);
  const end = firstUnit(panels, thread + 1, threads);
  if (first >= end) return;
  const scratch = args.scratch + <usize>thread * gemvScratch(args.rows);
  // Four streams of weights far apart keep more of the memory's latency in flight than one does.
  const apart = (end - first) / TOGETHER;
  for (let panel = first; panel < first + apart; panel++) multiplyPanels(args, panel, apart, scratch);
  // What is left over is multiplied together with panels that are done, or with itself.
  if (apart == 0) for (let panel = first; panel < end; panel++) multiplyPanels(args, panel, 0, scratch);
  else if (first + TOGETHER * apart < end) multiplyPanels(args, end - TOGETHER, 1, scratch);

  if (args.activation <= Activation.clip) return;
  const filters = min(end * PANEL, args.filters) - first * PANEL;
  let from = args.output + ((<usize>first * PANEL) << 2);
  for (let row = 0; row < args.rows; row++, from += (<usize>args.filters) << 2) {
    activateRow(args.activation, from, 4, from, 4, filters, args.alpha, args.beta);
  }
}

/** The filters of four panels, `apart` panels from each other, up to their clip. */
function multiplyPanels(args: GemvArgs, panel: i32, apart: i32, sums: usize): void {
  const length = args.length;
  const panelBytes = (<usize>(1 + length)) << 5;
  const apartBytes = <usize>apart * panelBytes;
  let weights = args.weights + <usize>panel * panelBytes;
  const end = sums + <usize>args.rows * SUMS_BYTES;
  for (let sum = sums; sum < end; sum += SUMS_BYTES) startSums(weights, apartBytes, sum);
  weights += 32;
  const rowBytes = (<usize>length) << 2;
  const block = args.rows == 1 ? length : BLOCK;
  for (let k = 0; k < length; k += block, weights += (<usize>block) << 5) {
    let input = args.input + ((<usize>k) << 2);
    const count = min(block, length - k);
    for (let sum = sums; sum < end; sum += SUMS_BYTES, input += rowBytes) {
      addProducts(input, count, weights, apartBytes, sum);
    }
  }
  let row: usize = 0;
  for (; sums < end; row += (<usize>args.filters) << 2) {
    for (let i = 0, p = panel; i < TOGETHER; i++, p += apart, sums += 32) {
      const offset = row + ((<usize>p) << 5);
      const residual = args.residual ? args.residual + offset : 0;
      const filters = args.filters - p * PANEL;
      storePanel(sums, residual, args.output + offset, filters, args.activation, args.alpha, args.beta);
    }
  }
}
