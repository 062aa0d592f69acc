// The recurrent operators against plain loops, through both binaries, as one thread and as several.
import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../../src/tensor.js';
import { gru, lstm, type RecurrentOptions, type RecurrentResult, rnn } from '../../reference/recurrent/recurrent.js';
import { codeOfTypes } from '../applied.js';
import { checkGraph, checkOperator, type Expected } from '../check.js';
import { floatType, random } from '../values.js';

const references = { rnn, gru, lstm };
const gatesOf = { rnn: 1, gru: 3, lstm: 4 };
type Cell = keyof typeof references;

interface Case {
  readonly direction?: string;
  readonly batchFirst?: boolean;
  readonly clip?: number;
  readonly activations?: string;
  readonly alphas?: readonly number[];
  readonly betas?: readonly number[];
  readonly cell: Cell;
  readonly steps: number;
  readonly rows: number;
  readonly features: number;
  readonly hidden: number;
  readonly biases?: boolean;
  readonly lengths?: readonly number[];
  readonly states?: boolean;
  readonly peepholes?: boolean;
  readonly functions?: readonly ((x: number) => number)[];
  readonly linearBeforeReset?: boolean;
  readonly inputForget?: boolean;
}

/** What errors of each step grow to: they pass from step to step. */
const ROUNDINGS = 600;

const part = (values: Tensor | undefined, direction: number, directions: number) => {
  if (!values) return undefined;
  const size = values.size / directions;
  return (values.data as Float32Array).subarray(direction * size, (direction + 1) * size);
};

/** Axes 0 and 1 exchanged. */
function exchanged({ shape, data }: Tensor, first = 0): Tensor {
  const [a, b] = shape.slice(first, first + 2);
  const outer = shape.slice(0, first).reduce((x, y) => x * y, 1);
  const inner = shape.slice(first + 2).reduce((x, y) => x * y, 1);
  const result = new Float32Array(data.length);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < a; i++)
      for (let j = 0; j < b; j++)
        for (let k = 0; k < inner; k++)
          result[((o * b + j) * a + i) * inner + k] = Number(data[((o * a + i) * b + j) * inner + k]);
  return tensor(result, [...shape.slice(0, first), b, a, ...shape.slice(first + 2)]);
}

function operands(test: Case) {
  const { cell, steps, rows, features, hidden, direction = 'forward' } = test;
  const count = direction === 'bidirectional' ? 2 : 1;
  const filters = gatesOf[cell] * hidden;
  const scale = 1 / Math.sqrt(hidden);
  const state = () => (test.states ? random([count, rows, hidden]) : undefined);
  return {
    x: random([steps, rows, features]),
    weights: random([count, filters, features], -0.7, 0.7),
    recurrent: random([count, filters, hidden], -scale, scale),
    biases: test.biases === false ? undefined : random([count, 2 * filters]),
    lengths: test.lengths && tensor(Int32Array.from(test.lengths)),
    state: state(),
    cellState: cell === 'lstm' ? state() : undefined,
    peepholes: test.peepholes ? random([count, 3 * hidden]) : undefined,
    count,
  };
}

/** Y, Y_h and Y_c by the reference. */
function expectedOf(test: Case, given: ReturnType<typeof operands>): Expected[] {
  const { cell, steps, rows, hidden, direction = 'forward', batchFirst, functions } = test;
  const { count } = given;
  const results = Array.from({ length: count }, (_, d): RecurrentResult => {
    const each = functions && functions.length / count;
    const options: RecurrentOptions = {
      reverse: direction === 'reverse' || d === 1,
      ...(test.lengths && { lengths: test.lengths }),
      ...(test.clip && { clip: test.clip }),
      ...(each && { activations: functions.slice(d * each, (d + 1) * each) }),
      linearBeforeReset: test.linearBeforeReset ?? false,
      inputForget: test.inputForget ?? false,
      state: part(given.state, d, count) ?? [],
      cell: part(given.cellState, d, count) ?? [],
    };
    const biases = part(given.biases, d, count);
    const peepholes = part(given.peepholes, d, count);
    const weights = {
      weights: part(given.weights, d, count)!,
      recurrent: part(given.recurrent, d, count)!,
      ...(biases && { biases }),
      ...(peepholes && { peepholes }),
    };
    return references[cell](given.x.data as Float32Array, test, weights, options);
  });
  const all = exchanged(tensor(Float32Array.from(results.flatMap((one) => one.all)), [count, steps, rows * hidden]));
  const shaped = tensor(all.data as Float32Array, [steps, count, rows, hidden]);
  const y = batchFirst ? exchanged(exchanged(shaped, 1), 0) : shaped;
  const ends = (which: 'state' | 'cell') => {
    const end = tensor(Float32Array.from(results.flatMap((one) => one[which])), [count, rows, hidden]);
    return batchFirst ? exchanged(end) : end;
  };
  const wanted = [y, ends('state'), ...(cell === 'lstm' ? [ends('cell')] : [])];
  return wanted.map(({ shape, data }) => ({
    shape,
    values: data as Float32Array,
    roundings: ROUNDINGS,
    magnitude: Array.from(data as Float32Array, (value) => Math.max(1, Math.abs(value))),
  }));
}

function check(test: Case): void {
  const given = operands(test);
  const { cell, batchFirst } = test;
  const turned = (value: Tensor | undefined) => (value && batchFirst ? exchanged(value) : value);
  const inputs = [turned(given.x), given.weights, given.recurrent, given.biases, given.lengths, turned(given.state)];
  if (cell === 'lstm') inputs.push(turned(given.cellState), given.peepholes);
  const { direction, clip, activations, alphas, betas, linearBeforeReset, inputForget } = test;
  const attributes = { direction, batchFirst, clip, activations, alphas, betas, linearBeforeReset, inputForget };
  const expected = expectedOf(test, given);
  checkOperator({ op: cell, inputs, attributes, expected: expected[0] });
  const names = inputs.map((input, index) => (input ? `input${index}` : ''));
  const named = Object.fromEntries(inputs.flatMap((input, index) => (input ? [[names[index], input]] : [])));
  const wanted = [expected.slice(1), expected];
  for (const outputs of wanted) {
    const results = expected.map((one, index) => (outputs.includes(one) ? `y${index}` : ''));
    checkGraph(
      {
        inputs: Object.entries(named).map(([name, { dtype, shape }]) => ({ name, dtype, shape: [...shape] })),
        outputs: results.filter((name) => name !== ''),
        nodes: [{ name: cell, op: cell, inputs: names, outputs: results, attributes }],
        constants: new Map(),
      },
      named,
      outputs,
    );
  }
}

const cells: readonly Cell[] = ['rnn', 'gru', 'lstm'];
const plain = { steps: 3, rows: 2, features: 5, hidden: 6 };

describe.each(cells)(`%s, error within ${ROUNDINGS} roundings of 1 after 3 steps`, (cell) => {
  it.each([1, 3, 4, 5, 7, 8, 9, 13, 24, 31, 33, 40])('%i units', (hidden) => {
    check({ ...plain, cell, hidden });
    check({ ...plain, cell, hidden, rows: 1, features: 1, linearBeforeReset: true });
  });

  it.each([1, 3, 4, 5, 9])('%i sequences of 1 and 4 steps', (rows) => {
    check({ ...plain, cell, rows, steps: 1 });
    check({ ...plain, cell, rows, steps: 4, linearBeforeReset: true });
  });

  it.each(['forward', 'reverse', 'bidirectional'])('%s, in both layouts, with first states', (direction) => {
    for (const batchFirst of [false, true]) {
      for (const linearBeforeReset of [false, true]) {
        check({ ...plain, cell, direction, batchFirst, linearBeforeReset, states: true });
        check({ ...plain, cell, direction, batchFirst, linearBeforeReset, rows: 3, biases: false, lengths: [3, 0, 2] });
      }
    }
  });

  it('bounds what activations take', () => {
    check({ ...plain, cell, clip: 0.3 });
    check({ ...plain, cell, clip: 0.3, linearBeforeReset: true, inputForget: true });
  });
});

it('an LSTM has peepholes, forgets what it takes in', () => {
  for (const direction of ['forward', 'bidirectional']) {
    check({ ...plain, cell: 'lstm', direction, peepholes: true, states: true });
    check({ ...plain, cell: 'lstm', direction, peepholes: true, inputForget: true, hidden: 11 });
  }
});

const relu = (x: number) => Math.max(0, x);
const leaky = (x: number) => (x < 0 ? 0.1 * x : x);
const scaled = (x: number) => 1.5 * Math.tanh(0.6 * x);
const affine = (x: number) => 0.4 * x + 0.1;

it('takes other activations, of each direction its own', () => {
  check({
    ...plain,
    cell: 'rnn',
    activations: 'clip',
    alphas: [0],
    betas: [Number.POSITIVE_INFINITY],
    functions: [relu],
  });
  check({
    ...plain,
    cell: 'rnn',
    direction: 'bidirectional',
    activations: 'scaledTanh affine',
    alphas: [1.5, 0.4],
    betas: [0.6, 0.1],
    functions: [scaled, affine],
  });
  check({
    ...plain,
    cell: 'lstm',
    activations: 'affine leakyRelu scaledTanh',
    alphas: [0.4, 0.1, 1.5],
    betas: [0.1, 0, 0.6],
    functions: [affine, leaky, scaled],
  });
});

it('threads share the elements of a large state', () => {
  check({ cell: 'lstm', steps: 3, rows: 1, features: 3, hidden: 188 });
  check({ cell: 'gru', steps: 2, rows: 1, features: 3, hidden: 211, linearBeforeReset: true });
  check({ cell: 'rnn', steps: 2, rows: 1, features: 3, hidden: 364 });
});

it('takes sequences of no steps, and none', () => {
  const inputs = (steps: number, rows: number) => [random([steps, rows, 2]), random([1, 12, 2]), random([1, 12, 3])];
  for (const [steps, rows] of [
    [0, 2],
    [3, 0],
  ]) {
    checkOperator({
      op: 'lstm',
      inputs: inputs(steps, rows),
      expected: { shape: [steps, 1, rows, 3], values: [], roundings: 0 },
    });
  }
});

it('refuses what does not go together', () => {
  const types = [floatType(3, 2, 5), floatType(1, 24, 5), floatType(1, 24, 6)];
  expect(codeOfTypes('lstm', [...types, floatType(1, 24)], {})).toBe('SHAPE');
  expect(codeOfTypes('lstm', types, { direction: 'bidirectional' })).toBe('SHAPE');
  expect(codeOfTypes('lstm', types, { direction: 'sideways' })).toBe('ARGUMENT');
  expect(codeOfTypes('lstm', types, { activations: 'tanh' })).toBe('ARGUMENT');
  expect(codeOfTypes('lstm', types, { activations: 'tanh tanh toString' })).toBe('ARGUMENT');
  expect(codeOfTypes('gru', types, {})).toBe('SHAPE');
  expect(codeOfTypes('lstm', [...types, floatType(1, 48), { dtype: 'int64', shape: [2] }], {})).toBe('SHAPE');
});
