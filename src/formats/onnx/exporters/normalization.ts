// Normalisations as ONNX nodes.

import type { ExportContext, Exporter } from '../export-context.js';

/** GroupNormalization takes its parameters by channel, not by group, from this operator set on. */
const PARAMETERS_BY_CHANNEL = 21;

const epsilon = (context: ExportContext) => ({ epsilon: { float: (context.attributes.epsilon ?? 1e-5) as number } });

const groupNorm: Exporter = (context) => {
  const { groups, channelAxis } = context.attributes as { groups?: number; channelAxis?: number };
  const rank = context.knownRank(0);
  const isFirst = channelAxis === 1 && rank !== 2;
  if (channelAxis !== undefined && !isFirst && channelAxis !== -1 && channelAxis !== rank - 1) {
    throw context.unsupported('its channels are neither the first nor the last axis');
  }
  const inputs = [isFirst ? context.input(0) : context.channelsFirst(0, rank), context.input(1), context.input(2)];
  const op = groups === undefined ? 'InstanceNormalization' : 'GroupNormalization';
  if (groups !== undefined) context.graph.needOperatorSet(PARAMETERS_BY_CHANNEL);
  if (groups !== undefined && context.constant(1)?.size === groups) {
    throw context.unsupported('its parameters are of groups, not of channels');
  }
  const result = context.step(op, inputs, { ...epsilon(context), num_groups: context.int('groups') });
  if (isFirst) context.result(result);
  else context.resultChannelsFirst(result, rank);
};

const responseNorm: Exporter = (context) => {
  const { size, alpha = 1e-4, beta = 0.75, bias = 1 } = context.attributes as Record<string, number>;
  const rank = context.knownRank(0);
  const attributes = { size: { int: size }, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } };
  context.resultChannelsFirst(context.step('LRN', [context.channelsFirst(0, rank)], attributes), rank);
};

export const normalization: Record<string, Exporter> = {
  groupNorm,
  layerNorm: (context) =>
    context.emit('LayerNormalization', context.inputs(), { axis: context.int('axis'), ...epsilon(context) }),
  responseNorm,
};
