// ONNX's recurrent layers. Their layouts, gates and inputs are quadlane's own.

import type { CellName } from '../../../ops/recurrent/geometry.js';
import type { Importer, NodeContext } from '../context.js';

/** ONNX's names, in small letters, and the alpha and beta that each has where the file gives none. */
const activations: Readonly<Record<string, readonly [name: string, alpha?: number, beta?: number]>> = {
  affine: ['affine', 1, 0],
  elu: ['elu', 1],
  hardsigmoid: ['hardSigmoid', 0.2, 0.5],
  leakyrelu: ['leakyRelu', 0.01],
  relu: ['clip'],
  scaledtanh: ['scaledTanh', 1, 1],
  sigmoid: ['sigmoid'],
  softplus: ['softplus'],
  softsign: ['softsign'],
  tanh: ['tanh'],
  thresholdedrelu: ['thresholdedRelu', 1],
};

/**
 * The activations of all directions. `activation_alpha` and `activation_beta` list those of activations that have one, in
 * the order of these.
 */
function activationAttributes(context: NodeContext) {
  const names = context.texts('activations') ?? [];
  const [alphas, betas] = [
    [...(context.floats('activation_alpha') ?? [])],
    [...(context.floats('activation_beta') ?? [])],
  ];
  if (names.length === 0) return {};
  const all = names.map((given) => {
    const known = activations[given.toLowerCase()];
    if (!known)
      throw context.damaged(`has the activation "${given}", not one of ${Object.keys(activations).join(', ')}`);
    const [name, alpha, beta] = known;
    if (name === 'clip') return { name, alpha: 0, beta: Number.POSITIVE_INFINITY };
    return {
      name,
      alpha: alpha === undefined ? 0 : (alphas.shift() ?? alpha),
      beta: beta === undefined ? 0 : (betas.shift() ?? beta),
    };
  });
  return {
    activations: all.map(({ name }) => name).join(' '),
    alphas: all.map(({ alpha }) => alpha),
    betas: all.map(({ beta }) => beta),
  };
}

const imported =
  (cell: CellName): Importer =>
  (context) => {
    // The sizes of the weights say it too.
    context.integer('hidden_size');
    const inputs = Array.from({ length: context.inputs.length }, (_, index) =>
      index < 3 ? context.input(index) : context.optionalInput(index),
    );
    const attributes = {
      direction: context.choice('direction', 'forward', 'reverse', 'bidirectional'),
      batchFirst: context.integer('layout', 0) === 1,
      clip: context.float('clip', 0),
      ...activationAttributes(context),
      ...(cell === 'gru' && { linearBeforeReset: context.integer('linear_before_reset', 0) !== 0 }),
      ...(cell === 'lstm' && { inputForget: context.integer('input_forget', 0) !== 0 }),
    };
    context.emit(cell, inputs, attributes);
  };

export const recurrent: Record<string, Importer> = {
  GRU: imported('gru'),
  LSTM: imported('lstm'),
  RNN: imported('rnn'),
};
