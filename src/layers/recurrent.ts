// Layers with a state from step to step. Parameters have PyTorch's names, shapes and order of gates, so that its
// checkpoints load; options are Keras's.

import { QuadlaneError } from '../errors.js';
import { concat } from '../ops/layout/concat.js';
import { reshape } from '../ops/layout/reshape.js';
import { slice } from '../ops/layout/slice.js';
import type { Attributes, Operator } from '../ops/operator.js';
import { gru as gruOperator } from '../ops/recurrent/gru.js';
import { lstm as lstmOperator } from '../ops/recurrent/lstm.js';
import { rnn as rnnOperator } from '../ops/recurrent/rnn.js';
import { flag } from '../options.js';
import { positive } from '../windowOptions.js';
import type { Initializer } from './initializers.js';
import { type Layer, type LayerBuilder, type LayerOptions, type Operand, unaryLayer, type Value } from './layer.js';

export interface RecurrentOptions extends LayerOptions {
  /** Elements of the state. */
  units: number;
  /** The states after all steps, `[steps, units]`, instead of the one after the last. Default: false. */
  returnSequences?: boolean;
  /** A second direction, from the last step to the first, whose states come behind those of the first. Default: false. */
  bidirectional?: boolean;
  /** Layers on top of each other, PyTorch's `num_layers`. Default: 1. */
  numLayers?: number;
  /** Default: true. */
  useBias?: boolean;
  /** Default: `glorotUniform`. */
  kernelInitializer?: Initializer;
  /** Default: `glorotUniform`. */
  recurrentInitializer?: Initializer;
  /** Default: zeros. */
  biasInitializer?: Initializer;
}

export interface GruOptions extends RecurrentOptions {
  /** The reset gate scales the recurrent product, as in PyTorch; else the state that goes into it. Default: true. */
  resetAfter?: boolean;
}

const known = [
  'units',
  'returnSequences',
  'bidirectional',
  'numLayers',
  'useBias',
  'kernelInitializer',
  'recurrentInitializer',
  'biasInitializer',
] as const;

/** What a cell is called, and where its gates, in ONNX's order, lie in PyTorch's. */
interface Cell {
  readonly operator: Operator;
  readonly gates: readonly number[];
}

/** PyTorch has i, f, g, o. */
const lstmCell: Cell = { operator: lstmOperator, gates: [0, 3, 1, 2] };
/** PyTorch has r, z, n. */
const gruCell: Cell = { operator: gruOperator, gates: [1, 0, 2] };
const rnnCell: Cell = { operator: rnnOperator, gates: [0] };

/**
 * Long short-term memory: `[steps, features]` to `[units]`, twice as many of two directions. Parameters: `weight_ih_l0`
 * `[4 units, features]`, `weight_hh_l0` `[4 units, units]`, `bias_ih_l0` and `bias_hh_l0` `[4 units]`, gates in the order i, f, g, o;
 * with `_reverse` behind them of the second direction, and `l1` of the second layer.
 */
export function lstm(options: RecurrentOptions): Layer {
  return unaryLayer('lstm', options, known, (builder, x) => recurrent(builder, x, lstmCell, options, {}));
}

/** Gated recurrent unit, as `lstm` with three gates in the order r, z, n. */
export function gru(options: GruOptions): Layer {
  return unaryLayer('gru', options, [...known, 'resetAfter'], (builder, x) => {
    const linearBeforeReset = flag('resetAfter', options.resetAfter ?? true);
    return recurrent(builder, x, gruCell, options, { linearBeforeReset });
  });
}

/** The simple recurrent layer, PyTorch's RNN: as `lstm` with one gate, its activation tanh. */
export function simpleRnn(options: RecurrentOptions): Layer {
  return unaryLayer('simpleRnn', options, known, (builder, x) => recurrent(builder, x, rnnCell, options, {}));
}

function recurrent(builder: LayerBuilder, x: Value, cell: Cell, options: RecurrentOptions, own: Attributes): Value {
  if (x.shape.length !== 2 || x.shape[0] === 0) throw new QuadlaneError('SHAPE', 'it takes [steps, features]');
  const units = positive('units', options.units);
  const numLayers = positive('numLayers', options.numLayers ?? 1);
  const isBoth = flag('bidirectional', options.bidirectional ?? false);
  const returnSequences = flag('returnSequences', options.returnSequences ?? false);
  const [steps] = x.shape;
  const directions = isBoth ? 2 : 1;
  let value = x;
  for (let index = 0; index < numLayers; index++) {
    const attributes = { direction: isBoth ? 'bidirectional' : 'forward', batchFirst: true, hidden: units, ...own };
    const states = builder.apply(
      cell.operator,
      [value, ...parameters(builder, value.shape[1], index, directions, cell, units, options)],
      attributes,
    );
    if (returnSequences || index + 1 < numLayers) {
      value = builder.apply(reshape, [states], { shape: [0, steps, directions * units] });
      continue;
    }
    // The first direction ends with the last step, the second one with the first.
    const ends = Array.from({ length: directions }, (_, direction) => {
      const step = direction === 0 ? steps - 1 : 0;
      return builder.apply(slice, [states], {
        starts: [step, direction],
        ends: [step + 1, direction + 1],
        axes: [1, 2],
      });
    });
    const both = isBoth ? builder.apply(concat, ends, { axis: 3 }) : ends[0];
    value = builder.apply(reshape, [both], { shape: [0, directions * units] });
  }
  return value;
}

/** Weights, recurrent weights and biases of one layer, as the operators take them. */
function parameters(
  builder: LayerBuilder,
  features: number,
  index: number,
  directions: number,
  { gates }: Cell,
  units: number,
  options: RecurrentOptions,
): Operand[] {
  const {
    kernelInitializer = 'glorotUniform',
    recurrentInitializer = 'glorotUniform',
    biasInitializer = 'zeros',
    useBias = true,
  } = options;
  const filters = gates.length * units;
  const ordered = (parameter: Operand): Operand => {
    if (gates.every((gate, at) => gate === at)) return parameter;
    const parts = gates.map((gate) =>
      builder.apply(slice, [parameter], { starts: [gate * units], ends: [(gate + 1) * units], axes: [0] }),
    );
    return builder.apply(concat, parts, { axis: 0 });
  };
  const each = (make: (suffix: string) => Operand, shape: readonly number[]): Operand => {
    const all = ['', '_reverse']
      .slice(0, directions)
      .map((suffix) => builder.apply(reshape, [make(`_l${index}${suffix}`)], { shape: [1, ...shape] }));
    return directions === 1 ? all[0] : builder.apply(concat, all, { axis: 0 });
  };
  const weight = (role: string, columns: number, initializer: Initializer) =>
    each((suffix) => ordered(builder.parameter(role + suffix, [filters, columns], initializer)), [filters, columns]);
  const weights = [weight('weight_ih', features, kernelInitializer), weight('weight_hh', units, recurrentInitializer)];
  if (!useBias) return weights;
  const bias = (suffix: string) =>
    builder.apply(
      concat,
      ['bias_ih', 'bias_hh'].map((role) => ordered(builder.parameter(role + suffix, [filters], biasInitializer))),
      { axis: 0 },
    );
  return [...weights, each(bias, [2 * filters])];
}
