// Recurrent operators written out in time, step by step in operators that have gradients: what takes their place where a
// gradient is taken through them.

import { tensor } from '../../tensor.js';
import { reshaped, zeros } from '../lowering/gradientShapes.js';
import type { Composition } from '../operator.js';
import { activationsOf, type CellActivation, type CellName, type Recurrence, recurrenceOf } from './geometry.js';
import type { RecurrentLowering } from './lowering.js';

/** A state, and an LSTM's cell state. */
type State = readonly [state: string, cell?: string];

/** What one direction needs at every step. */
interface Direction {
  readonly recurrence: Recurrence;
  readonly attributes: RecurrentLowering;
  readonly activations: readonly CellActivation[];
  /** [gates * hidden, hidden] */
  readonly recurrent: string;
  /** [gates * hidden] */
  readonly recurrentBias: string | undefined;
  /** Of the gates i, o and f, [hidden] each. */
  readonly peepholes: readonly string[] | undefined;
}

/** The outputs of the operator: Y, Y_h and, of an LSTM, Y_c. */
export function unrolled(
  cell: CellName,
  build: Composition,
  inputs: readonly string[],
  attributes: RecurrentLowering,
): string[] {
  const present = inputs.map((name) => (name === '' ? undefined : name));
  const recurrence = recurrenceOf(
    cell,
    present.map((name) => (name === undefined ? undefined : build.type(name))),
    attributes,
  );
  const { batchFirst, directions, steps, rows, hidden } = recurrence;
  const stateAxis = batchFirst ? 1 : 0;
  const ends: State[] = [];
  const columns: string[][] = [];
  for (let direction = 0; direction < directions; direction++) {
    const part = (index: number, axis = 0) => {
      const name = present[index];
      if (name === undefined) return undefined;
      const whole = partsOf(build, name, axis, directions)[direction];
      return reshaped(build, whole, build.type(whole).shape.toSpliced(axis, 1));
    };
    const { outputs, end } = direct(build, recurrence, attributes, direction, present, part, stateAxis);
    const shape = batchFirst ? [rows, 1, 1, hidden] : [1, 1, rows, hidden];
    columns.push(outputs.map((state) => reshaped(build, state, shape)));
    ends.push(end);
  }
  const stepAxis = batchFirst ? 1 : 0;
  const along = (values: readonly string[], axis: number) =>
    values.length === 1 ? values[0] : build.apply('concat', values, { axis });
  const stateShape = batchFirst ? [rows, 1, hidden] : [1, rows, hidden];
  const last = (which: 0 | 1) =>
    along(
      ends.map((end) => reshaped(build, end[which]!, stateShape)),
      stateAxis,
    );
  const all =
    steps === 0
      ? zeros(build, batchFirst ? [rows, 0, directions, hidden] : [0, directions, rows, hidden])
      : along(
          columns.map((column) => along(column, stepAxis)),
          stepAxis + 1,
        );
  return cell === 'lstm' ? [all, last(0), last(1)] : [all, last(0)];
}

function partsOf(build: Composition, value: string, axis: number, count: number): string[] {
  return count === 1 ? [value] : build.applyAll('split', [value], { axis, parts: count }, count);
}

/** One direction: the states after each step in the order of time, and after the last one. */
function direct(
  build: Composition,
  recurrence: Recurrence,
  attributes: RecurrentLowering,
  direction: number,
  inputs: readonly (string | undefined)[],
  part: (index: number, axis?: number) => string | undefined,
  stateAxis: number,
): { outputs: string[]; end: State } {
  const { cell, gates, reversed, steps, rows, hidden, batchFirst, directions } = recurrence;
  const biases = part(3);
  const [bias, recurrentBias] = biases ? build.applyAll('split', [biases], { axis: 0, parts: 2 }, 2) : [];
  const peephole = part(7);
  const products = build.apply('matmul', [inputs[0]!, part(1)!, ...(bias ? [bias] : [])], { transposeB: true });
  const timed = partsOf(build, products, batchFirst ? 1 : 0, steps);
  const one: Direction = {
    recurrence,
    attributes,
    activations: activationsOf(cell, directions, attributes)[direction],
    recurrent: part(2)!,
    recurrentBias,
    peepholes: peephole === undefined ? undefined : build.applyAll('split', [peephole], { axis: 0, parts: 3 }, 3),
  };
  const first = (index: number) => part(index, stateAxis) ?? zeros(build, [rows, hidden]);
  let state: State = cell === 'lstm' ? [first(5), first(6)] : [first(5)];
  const lengths = inputs[4] === undefined ? undefined : reshaped(build, inputs[4], [rows, 1]);
  const none = lengths && zeros(build, [rows, hidden]);
  const outputs = new Array<string>(steps);
  for (let count = 0; count < steps; count++) {
    const time = reversed[direction] ? steps - 1 - count : count;
    const next = stepOf(build, one, reshaped(build, timed[time], [rows, gates * hidden]), state);
    if (!lengths) {
      state = next;
      [outputs[time]] = next;
      continue;
    }
    const isThere = build.apply('compare', [lengths, build.constant(tensor(Int32Array.of(time), []), `time ${time}`)], {
      operation: 'greater',
    });
    const kept = state;
    outputs[time] = build.apply('where', [isThere, next[0], none!], {});
    const chosen = next.map((value, index) => build.apply('where', [isThere, value!, kept[index]!], {}));
    state = cell === 'lstm' ? [chosen[0], chosen[1]] : [chosen[0]];
  }
  return { outputs, end: state };
}

/** @param products [rows, gates * hidden]: what comes from the input */
function stepOf(build: Composition, direction: Direction, products: string, [state, cell]: State): State {
  const { recurrence, attributes, recurrent, recurrentBias, peepholes, activations } = direction;
  const { gates, hidden } = recurrence;
  const { add, mul } = arithmetic(build);
  const bounded = (value: string) =>
    attributes.clip
      ? build.apply('activation', [value], { activation: 'clip', alpha: -attributes.clip, beta: attributes.clip })
      : value;
  const activated = (index: number, value: string) => activate(build, activations[index], bounded(value));
  const cut = (value: string) => partsOf(build, value, 1, gates);
  if (recurrence.cell === 'gru') {
    const [update, reset, fresh] = cut(products);
    if (attributes.linearBeforeReset) {
      const [ownUpdate, ownReset, ownFresh] = cut(times(build, state, recurrent, recurrentBias));
      const z = activated(0, add(update, ownUpdate));
      const r = activated(0, add(reset, ownReset));
      return [mixed(build, z, activated(1, add(fresh, mul(r, ownFresh))), state)];
    }
    const weights = partsOf(build, recurrent, 0, gates);
    const biases = recurrentBias && partsOf(build, recurrentBias, 0, gates);
    const own = (value: string, gate: number) => times(build, value, weights[gate], biases?.[gate]);
    const z = activated(0, add(update, own(state, 0)));
    const r = activated(0, add(reset, own(state, 1)));
    return [mixed(build, z, activated(1, add(fresh, own(mul(r, state), 2))), state)];
  }
  const sums = add(products, times(build, state, recurrent, recurrentBias));
  if (recurrence.cell === 'rnn') return [activated(0, sums)];
  const [input, output, forget, fresh] = cut(sums);
  const peeped = (gate: string, index: number, of: string) =>
    peepholes ? add(gate, mul(of, reshaped(build, peepholes[index], [1, hidden]))) : gate;
  const taken = activated(0, peeped(input, 0, cell!));
  const kept = attributes.inputForget
    ? build.binary('sub', build.scalar(1), taken)
    : activated(0, peeped(forget, 2, cell!));
  const next = add(mul(kept, cell!), mul(taken, activated(1, fresh)));
  return [mul(activated(0, peeped(output, 1, next)), activate(build, activations[2], next)), next];
}

function arithmetic({ binary }: Composition) {
  return {
    add: (a: string, b: string) => binary('add', a, b),
    mul: (a: string, b: string) => binary('mul', a, b),
  };
}

/** (1 - z) * fresh + z * state */
function mixed(build: Composition, z: string, fresh: string, state: string): string {
  return build.binary('add', fresh, build.binary('mul', z, build.binary('sub', state, fresh)));
}

function times(build: Composition, value: string, weights: string, bias: string | undefined): string {
  return build.apply('matmul', [value, weights, ...(bias === undefined ? [] : [bias])], { transposeB: true });
}

function activate(
  build: Composition,
  { activation, alpha, beta, inner, outer, offset }: CellActivation,
  value: string,
): string {
  const scaled = inner === 1 ? value : build.binary('mul', value, build.scalar(inner));
  const result = activation === 'none' ? scaled : build.apply('activation', [scaled], { activation, alpha, beta });
  const stretched = outer === 1 ? result : build.binary('mul', result, build.scalar(outer));
  return offset === 0 ? stretched : build.binary('add', stretched, build.scalar(offset));
}
