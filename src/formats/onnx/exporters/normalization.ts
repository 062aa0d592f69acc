// Operators that normalise, as ONNX nodes.

import { tensor } from '../../../tensor.js';
import type { ExportContext, Exporter } from '../export-context.js';

const responseNorm: Exporter = (context) => {
  const { size, alpha = 1e-4, beta = 0.75, bias = 1 } = context.attributes as Record<string, number>;
  const rank = context.knownRank(0);
  const attributes = { size: { int: size }, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } };
  context.resultChannelsFirst(context.step('LRN', [context.channelsFirst(0, rank)], attributes), rank);
};

/** Instance normalisation; groups of channels are made to instances by a reshape. */
const groupNorm: Exporter = (context) => {
  const { groups, epsilon = 1e-5, channelAxis = -1 } = context.attributes as Record<string, number>;
  const rank = context.knownRank(0);
  const isLast = channelAxis === -1 || channelAxis === rank - 1;
  if (rank < 3 || (!isLast && channelAxis !== 1)) {
    throw context.unsupported(`it normalises axis ${channelAxis} of ${rank}`);
  }
  const x = isLast ? context.channelsFirst(0, rank) : context.input(0);
  const scales = [1, 2].map((index) => context.input(index));
  const normalize = (value: string, by: readonly string[]) =>
    context.step('InstanceNormalization', [value, ...by], { epsilon: { float: epsilon } });
  const result = groups === undefined ? normalize(x, scales) : grouped(context, x, scales, groups, rank, normalize);
  if (isLast) context.resultChannelsFirst(result, rank);
  else context.result(result);
};

function grouped(
  context: ExportContext,
  x: string,
  scales: readonly string[],
  groups: number,
  rank: number,
  normalize: (value: string, by: readonly string[]) => string,
): string {
  const parameters = context.shape(1)?.[0];
  if (parameters === undefined) throw context.unsupported('the length of its scale is unknown');
  const instances = context.step('Reshape', [x, context.list([0, groups, -1])]);
  const back = (value: string) => context.step('Reshape', [value, context.step('Shape', [x])]);
  if (parameters === groups) return back(normalize(instances, scales));
  const neutral = [1, 0].map((value) => context.newConstant(tensor(new Float32Array(groups).fill(value))));
  const axes = context.list(Array.from({ length: rank - 2 }, (_, axis) => axis + 1));
  const [scale, shift] = scales.map((value) => context.step('Unsqueeze', [value, axes]));
  return context.step('Add', [context.step('Mul', [back(normalize(instances, neutral)), scale]), shift]);
}

const layerNorm: Exporter = (context) => {
  const { axis = -1, epsilon = 1e-5 } = context.attributes as Record<string, number>;
  context.emit('LayerNormalization', context.inputs(), { axis: { int: axis }, epsilon: { float: epsilon } });
};

const batchNorm: Exporter = (context) => {
  const { epsilon = 1e-5, momentum = 0.9, training } = context.attributes as Record<string, number>;
  const rank = context.knownRank(0);
  const inputs = [context.channelsFirst(0, rank), ...[1, 2, 3, 4].map((index) => context.input(index))];
  const attributes = {
    epsilon: { float: epsilon },
    ...(training && { training_mode: { int: 1 }, momentum: { float: momentum } }),
  };
  const wanted = Array.from({ length: context.outputCount }, (_, index) => context.wants(index));
  const [result, ...statistics] = context.steps('BatchNormalization', inputs, attributes, wanted);
  context.resultChannelsFirst(result, rank);
  statistics.forEach((value, index) => {
    if (value) context.result(value, index + 1);
  });
};

export const normalization: Record<string, Exporter> = {
  batchNorm,
  groupNorm,
  hardmax: (context) => context.emit('Hardmax', context.inputs(), { axis: context.int('axis') }),
  layerNorm,
  responseNorm,
  softmax: (context) =>
    context.emit(context.attributes.log ? 'LogSoftmax' : 'Softmax', context.inputs(), { axis: context.int('axis') }),
};
