// Steps of recurrent operators: the products of all inputs with the weights at once, and then the time steps in one kernel, or
// in a kernel call each where threads share the elements of one state.

import { ACTIVATION_BYTES, PANEL, PANEL_ROW, SUMS_BYTES } from '../../layouts.generated.js';
import { stridesOf } from '../../shape.js';
import { Activation, Cell } from '../kernels.generated.js';
import { isFew, multiplyRows, multiplyTiles } from '../lowering/products.js';
import { bytesOf } from '../lowering/views.js';
import type { Lowering, View } from '../operator.js';
import type { Pointer } from '../pointer.js';
import {
  activationsOf,
  type CellActivation,
  outputTypes,
  type Recurrence,
  type RecurrentAttributes,
} from './geometry.js';

/** A time step of so many multiply-adds is worth that threads meet after it: an estimate from schedule.ts's, not measured. */
const SHARED_STEP = 128 * 1024;

/** What kernels may read behind vectors of any length. */
const BEHIND = PANEL_ROW;

export interface RecurrentLowering extends RecurrentAttributes {
  /** The reset gate scales the recurrent product, not the state that goes into it. */
  readonly linearBeforeReset?: boolean;
  /** An LSTM forgets as much as it takes in. */
  readonly inputForget?: boolean;
}

export function lowerRecurrence(lowering: Lowering, recurrence: Recurrence, attributes: RecurrentLowering): void {
  const { cell, gates, directions, reversed, steps, rows, hidden, batchFirst } = recurrence;
  const [all, states] = outputTypes(recurrence);
  if (rows === 0) return;
  const kind = cell === 'gru' && !attributes.linearBeforeReset ? Cell.gruResetBefore : Cell[cell];
  const memory = () => lowering.temporary(bytesOf(states) + BEHIND);
  const first = (index: number) =>
    lowering.has(index) ? lowering.dense(index).pointer : zeros(lowering, memory(), states);
  const last = (index: number) => (lowering.hasOutput(index) ? lowering.denseOutput(index).pointer : memory());
  const [state, cellState] = [last(1), cell === 'lstm' ? last(2) : 0];
  const [stateBefore, cellBefore] = [first(5), cell === 'lstm' ? first(6) : 0];
  if (steps === 0) {
    const copyOf = (from: Pointer, to: Pointer) =>
      lowering.copy(states.shape, viewOf(from, states), viewOf(to, states));
    copyOf(stateBefore, state);
    if (cellState !== 0) copyOf(cellBefore, cellState);
    return;
  }
  const padded = Math.ceil(hidden / PANEL) * PANEL * 4;
  const weights = packedRecurrence(lowering, recurrence);
  const products = inputProducts(lowering, recurrence);
  const [, step, row] = batchFirst ? [0, 1, steps] : [0, rows, 1];
  const units = hidden * 4;
  const shares =
    lowering.threads > 1 &&
    directions * rows < lowering.threads &&
    kind !== Cell.gruResetBefore &&
    rows * gates * hidden * hidden >= SHARED_STEP;
  const output = lowering.hasOutput(0) ? lowering.denseOutput().pointer : 0;
  const outputStrides = stridesOf(all.shape, 4);
  const common = {
    cell: kind,
    directions,
    reversed: reversed.reduce((bits, isReversed, direction) => bits | (Number(isReversed) << direction), 0),
    rows,
    hidden,
    lengths: lowering.has(4) ? lowering.dense(4).pointer : 0,
    length: steps,
    products,
    productsDirection: rows * steps * gates * units,
    productsStep: step * gates * units,
    productsRow: row * gates * units,
    ...weights,
    peepholes: lowering.has(7) ? lowering.dense(7).pointer : 0,
    activations: lowering.table(activationsOf(cell, directions, attributes).flatMap(activationWords)),
    limit: attributes.clip || Number.POSITIVE_INFINITY,
    coupled: attributes.inputForget ? 1 : 0,
    cellState,
    stateDirection: batchFirst ? units : rows * units,
    stateRow: batchFirst ? directions * units : units,
    output,
    outputStep: outputStrides[batchFirst ? 1 : 0],
    outputDirection: outputStrides[batchFirst ? 2 : 1],
    outputRow: outputStrides[batchFirst ? 0 : 2],
    gates: lowering.temporary(directions * rows * gates * padded + BEHIND),
    scratch: lowering.scratch(rows * SUMS_BYTES),
  };
  if (!shares) {
    lowering.step('f32_recurrent', {
      ...common,
      stateBefore,
      state,
      cellBefore,
      firstStep: 0,
      endStep: steps,
      byElements: 0,
    });
    return;
  }
  // Every thread reads the whole state before while others write parts of the next one.
  const other = steps > 1 ? memory() : state;
  for (let at = 0; at < steps; at++) {
    const isOdd = (steps - at) % 2 === 1;
    lowering.step('f32_recurrent', {
      ...common,
      stateBefore: at === 0 ? stateBefore : isOdd ? other : state,
      state: isOdd ? state : other,
      cellBefore: at === 0 ? cellBefore : cellState,
      firstStep: at,
      endStep: at + 1,
      byElements: 1,
    });
  }
}

/** x W + b for every step: [directions][steps and sequences as they come][gates][hidden]. */
function inputProducts(
  lowering: Lowering,
  { gates, directions, steps, rows: sequences, features, hidden }: Recurrence,
): Pointer {
  const columns = gates * hidden;
  const panels = Math.ceil(columns / PANEL) * (1 + features) * PANEL_ROW;
  const weights = lowering.packed([1, 3], 'gates', directions * panels, (target, [source, biases], step) => {
    for (let direction = 0; direction < directions; direction++) {
      step('f32_pack_panels', {
        source: at(source.pointer, direction * columns * features * 4),
        bias: biases ? at(biases.pointer, direction * 2 * columns * 4) : 0,
        target: at(target, direction * panels),
        groups: 1,
        filters: columns,
        taps: 1,
        channels: features,
        groupStride: 0,
        filterStride: features * 4,
        tapStride: 0,
        channelStride: 4,
      });
    }
  });
  const rows = steps * sequences;
  const input = lowering.dense(0).pointer;
  const output = lowering.temporary(directions * rows * columns * 4 + BEHIND);
  const product = { input, weights, residual: 0, output, rows, depth: features, columns } as const;
  if (!isFew(rows, panels)) {
    multiplyTiles(lowering, {}, { ...product, groups: directions, sharesInput: true });
    return output;
  }
  for (let direction = 0; direction < directions; direction++) {
    multiplyRows(
      lowering,
      {},
      { ...product, weights: at(weights, direction * panels), output: at(output, direction * rows * columns * 4) },
    );
  }
  return output;
}

/** The recurrent weights in panels, the gates of eight elements together, and the biases that go with them in whole vectors. */
function packedRecurrence(
  lowering: Lowering,
  { gates, directions, hidden }: Recurrence,
): { weights: Pointer; biases: Pointer } {
  const blocks = Math.ceil(hidden / PANEL);
  const panel = hidden * PANEL_ROW;
  const panelBytes = directions * blocks * (PANEL_ROW + gates * panel) + 3 * panel;
  const row = blocks * PANEL;
  const biasRows = directions * gates + 3;
  const packed = lowering.packed(
    [2, 3],
    'recurrent gates',
    panelBytes + biasRows * row * 4,
    (target, sources, step, table) => {
      const [source, biases] = sources;
      step('f32_pack_panels', {
        source: source.pointer,
        bias: 0,
        target,
        groups: directions,
        filters: hidden,
        taps: gates,
        channels: hidden,
        groupStride: gates * hidden * hidden * 4,
        filterStride: hidden * 4,
        tapStride: hidden * hidden * 4,
        channelStride: 4,
      });
      const [output, strides] = [at(target, panelBytes), (numbers: number[]) => table(numbers)];
      step('fill_4', {
        rank: 1,
        extents: table([biasRows * row]),
        output,
        outputStrides: table([4]),
        bits: 0,
        highBits: 0,
      });
      if (!biases) return;
      step('copy_4', {
        rank: 3,
        extents: table([directions, gates, hidden]),
        input: at(biases.pointer, gates * hidden * 4),
        inputStrides: strides([2 * gates * hidden * 4, hidden * 4, 4]),
        output,
        outputStrides: strides([gates * row * 4, row * 4, 4]),
      });
    },
  );
  return { weights: packed, biases: at(packed, panelBytes) };
}

function activationWords(each: readonly CellActivation[]): number[] {
  const words = new Int32Array((ACTIVATION_BYTES / 4) * 3);
  const floats = new Float32Array(words.buffer);
  each.forEach(({ activation, alpha, beta, inner, outer, offset }, index) => {
    const place = (ACTIVATION_BYTES / 4) * index;
    words[place] = Activation[activation];
    floats.set([alpha, beta, inner, outer, offset], place + 1);
  });
  return [...words];
}

function zeros(lowering: Lowering, output: Pointer, { shape }: Pick<View, 'shape'>): Pointer {
  const count = shape.reduce((product, extent) => product * extent, 1);
  lowering.step('fill_4', {
    rank: 1,
    extents: lowering.table([count]),
    output,
    outputStrides: lowering.table([4]),
    bits: 0,
    highBits: 0,
  });
  return output;
}

function viewOf(pointer: Pointer, type: Pick<View, 'dtype' | 'shape'>): View {
  return { ...type, pointer, strides: stridesOf(type.shape, 4), halo: [] };
}

function at(pointer: Pointer, bytes: number): Pointer {
  return pointer === 0 ? 0 : { region: pointer.region, offset: pointer.offset + bytes };
}
