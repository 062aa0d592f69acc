// Recurrent layers as ONNX nodes.

import {
  activationsOf,
  type CellActivation,
  type CellName,
  type RecurrentAttributes,
} from '../../../ops/recurrent/geometry.js';
import { flag, float, type OnnxAttributes, text } from '../attributes.js';
import type { ExportContext, Exporter } from '../export-context.js';

/** From this operator set on sequences may come before steps. */
const LAYOUTS = 14;

interface NamedActivation {
  readonly name: string;
  /** Those parameters that ONNX has for it. */
  readonly alpha?: number;
  readonly beta?: number;
}

function named(
  context: ExportContext,
  { activation, alpha, beta, inner, outer, offset }: CellActivation,
): NamedActivation {
  if (activation === 'none') return { name: 'Affine', alpha: outer, beta: offset };
  if (inner !== 1 || outer !== 1) return { name: 'ScaledTanh', alpha: outer, beta: inner };
  switch (activation) {
    case 'clip':
      if (alpha === 0 && beta === Number.POSITIVE_INFINITY) return { name: 'Relu' };
      break;
    case 'hardSigmoid':
      return { name: 'HardSigmoid', alpha, beta };
    case 'elu':
      return { name: 'Elu', alpha };
    case 'leakyRelu':
      return { name: 'LeakyRelu', alpha };
    case 'thresholdedRelu':
      return { name: 'ThresholdedRelu', alpha };
    case 'sigmoid':
      return { name: 'Sigmoid' };
    case 'softplus':
      return { name: 'Softplus' };
    case 'softsign':
      return { name: 'Softsign' };
    case 'tanh':
      return { name: 'Tanh' };
  }
  throw context.unsupported(`recurrent layers of ONNX have no activation ${activation}`);
}

function activationAttributes(context: ExportContext, cell: CellName): OnnxAttributes {
  const attributes = context.attributes as RecurrentAttributes;
  if (attributes.activations === undefined) return {};
  const count = attributes.direction === 'bidirectional' ? 2 : 1;
  const all = activationsOf(cell, count, attributes)
    .flat()
    .map((activation) => named(context, activation));
  const given = (value: number | undefined): value is number => value !== undefined;
  return {
    activations: { texts: all.map(({ name }) => name) },
    activation_alpha: { floats: all.map(({ alpha }) => alpha).filter(given) },
    activation_beta: { floats: all.map(({ beta }) => beta).filter(given) },
  };
}

const exported =
  (cell: CellName, operator: string): Exporter =>
  (context) => {
    const { direction, batchFirst, clip, linearBeforeReset, inputForget } = context.attributes;
    const hidden = (context.attributes.hidden as number | undefined) ?? context.shape(2)?.[2];
    if (hidden === undefined) throw context.unsupported('the size of its recurrent weights depends on the data');
    if (batchFirst) context.graph.needOperatorSet(LAYOUTS);
    context.emit(operator, context.inputs(), {
      hidden_size: { int: hidden },
      direction: text(direction),
      layout: flag(batchFirst),
      clip: clip ? float(clip) : undefined,
      linear_before_reset: flag(linearBeforeReset),
      input_forget: flag(inputForget),
      ...activationAttributes(context, cell),
    });
  };

export const recurrent: Record<string, Exporter> = {
  gru: exported('gru', 'GRU'),
  lstm: exported('lstm', 'LSTM'),
  rnn: exported('rnn', 'RNN'),
};
