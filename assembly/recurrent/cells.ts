// What a time step does with the gates of one sequence, a row of elements at a time. Rows of gates are padded to whole
// vectors; states, products and outputs aren't.
import { activateRow } from "../primitives/activate_row";
import { clip } from "../primitives/activation";
import { madd, nmadd } from "../primitives/fused";
import { storeLanes } from "../primitives/lanes";
import { RecurrentArgs } from "./recurrent_arguments";
import { ACTIVATION_BYTES, Cell, CELL_ACTIVATIONS } from "./recurrent_layout";

/** gate = bounded(gate * factor + product + peephole * state); `factor` and `peephole` may be 0 for none. */
function addTerms(
  args: RecurrentArgs,
  gate: usize,
  factor: usize,
  product: usize,
  peephole: usize,
  state: usize,
  count: i32,
): void {
  const limit = f32x4.splat(args.limit);
  for (; count > 0; count -= 4, gate += 16, product += 16) {
    let x = v128.load(gate);
    if (factor) {
      x = madd(x, v128.load(factor), v128.load(product));
      factor += 16;
    } else {
      x = f32x4.add(x, v128.load(product));
    }
    if (peephole) {
      x = madd(v128.load(peephole), v128.load(state), x);
      peephole += 16;
      state += 16;
    }
    v128.store(gate, clip(x, f32x4.neg(limit), limit));
  }
}

/** to = from * factor + offset */
function line(to: usize, from: usize, factor: f32, offset: f32, count: i32): void {
  for (; count > 0; count -= 4, to += 16, from += 16) {
    v128.store(to, f32x4.add(f32x4.mul(v128.load(from), f32x4.splat(factor)), f32x4.splat(offset)));
  }
}

/** Activation `index` of a direction, to padded rows. */
function activate(args: RecurrentArgs, direction: i32, index: i32, to: usize, from: usize, count: i32): void {
  const entry = args.activations + (direction * CELL_ACTIVATIONS + index) * ACTIVATION_BYTES;
  const inner = load<f32>(entry, 12);
  const outer = load<f32>(entry, 16);
  const offset = load<f32>(entry, 20);
  const padded = (count + 3) & -4;
  if (inner != 1) {
    line(to, from, inner, 0, count);
    from = to;
  }
  activateRow(load<i32>(entry), to, 4, from, 4, padded, load<f32>(entry, 4), load<f32>(entry, 8));
  if (outer != 1 || offset != 0) line(to, to, outer, offset, count);
}

/** What a row that has ended keeps and gives. */
export function keepRow(
  args: RecurrentArgs,
  before: usize,
  cellBefore: usize,
  state: usize,
  output: usize,
  count: i32,
): void {
  const bytes = (<usize>count) << 2;
  memory.copy(args.state + state, before, bytes);
  if (args.cellState) memory.copy(args.cellState + state, cellBefore, bytes);
  if (output) memory.fill(output, 0, bytes);
}

// @ts-ignore: decorator
@inline
function storeState(x: v128, state: usize, output: usize, count: i32): void {
  storeLanes(state, x, count);
  if (output) storeLanes(output, x, count);
}

export function finishRnn(
  args: RecurrentArgs,
  direction: i32,
  gate: usize,
  products: usize,
  state: usize,
  output: usize,
  count: i32,
): void {
  addTerms(args, gate, 0, products, 0, 0, count);
  activate(args, direction, 0, gate, gate, count);
  memory.copy(state, gate, (<usize>count) << 2);
  if (output) memory.copy(output, gate, (<usize>count) << 2);
}

/** Gates i, o, f and c: C = f * C + i * c and H = o * h(C), each gate with its share of C. */
export function finishLstm(
  args: RecurrentArgs,
  direction: i32,
  gate: usize,
  apart: i32,
  products: usize,
  peepholes: usize,
  cellBefore: usize,
  cell: usize,
  state: usize,
  output: usize,
  count: i32,
): void {
  const hidden: usize = args.hidden << 2;
  let out = gate + apart;
  const forget = out + apart;
  const fresh = forget + apart;
  const forgetPeepholes = peepholes ? peepholes + 2 * hidden : 0;
  addTerms(args, gate, 0, products, peepholes, cellBefore, count);
  activate(args, direction, 0, gate, gate, count);
  if (!args.coupled) {
    addTerms(args, forget, 0, products + 2 * hidden, forgetPeepholes, cellBefore, count);
    activate(args, direction, 0, forget, forget, count);
  }
  addTerms(args, fresh, 0, products + 3 * hidden, 0, 0, count);
  activate(args, direction, 1, fresh, fresh, count);
  let i: usize = 0;
  for (let left = count; left > 0; left -= 4, i += 16) {
    const taken = v128.load(gate + i);
    const kept = args.coupled ? f32x4.sub(f32x4.splat(1), taken) : v128.load(forget + i);
    const next = madd(kept, v128.load(cellBefore + i), f32x4.mul(taken, v128.load(fresh + i)));
    v128.store(fresh + i, next);
    storeLanes(cell + i, next, left);
  }
  const outPeepholes = peepholes ? peepholes + hidden : 0;
  addTerms(args, out, 0, products + hidden, outPeepholes, fresh, count);
  activate(args, direction, 0, out, out, count);
  activate(args, direction, 2, gate, fresh, count);
  for (; count > 0; count -= 4, gate += 16, out += 16, state += 16) {
    storeState(f32x4.mul(v128.load(out), v128.load(gate)), state, output, count);
    if (output) output += 16;
  }
}

/** Gates z and r; the latter becomes r * H. */
export function resetGru(
  args: RecurrentArgs,
  direction: i32,
  gate: usize,
  apart: i32,
  products: usize,
  before: usize,
  count: i32,
): void {
  updateAndReset(args, direction, gate, apart, products, count);
  for (let reset = gate + apart; count > 0; count -= 4, reset += 16, before += 16) {
    v128.store(reset, f32x4.mul(v128.load(reset), v128.load(before)));
  }
}

function updateAndReset(
  args: RecurrentArgs,
  direction: i32,
  gate: usize,
  apart: i32,
  products: usize,
  count: i32,
): void {
  addTerms(args, gate, 0, products, 0, 0, count);
  addTerms(args, gate + apart, 0, products + (args.hidden << 2), 0, 0, count);
  activate(args, direction, 0, gate, gate, count);
  activate(args, direction, 0, gate + apart, gate + apart, count);
}

/** The hidden gate, of r times the recurrent product where that isn't of r * H: H = (1 - z) * h + z * H. */
export function finishGru(
  args: RecurrentArgs,
  direction: i32,
  gate: usize,
  apart: i32,
  products: usize,
  before: usize,
  state: usize,
  output: usize,
  count: i32,
): void {
  const isAfter = args.cell == Cell.gru;
  if (isAfter) updateAndReset(args, direction, gate, apart, products, count);
  let fresh = gate + 2 * apart;
  addTerms(args, fresh, isAfter ? gate + apart : 0, products + (args.hidden << 3), 0, 0, count);
  activate(args, direction, 1, fresh, fresh, count);
  for (; count > 0; count -= 4, gate += 16, fresh += 16, before += 16, state += 16) {
    const update = v128.load(gate);
    const candidate = v128.load(fresh);
    const kept = madd(update, v128.load(before), candidate);
    storeState(nmadd(update, candidate, kept), state, output, count);
    if (output) output += 16;
  }
}
