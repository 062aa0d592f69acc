// ONNX operators that normalise by statistics of the values themselves.

import { emitChannelsLast, toChannelsLast } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';

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

const globalLpPool: Importer = (context) => {
  const x = context.input(0);
  const p = context.integer('p', 2);
  const axes = [...new Array(context.knownRankOf(x)).keys()].slice(2);
  const over = { axes, keepDims: true };
  if (p === 1 || p === 2) {
    context.emit('reduce', [x], { reduction: `l${p}`, ...over });
    return;
  }
  const power = (value: string, exponent: number) => [value, context.scalar(exponent)];
  const powers = context.step('binary', power(context.step('unary', [x], { operation: 'abs' }), p), {
    operation: 'pow',
  });
  const sums = context.step('reduce', [powers], { reduction: 'sum', ...over });
  context.emit('binary', power(sums, 1 / p), { operation: 'pow' });
};

export const normalization: Record<string, Importer> = {
  GlobalLpPool: globalLpPool,
  GroupNormalization: (context) => groupNorm(context, context.requiredInteger('num_groups')),
  InstanceNormalization: (context) => groupNorm(context),
  LRN: responseNormalization,
  LayerNormalization: layerNormalization,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVariance,
};
