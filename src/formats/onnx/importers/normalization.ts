// ONNX operators that normalise: by given statistics, by those of the values themselves, to probabilities.

import type { Attributes } from '../../../ops/operator.js';
import { emitChannelsLast, toChannelsLast } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';

/** Emits `op` with its attribute `axis`; its result has the shape of its input. */
export function emitFlattened(context: NodeContext, op: string, attributes: Attributes = {}): void {
  const x = context.input(0);
  const flattens = context.opset < 13;
  const axis = context.integer('axis', flattens ? 1 : -1);
  const rank = context.rankOf(x);
  if (!flattens || axis === -1 || (rank !== undefined && axis === rank - 1)) {
    context.emit(op, [x], { ...attributes, axis });
    return;
  }
  const matrix = context.step('flatten', [x], { axis });
  const result = context.step(op, [matrix], { ...attributes, axis: 1 });
  context.emit('reshape', [result, context.step('shape', [x])], { allowZero: true });
}

const softmax =
  (log: boolean): Importer =>
  (context) =>
    emitFlattened(context, 'softmax', { log });

/** Below the least normal float32 a norm counts as zero: what has none stays zero. */
const LEAST_NORM = 1.17549435e-38;

const responseNormalization: Importer = (context) => {
  const x = context.input(0);
  const rank = context.knownRankOf(x);
  emitChannelsLast(context, 'responseNorm', [toChannelsLast(context, x, rank)], rank, {
    size: context.requiredInteger('size'),
    alpha: context.float('alpha', 1e-4),
    beta: context.float('beta', 0.75),
    bias: context.float('bias', 1),
  });
};

/** ONNX has channels first; the composition's parts carry the change of layout between them. */
function groupNorm(context: NodeContext, groups?: number): void {
  const inputs = [0, 1, 2].map((index) => context.input(index));
  context.emit('groupNorm', inputs, { groups, channelAxis: 1, epsilon: context.float('epsilon', 1e-5) });
}

const layerNormalization: Importer = (context) => {
  const inputs = [context.input(0), context.input(1)];
  if (context.has(2)) inputs.push(context.input(2));
  context.emit('layerNorm', inputs, {
    axis: context.integer('axis', -1),
    epsilon: context.float('epsilon', 1e-5),
  });
};

const meanVariance: Importer = (context) => {
  const x = context.input(0);
  const means = { reduction: 'mean', axes: context.integers('axes') ?? [0, 2, 3], keepDims: true };
  const pair = (operation: string, a: string, b: string) => context.step('binary', [a, b], { operation });
  const difference = pair('sub', x, context.step('reduce', [x], means));
  const variance = context.step('reduce', [pair('mul', difference, difference)], means);
  const deviation = context.step('unary', [variance], { operation: 'sqrt' });
  context.emit('binary', [difference, pair('add', deviation, context.scalar(1e-9))], { operation: 'div' });
};

const lpNormalization: Importer = (context) => {
  const x = context.input(0);
  const p = context.integer('p', 2);
  if (p !== 1 && p !== 2) throw context.damaged(`has p = ${p}; its norms are 1 and 2`);
  const axes = [context.integer('axis', -1)];
  const norms = context.step('reduce', [x], { reduction: `l${p}`, axes, keepDims: true });
  const divisor = context.step('binary', [norms, context.scalar(LEAST_NORM)], { operation: 'max' });
  context.emit('binary', [x, divisor], { operation: 'div' });
};

const batchNormalization: Importer = (context) => {
  const training = context.integer('training_mode', 0) === 1;
  if (context.opset < 7 && context.integer('is_test', 0) === 0) {
    throw context.unsupported('it is in training mode: export the model in inference mode');
  }
  if (context.integer('spatial', 1) === 0) throw context.unsupported('it has statistics for every pixel (spatial = 0)');
  if (!training && context.outputs.slice(1).some((name) => name)) {
    throw context.unsupported('it gives running statistics: export the model in inference mode');
  }
  const x = context.input(0);
  const rank = context.knownRankOf(x);
  const inputs = [toChannelsLast(context, x, rank), ...[1, 2, 3, 4].map((index) => context.input(index))];
  const attributes = {
    epsilon: context.float('epsilon', 1e-5),
    ...(training && { training, momentum: context.float('momentum', 0.9) }),
  };
  emitChannelsLast(context, 'batchNorm', inputs, rank, attributes);
};

export const normalization: Record<string, Importer> = {
  BatchNormalization: batchNormalization,
  GroupNormalization: (context) => groupNorm(context, context.requiredInteger('num_groups')),
  Hardmax: (context) => emitFlattened(context, 'hardmax'),
  InstanceNormalization: (context) => groupNorm(context),
  LRN: responseNormalization,
  LayerNormalization: layerNormalization,
  LogSoftmax: softmax(true),
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVariance,
  Softmax: softmax(false),
};
