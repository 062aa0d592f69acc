// What recurrent operators have in common: their attributes, the shapes of what they take and give, and their activations.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { Activation } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { ofRank } from '../lowering/partialShapes.js';
import type { Attributes, Operator, PartialShape } from '../operator.js';

/** In the order of their gates: input, output, forget, cell; update, reset, hidden. */
export const gatesOf = { rnn: 1, lstm: 4, gru: 3 } as const;

export type CellName = keyof typeof gatesOf;

/** Which way through the steps; both: the results side by side. */
export const directions = ['forward', 'reverse', 'bidirectional'] as const;

export interface RecurrentAttributes extends Attributes {
  /** Elements of a state, where the recurrent weights' shape is known only when a plan is made. */
  readonly hidden?: number;
  /** One of `directions`. Default: forward. */
  readonly direction?: string;
  /** Sequences come first, not steps: ONNX's layout 1. */
  readonly batchFirst?: boolean;
  /** What the input of each activation is bounded by, above and below. Default: nothing. */
  readonly clip?: number;
  /** Names, with spaces between them, all of a direction before those of the next one. Default: what the cell has. */
  readonly activations?: string;
  /** Their parameters, one for each. */
  readonly alphas?: readonly number[];
  readonly betas?: readonly number[];
}

/** outer * activation(inner * x) + offset */
export interface CellActivation {
  readonly activation: keyof typeof Activation;
  readonly alpha: number;
  readonly beta: number;
  readonly inner: number;
  readonly outer: number;
  readonly offset: number;
}

export interface Recurrence {
  readonly cell: CellName;
  readonly gates: number;
  readonly directions: number;
  /** For each direction, whether it begins with the last step. */
  readonly reversed: readonly boolean[];
  readonly steps: number;
  readonly rows: number;
  readonly features: number;
  readonly hidden: number;
  readonly batchFirst: boolean;
}

const defaultActivations: Readonly<Record<CellName, readonly string[]>> = {
  rnn: ['tanh'],
  lstm: ['sigmoid', 'tanh', 'tanh'],
  gru: ['sigmoid', 'tanh'],
};

/**
 * Checks the inputs: x, weights, recurrent weights, biases, lengths, first state, and an LSTM's first cell state and peepholes.
 * @throws QuadlaneError `SHAPE` when they don't go together
 */
export function recurrenceOf(
  cell: CellName,
  inputs: readonly (TensorType | undefined)[],
  attributes: RecurrentAttributes,
): Recurrence {
  const [x, weights, recurrent, biases, lengths, state, cellState, peepholes] = inputs;
  const { direction = 'forward', batchFirst = false } = attributes;
  const gates = gatesOf[cell];
  const count = direction === 'bidirectional' ? 2 : 1;
  if (!(directions as readonly string[]).includes(direction)) {
    throw new QuadlaneError(
      'ARGUMENT',
      `there is no direction ${JSON.stringify(direction)}: choose ${directions.join(', ')}`,
    );
  }
  if (x!.shape.length !== 3 || recurrent!.shape.length !== 3) {
    throw new QuadlaneError(
      'SHAPE',
      `${cell} takes sequences of three axes and weights of three, not ${formatShape(x!.shape)} and ${formatShape(recurrent!.shape)}`,
    );
  }
  const [steps, rows, features] = batchFirst ? [x!.shape[1], x!.shape[0], x!.shape[2]] : x!.shape;
  const hidden = recurrent!.shape[2];
  const states = batchFirst ? [rows, count, hidden] : [count, rows, hidden];
  const wanted: readonly [string, TensorType | undefined, readonly number[], string?][] = [
    ['weights', weights, [count, gates * hidden, features]],
    ['recurrent weights', recurrent, [count, gates * hidden, hidden]],
    ['biases', biases, [count, 2 * gates * hidden]],
    ['lengths', lengths, [rows], 'int32'],
    ['first state', state, states],
    ['first cell state', cellState, states],
    ['peepholes', peepholes, [count, 3 * hidden]],
  ];
  for (const [what, given, shape, dtype = 'float32'] of wanted) {
    if (!given || (sameShape(given.shape, shape) && given.dtype === dtype)) continue;
    throw new QuadlaneError(
      'SHAPE',
      `${cell} ${direction} of ${formatShape(x!.shape)}, ${hidden} units: its ${what} must be ${dtype} ${formatShape(shape)}, not ${given.dtype} ${formatShape(given.shape)}`,
    );
  }
  if (hidden === 0) throw new QuadlaneError('SHAPE', `${cell} has no units`);
  const reversed = count === 2 ? [false, true] : [direction === 'reverse'];
  activationsOf(cell, count, attributes);
  return { cell, gates, directions: count, reversed, steps, rows, features, hidden, batchFirst };
}

/** Shapes of the outputs: the states after each step, and after the last one. */
export function outputTypes({ directions: count, steps, rows, hidden, batchFirst, cell }: Recurrence): TensorType[] {
  const states = { dtype: 'float32', shape: batchFirst ? [rows, count, hidden] : [count, rows, hidden] } as const;
  const shape = batchFirst ? [rows, steps, count, hidden] : [steps, count, rows, hidden];
  return [{ dtype: 'float32', shape }, states, ...(cell === 'lstm' ? [states] : [])];
}

/**
 * The activations of each direction.
 * @throws QuadlaneError `ARGUMENT` for names that there are not, or too few
 */
export function activationsOf(cell: CellName, count: number, attributes: RecurrentAttributes): CellActivation[][] {
  const each = defaultActivations[cell];
  const names = attributes.activations?.split(' ') ?? new Array(count).fill(each).flat();
  if (names.length !== count * each.length) {
    throw new QuadlaneError('ARGUMENT', `${cell} takes ${count * each.length} activations, not ${names.length}`);
  }
  const all = names.map((name, i) => cellActivation(name, attributes.alphas?.[i] ?? 0, attributes.betas?.[i] ?? 0));
  return Array.from({ length: count }, (_, direction) =>
    all.slice(direction * each.length, (direction + 1) * each.length),
  );
}

function cellActivation(name: string, alpha: number, beta: number): CellActivation {
  const plain = { alpha: 0, beta: 0, inner: 1, outer: 1, offset: 0 };
  if (name === 'affine') return { ...plain, activation: 'none', outer: alpha, offset: beta };
  if (name === 'scaledTanh') return { ...plain, activation: 'tanh', inner: beta, outer: alpha };
  entryOf(Activation, name, 'activation');
  return { ...plain, activation: name as keyof typeof Activation, alpha, beta };
}

/** What files tell of the outputs' shapes. */
export const recurrentShapes: NonNullable<Operator<RecurrentAttributes>['partialShapes']> = (
  [x, weights, recurrent],
  { direction, batchFirst },
  { outputs },
) => {
  const count = direction === 'bidirectional' ? 2 : 1;
  const hidden = recurrent?.[2];
  const [steps, rows] = batchFirst ? [x?.[1], x?.[0]] : [x?.[0], x?.[1]];
  if (x?.length !== 3 && weights?.length !== 3) return [ofRank(4), ofRank(3), ofRank(3)].slice(0, outputs);
  const states: PartialShape = batchFirst ? [rows, count, hidden] : [count, rows, hidden];
  const all: PartialShape = batchFirst ? [rows, steps, count, hidden] : [steps, count, rows, hidden];
  return [all, states, states].slice(0, outputs);
};

/** Multiply-adds. */
export function recurrentCost({ directions: count, gates, steps, rows, features, hidden }: Recurrence): number {
  return count * steps * rows * gates * hidden * (features + hidden);
}
