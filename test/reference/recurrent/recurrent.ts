// Recurrent layers in plain loops, as ONNX defines them, steps before sequences.

export interface RecurrentSizes {
  readonly steps: number;
  readonly rows: number;
  readonly features: number;
  readonly hidden: number;
}

/** What one direction computes with. */
export interface RecurrentWeights {
  /** [gates * hidden, features] */
  readonly weights: ArrayLike<number>;
  /** [gates * hidden, hidden] */
  readonly recurrent: ArrayLike<number>;
  /** [2 * gates * hidden] */
  readonly biases?: ArrayLike<number>;
  /** [3 * hidden] */
  readonly peepholes?: ArrayLike<number>;
}

export interface RecurrentOptions {
  readonly reverse?: boolean;
  readonly lengths?: ArrayLike<number>;
  readonly clip?: number;
  readonly activations?: readonly ((x: number) => number)[];
  readonly linearBeforeReset?: boolean;
  readonly inputForget?: boolean;
  /** [rows, hidden] */
  readonly state?: ArrayLike<number>;
  readonly cell?: ArrayLike<number>;
}

export interface RecurrentResult {
  /** [steps, rows, hidden] */
  readonly all: number[];
  readonly state: number[];
  readonly cell: number[];
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

type Step = (
  gate: (index: number, unit: number, from?: number[]) => readonly [number, number],
  state: number[],
  cell: number[],
) => void;

/** One direction over x [steps, rows, features]. */
function walk(
  gates: number,
  x: ArrayLike<number>,
  { steps, rows, features, hidden }: RecurrentSizes,
  { weights, recurrent, biases }: RecurrentWeights,
  options: RecurrentOptions,
  step: Step,
): RecurrentResult {
  const all = new Array<number>(steps * rows * hidden).fill(0);
  const [ends, cells]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++) {
    const own = (values?: ArrayLike<number>) =>
      Array.from({ length: hidden }, (_, i) => values?.[row * hidden + i] ?? 0);
    const [state, cell] = [own(options.state), own(options.cell)];
    const length = options.lengths?.[row] ?? steps;
    for (let count = 0; count < length; count++) {
      const time = options.reverse ? length - 1 - count : count;
      const before = [...state];
      step(
        (index, unit, from = before) => {
          const filter = index * hidden + unit;
          let [ofInput, ofState] = [biases?.[filter] ?? 0, biases?.[gates * hidden + filter] ?? 0];
          for (let k = 0; k < features; k++)
            ofInput += weights[filter * features + k] * x[(time * rows + row) * features + k];
          for (let k = 0; k < hidden; k++) ofState += recurrent[filter * hidden + k] * from[k];
          return [ofInput, ofState];
        },
        state,
        cell,
      );
      for (let i = 0; i < hidden; i++) all[(time * rows + row) * hidden + i] = state[i];
    }
    ends.push(...state);
    cells.push(...cell);
  }
  return { all, state: ends, cell: cells };
}

const clipped = (x: number, limit = Number.POSITIVE_INFINITY) => Math.max(-limit, Math.min(limit, x));

export function rnn(
  x: ArrayLike<number>,
  sizes: RecurrentSizes,
  weights: RecurrentWeights,
  options: RecurrentOptions = {},
): RecurrentResult {
  const [f] = options.activations ?? [Math.tanh];
  return walk(1, x, sizes, weights, options, (gate, state) => {
    for (let i = 0; i < sizes.hidden; i++) {
      const [a, b] = gate(0, i);
      state[i] = f(clipped(a + b, options.clip));
    }
  });
}

export function gru(
  x: ArrayLike<number>,
  sizes: RecurrentSizes,
  weights: RecurrentWeights,
  options: RecurrentOptions = {},
): RecurrentResult {
  const [f, g] = options.activations ?? [sigmoid, Math.tanh];
  const { linearBeforeReset, clip } = options;
  return walk(3, x, sizes, weights, options, (gate, state) => {
    const before = [...state];
    const of = (index: number) =>
      before.map((_, i) => {
        const [a, b] = gate(index, i);
        return f(clipped(a + b, clip));
      });
    const [z, r] = [of(0), of(1)];
    const reset = before.map((h, i) => h * r[i]);
    for (let i = 0; i < sizes.hidden; i++) {
      const [a, b] = gate(2, i, linearBeforeReset ? before : reset);
      const fresh = g(clipped(linearBeforeReset ? a + r[i] * b : a + b, clip));
      state[i] = (1 - z[i]) * fresh + z[i] * before[i];
    }
  });
}

export function lstm(
  x: ArrayLike<number>,
  sizes: RecurrentSizes,
  weights: RecurrentWeights,
  options: RecurrentOptions = {},
): RecurrentResult {
  const [f, g, h] = options.activations ?? [sigmoid, Math.tanh, Math.tanh];
  const { hidden } = sizes;
  const peephole = (index: number, i: number) => weights.peepholes?.[index * hidden + i] ?? 0;
  return walk(4, x, sizes, weights, options, (gate, state, cell) => {
    for (let i = 0; i < hidden; i++) {
      const of = (index: number, more: number) => {
        const [a, b] = gate(index, i);
        return clipped(a + b + more, options.clip);
      };
      const taken = f(of(0, peephole(0, i) * cell[i]));
      const kept = options.inputForget ? 1 - taken : f(of(2, peephole(2, i) * cell[i]));
      cell[i] = kept * cell[i] + taken * g(of(3, 0));
      state[i] = f(of(1, peephole(1, i) * cell[i])) * h(cell[i]);
    }
  });
}
