// ONNX's convolutions.

import { emitChannelsLast, toChannelsLast } from '../channelsLast.js';
import type { Importer } from '../context.js';
import { convAttributes, windowAttributes } from '../windows.js';

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

export const convolution: Record<string, Importer> = {
  Conv: conv,
  ConvTranspose: convTranspose,
};
