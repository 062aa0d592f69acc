// Recurrent layers called on tensors.

import { directions, type RecurrentAttributes } from '../ops/recurrent/geometry.js';
import { gru as gruOperator } from '../ops/recurrent/gru.js';
import { lstm as lstmOperator } from '../ops/recurrent/lstm.js';
import { rnn as rnnOperator } from '../ops/recurrent/rnn.js';
import { checkOptions, flag, numberIn, oneOf } from '../options.js';
import type { Tensor } from '../tensor.js';
import { applyAll } from './apply.js';

export interface RecurrentOptions {
  /** Which way through the steps. Default: forward. */
  direction?: 'forward' | 'reverse' | 'bidirectional';
  /** Sequences come first: `[N, steps, features]`. Default: false, steps do. */
  batchFirst?: boolean;
  /** What the input of each activation is bounded by, above and below. Default: nothing. */
  clip?: number;
  /** `[directions, 2 gates * units]`: biases of the weights, then those of the recurrent ones. */
  biases?: Tensor;
  /** `[N]`, int32: how many steps each sequence has. */
  lengths?: Tensor;
  /** `[directions, N, units]`: the first state. Default: zeros. */
  state?: Tensor;
}

export interface GruOptions extends RecurrentOptions {
  /** The reset gate scales the recurrent product. Default: false. */
  linearBeforeReset?: boolean;
}

export interface LstmOptions extends RecurrentOptions {
  /** The first cell state, as `state`. */
  cell?: Tensor;
  /** `[directions, 3 units]`, of the gates i, o and f. */
  peepholes?: Tensor;
  /** The forget gate is one minus the input gate. Default: false. */
  inputForget?: boolean;
}

const known = ['direction', 'batchFirst', 'clip', 'biases', 'lengths', 'state'] as const;

function attributesOf({ direction = 'forward', batchFirst = false, clip = 0 }: RecurrentOptions): RecurrentAttributes {
  return {
    direction: oneOf('direction', direction, directions),
    batchFirst: flag('batchFirst', batchFirst),
    clip: numberIn('clip', clip, { from: 0 }),
  };
}

/**
 * A simple recurrent layer with tanh.
 * @param x `[steps, N, features]`
 * @param weights `[directions, units, features]`
 * @param recurrent `[directions, units, units]`
 * @returns the states `[steps, directions, N, units]`, and the last one `[directions, N, units]`
 */
export function rnn(
  x: Tensor,
  weights: Tensor,
  recurrent: Tensor,
  options: RecurrentOptions = {},
): [Tensor<'float32'>, Tensor<'float32'>] {
  const { biases, lengths, state } = checkOptions('rnn', options, known);
  const inputs = [x, weights, recurrent, biases, lengths, state];
  return applyAll(rnnOperator, inputs, attributesOf(options), 2) as [Tensor<'float32'>, Tensor<'float32'>];
}

/** A gated recurrent unit, as `rnn`, with gates in ONNX's order z, r, h: `weights` are `[directions, 3 units, features]`. */
export function gru(
  x: Tensor,
  weights: Tensor,
  recurrent: Tensor,
  options: GruOptions = {},
): [Tensor<'float32'>, Tensor<'float32'>] {
  const given = checkOptions('gru', options, [...known, 'linearBeforeReset']);
  const { biases, lengths, state, linearBeforeReset = false } = given;
  const attributes = { ...attributesOf(options), linearBeforeReset: flag('linearBeforeReset', linearBeforeReset) };
  return applyAll(gruOperator, [x, weights, recurrent, biases, lengths, state], attributes, 2) as [
    Tensor<'float32'>,
    Tensor<'float32'>,
  ];
}

/**
 * Long short-term memory, as `rnn`, with gates in ONNX's order i, o, f, c: `weights` are `[directions, 4 units, features]`.
 * @returns the states, the last one, and the last cell state
 */
export function lstm(
  x: Tensor,
  weights: Tensor,
  recurrent: Tensor,
  options: LstmOptions = {},
): [Tensor<'float32'>, Tensor<'float32'>, Tensor<'float32'>] {
  const given = checkOptions('lstm', options, [...known, 'cell', 'peepholes', 'inputForget']);
  const { biases, lengths, state, cell, peepholes, inputForget = false } = given;
  const attributes = { ...attributesOf(options), inputForget: flag('inputForget', inputForget) };
  const inputs = [x, weights, recurrent, biases, lengths, state, cell, peepholes];
  return applyAll(lstmOperator, inputs, attributes, 3) as [Tensor<'float32'>, Tensor<'float32'>, Tensor<'float32'>];
}
