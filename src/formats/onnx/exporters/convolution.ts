// Convolutions as ONNX nodes with channels first.

import { activated } from '../activations.js';
import type { OnnxAttributes } from '../attributes.js';
import type { ExportContext, Exporter } from '../export-context.js';

const withFilters =
  (op: string, own: (context: ExportContext) => OnnxAttributes = () => ({})): Exporter =>
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

export const convolution: Record<string, Exporter> = {
  conv: withFilters('Conv'),
  convTranspose: withFilters('ConvTranspose', (context) => ({
    output_padding: context.ints('outputPadding'),
    output_shape: context.ints('outputShape'),
  })),
};
