// Recurrent layers: each step a product of the states with packed weights, at the speed at which these come, and then
// the gates' arithmetic. The products with the inputs of all steps are there before.
import { addProducts, startSums } from "../matmul/four_panels";
import { gemvScratch, PANEL, SUMS_BYTES, TOGETHER } from "../matmul/panel_layout";
import { firstUnit } from "../runtime/share";
import { finishGru, finishLstm, finishRnn, keepRow, resetGru } from "./cells";
import { RecurrentArgs } from "./recurrent_arguments";
import { Cell } from "./recurrent_layout";

// Weights of a panel that meet all rows before the next ones do, as in f32_gemv.
const BLOCK: i32 = 16;

/** Gates of a cell. */
function gatesOf(cell: i32): i32 {
  return cell == Cell.lstm ? 4 : cell == Cell.rnn ? 1 : 3;
}

/**
 * Takes every sequence through its steps. Sums are taken in the order of the states' elements, whatever the thread. Reads
 * up to 28 bytes behind states, peepholes and products.
 */
export function f32_recurrent(args: RecurrentArgs, thread: i32, threads: i32): void {
  assert(args.rows >= 0 && args.hidden >= 0 && args.directions > 0);
  assert(!args.byElements || (args.cell != Cell.gruResetBefore && args.endStep - args.firstStep <= 1));
  const blocks = (args.hidden + PANEL - 1) / PANEL;
  const units = args.byElements ? blocks : args.rows;
  const scratch = args.scratch + <usize>thread * gemvScratch(args.rows);
  let unit = firstUnit(args.directions * units, thread, threads);
  const end = firstUnit(args.directions * units, thread + 1, threads);
  while (unit < end) {
    const direction = unit / units;
    const first = unit - direction * units;
    const last = min(units, first + end - unit);
    if (args.byElements) takeSteps(args, direction, 0, args.rows, first, last, blocks, scratch);
    else takeSteps(args, direction, first, last, 0, blocks, blocks, scratch);
    unit += last - first;
  }
}

/** Rows and blocks of eight elements of one direction through all steps. */
function takeSteps(
  args: RecurrentArgs,
  direction: i32,
  firstRow: i32,
  endRow: i32,
  firstBlock: i32,
  endBlock: i32,
  blocks: i32,
  scratch: usize,
): void {
  const cell = args.cell;
  const gates = gatesOf(cell);
  const gateBytes = blocks << 5;
  const rowBytes = gates * gateBytes;
  const target = args.gates + <usize>(direction * args.rows + firstRow) * rowBytes;
  const own = direction * args.stateDirection;
  const offset = firstBlock << 5;
  const elements = min(endBlock * PANEL, args.hidden) - firstBlock * PANEL;
  const isReversed = (args.reversed >> direction) & 1;
  const rows = endRow - firstRow;
  for (let step = args.firstStep; step < args.endStep; step++) {
    const isFirst = step == args.firstStep;
    const before = (isFirst ? args.stateBefore : args.state) + own;
    const cellBefore = (isFirst ? args.cellBefore : args.cellState) + own;
    const input = before + firstRow * args.stateRow;
    const summed = cell == Cell.gruResetBefore ? 2 : gates;
    multiply(args, direction, input, args.stateRow, rows, 0, summed, firstBlock, endBlock, blocks, target, scratch);
    for (let pass = cell == Cell.gruResetBefore ? 0 : 1; pass < 2; pass++) {
      if (pass && cell == Cell.gruResetBefore) {
        multiply(
          args,
          direction,
          target + gateBytes,
          rowBytes,
          rows,
          2,
          3,
          firstBlock,
          endBlock,
          blocks,
          target,
          scratch,
        );
      }
      for (let row = firstRow; row < endRow; row++) {
        const state = row * args.stateRow + offset;
        const length = args.lengths ? load<i32>(args.lengths + ((<usize>row) << 2)) : args.length;
        let output = args.output;
        if (step >= length) {
          if (output)
            output += step * args.outputStep + direction * args.outputDirection + row * args.outputRow + offset;
          if (pass) keepRow(args, before + state, cellBefore + state, own + state, output, elements);
          continue;
        }
        const at = isReversed ? length - 1 - step : step;
        const gate = target + (row - firstRow) * rowBytes + offset;
        const products =
          args.products + at * args.productsStep + row * args.productsRow + direction * args.productsDirection + offset;
        if (!pass) {
          resetGru(args, direction, gate, gateBytes, products, before + state, elements);
          continue;
        }
        if (output) output += at * args.outputStep + direction * args.outputDirection + row * args.outputRow + offset;
        const after = args.state + own + state;
        if (cell == Cell.lstm) {
          const peepholes = args.peepholes ? args.peepholes + ((direction * 3 * args.hidden) << 2) + offset : 0;
          const cells = args.cellState + own + state;
          finishLstm(
            args,
            direction,
            gate,
            gateBytes,
            products,
            peepholes,
            cellBefore + state,
            cells,
            after,
            output,
            elements,
          );
        } else if (cell == Cell.rnn) {
          finishRnn(args, direction, gate, products, after, output, elements);
        } else {
          finishGru(args, direction, gate, gateBytes, products, before + state, after, output, elements);
        }
      }
    }
  }
}

/**
 * Gates from `first` to before `end` of the blocks given: the biases and the products of `rows` inputs with the weights.
 * Four panels at once: the gates of one block, or the same gate of four blocks.
 */
function multiply(
  args: RecurrentArgs,
  direction: i32,
  input: usize,
  inputRow: i32,
  rows: i32,
  first: i32,
  end: i32,
  firstBlock: i32,
  endBlock: i32,
  blocks: i32,
  target: usize,
  sums: usize,
): void {
  const gates = gatesOf(args.cell);
  const panel = args.hidden << 5;
  const block = 32 + gates * panel;
  const weights = args.weights + <usize>(direction * blocks) * block + 32;
  const gateBytes = blocks << 5;
  const biases = args.biases + direction * gates * gateBytes;
  if (end - first == TOGETHER || endBlock - firstBlock < TOGETHER) {
    for (let b = firstBlock; b < endBlock; b++) {
      const w = weights + <usize>b * block + first * panel;
      const at = first * gateBytes + (b << 5);
      multiplyPanels(
        args,
        input,
        inputRow,
        rows,
        w,
        panel,
        biases + at,
        target + at,
        gateBytes,
        gates * gateBytes,
        end - first,
        sums,
      );
    }
    return;
  }
  for (let gate = first; gate < end; gate++) {
    for (let b = firstBlock; b < endBlock; b += TOGETHER) {
      // The last four may have been multiplied in part: they give the same again.
      b = min(b, endBlock - TOGETHER);
      const w = weights + <usize>b * block + gate * panel;
      const at = gate * gateBytes + (b << 5);
      multiplyPanels(
        args,
        input,
        inputRow,
        rows,
        w,
        block,
        biases + at,
        target + at,
        32,
        gates * gateBytes,
        TOGETHER,
        sums,
      );
    }
  }
}

/** Four panels, `apart` bytes from each other; `count` of them to places `spread` bytes apart. */
function multiplyPanels(
  args: RecurrentArgs,
  input: usize,
  inputRow: i32,
  rows: i32,
  weights: usize,
  apart: usize,
  biases: usize,
  target: usize,
  spread: i32,
  targetRow: i32,
  count: i32,
  sums: usize,
): void {
  const length = args.hidden;
  const end = sums + <usize>rows * SUMS_BYTES;
  for (let sum = sums; sum < end; sum += SUMS_BYTES) startSums(biases, spread, sum);
  const block = rows == 1 ? length : BLOCK;
  for (let k = 0; k < length; k += block, weights += (<usize>block) << 5) {
    let from = input + ((<usize>k) << 2);
    for (let sum = sums; sum < end; sum += SUMS_BYTES, from += inputRow) {
      addProducts(from, min(block, length - k), weights, apart, sum);
    }
  }
  for (; sums < end; sums += SUMS_BYTES, target += targetRow) {
    let to = target;
    for (let i = 0; i < count; i++, to += spread) {
      const sum = sums + ((<usize>i) << 5);
      v128.store(to, v128.load(sum));
      v128.store(to, v128.load(sum, 16), 16);
    }
  }
}
