// Operators over channels and space, as ONNX nodes with channels first.

import type { OnnxAttribute } from '../encode.js';
import type { ExportContext, Exporter } from '../export-context.js';
import { activated } from './activation.js';

/** Dilations of average pools come with this operator set. */
const DILATED_AVERAGE_POOL = 19;

const convolution =
  (op: string, own: (context: ExportContext) => Record<string, OnnxAttribute | undefined> = () => ({})): Exporter =>
  (context) => {
    const rank = context.rank(1) ?? context.knownRank(0);
    const kernelShape = context.shape(1)?.slice(2);
    const isKnown = kernelShape?.every((extent) => extent !== undefined);
    const inputs = [context.channelsFirst(0, rank), context.input(1), context.input(2)];
    let result = context.step(op, inputs, {
      kernel_shape: isKnown ? { ints: kernelShape as number[] } : undefined,
      ...context.windowAttributes(),
      group: { int: (context.attributes.groups ?? 1) as number },
      ...own(context),
    });
    if (context.has(3)) result = context.step('Add', [result, context.channelsFirst(3, rank)]);
    context.resultChannelsFirst(activated(context, result), rank);
  };

const pool =
  (op: string, own: (context: ExportContext) => Record<string, OnnxAttribute | undefined>): Exporter =>
  (context) => {
    const { kernelShape, ceil } = context.attributes as { kernelShape: readonly number[]; ceil?: boolean };
    const rank = kernelShape.length + 2;
    const attributes = {
      kernel_shape: { ints: kernelShape },
      ...context.windowAttributes(),
      ceil_mode: ceil ? { int: 1 } : undefined,
      ...own(context),
    };
    const wanted = Array.from({ length: context.outputCount }, (_, index) => context.wants(index));
    const results = context.steps(op, [context.channelsFirst(0, rank)], attributes, wanted);
    results.forEach((result, index) => {
      if (result) context.resultChannelsFirst(result, rank, index);
    });
  };

const averagePool = pool('AveragePool', (context) => {
  const { includePadding, dilations } = context.attributes as {
    includePadding?: boolean;
    dilations?: readonly number[];
  };
  const isDilated = dilations?.some((dilation) => dilation !== 1);
  if (isDilated) context.graph.needOperatorSet(DILATED_AVERAGE_POOL);
  return {
    dilations: isDilated ? { ints: dilations! } : undefined,
    count_include_pad: includePadding ? { int: 1 } : undefined,
  };
});

const maxPool = pool('MaxPool', (context) => ({
  storage_order: context.attributes.storageOrder ? { int: 1 } : undefined,
}));

const globalPool =
  (op: string): Exporter =>
  (context) => {
    const rank = context.knownRank(0);
    context.resultChannelsFirst(context.step(op, [context.channelsFirst(0, rank)]), rank);
    context.noteGlobal(rank);
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

export const spatial: Record<string, Exporter> = {
  averagePool,
  batchNorm,
  conv: convolution('Conv'),
  convTranspose: convolution('ConvTranspose', (context) => ({
    output_padding: context.ints('outputPadding'),
    output_shape: context.ints('outputShape'),
  })),
  globalAveragePool: globalPool('GlobalAveragePool'),
  globalMaxPool: globalPool('GlobalMaxPool'),
  lpPool: pool('LpPool', (context) => ({ p: context.int('p') })),
  maxPool,
};
