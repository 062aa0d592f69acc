// ONNX operators with windows over space: convolutions, pools; and batch norm.

import { emitChannelsLast, toChannelsLast } from '../channelsLast.js';
import type { Importer, NodeContext } from '../context.js';

/** strides, dilations, padding and autoPad of a window over `spatialRank` axes. */
function windowAttributes(context: NodeContext, spatialRank: number) {
  const mode = context.choice('auto_pad', 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER');
  if (spatialRank < 1) throw context.damaged(`has weights or a kernel over ${spatialRank} spatial axes, not 1 to 3`);
  const list = (name: string, length: number, value: number) => {
    const given = context.integers(name);
    if (given && given.length !== length) {
      throw context.damaged(`has ${given.length} ${name} over ${spatialRank} spatial axes, ${length} are needed`);
    }
    return given ?? new Array<number>(length).fill(value);
  };
  const padding = list('pads', 2 * spatialRank, 0);
  return {
    strides: list('strides', spatialRank, 1),
    dilations: list('dilations', spatialRank, 1),
    padding: mode === 'VALID' ? padding.fill(0) : padding,
    ...(mode.startsWith('SAME') && { autoPad: mode.toLowerCase().replace('_', '-') }),
  };
}

/**
 * Attributes of a convolution, and the rank of its input.
 * @param input,filters places of the node's inputs
 */
export function convAttributes(context: NodeContext, input: number, filters: number) {
  const kernelShape = context.integers('kernel_shape');
  const [x, w] = [context.input(input), context.input(filters)];
  const rank = kernelShape ? kernelShape.length + 2 : (context.rankOf(w) ?? context.knownRankOf(x));
  const weights = context.constant(filters);
  if (weights && (weights.shape.length !== rank || kernelShape?.some((extent, i) => extent !== weights.shape[i + 2]))) {
    throw context.damaged(`has kernel_shape [${kernelShape}], but weights of shape [${weights.shape.join(', ')}]`);
  }
  return { rank, attributes: { ...windowAttributes(context, rank - 2), groups: context.integer('group', 1) } };
}

const conv: Importer = (context) => {
  const { rank, attributes } = convAttributes(context, 0, 1);
  const inputs = [toChannelsLast(context, context.input(0), rank), context.input(1)];
  if (context.has(2)) inputs.push(context.input(2));
  emitChannelsLast(context, 'conv', inputs, rank, attributes);
};

const convTranspose: Importer = (context) => {
  const [x, w] = [context.input(0), context.input(1)];
  const kernelShape = context.integers('kernel_shape');
  const rank = kernelShape ? kernelShape.length + 2 : (context.rankOf(w) ?? context.knownRankOf(x));
  const attributes = {
    ...windowAttributes(context, rank - 2),
    groups: context.integer('group', 1),
    outputPadding: context.integers('output_padding'),
    // Some exporters list images and channels too.
    outputShape: context.integers('output_shape')?.slice(2 - rank),
  };
  const inputs = [toChannelsLast(context, x, rank), w];
  if (context.has(2)) inputs.push(context.input(2));
  emitChannelsLast(context, 'convTranspose', inputs, rank, attributes);
};

function pool(context: NodeContext, op: string, own: Parameters<NodeContext['emit']>[2], outputs = 1): void {
  const x = context.input(0);
  const kernelShape = context.integers('kernel_shape');
  if (!kernelShape) throw context.damaged('lacks its attribute "kernel_shape"');
  const rank = kernelShape.length + 2;
  const attributes = {
    kernelShape,
    ...windowAttributes(context, kernelShape.length),
    ceil: context.integer('ceil_mode', 0) === 1,
    ...own,
  };
  emitChannelsLast(context, op, [toChannelsLast(context, x, rank)], rank, attributes, outputs);
}

const globalPool =
  (op: string): Importer =>
  (context) => {
    const x = context.input(0);
    const rank = context.knownRankOf(x);
    emitChannelsLast(context, op, [toChannelsLast(context, x, rank)], rank, {});
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

export const spatial: Record<string, Importer> = {
  AveragePool: (context) =>
    pool(context, 'averagePool', { includePadding: context.integer('count_include_pad', 0) === 1 }),
  BatchNormalization: batchNormalization,
  Conv: conv,
  GlobalAveragePool: globalPool('globalAveragePool'),
  GlobalMaxPool: globalPool('globalMaxPool'),
  MaxPool: (context) =>
    pool(context, 'maxPool', context.wants(1) ? { storageOrder: context.integer('storage_order', 0) } : {}, 2),
};

/** Those whose operators come with rare.ts. */
export const rareSpatial: Record<string, Importer> = {
  ConvTranspose: convTranspose,
  LpPool: (context) => pool(context, 'lpPool', { p: context.integer('p', 2) }),
};
