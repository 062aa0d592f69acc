// Pools as ONNX nodes with channels first.

import { flag, type OnnxAttributes } from '../attributes.js';
import { overImages } from '../channelsFirst.js';
import type { ExportContext, Exporter } from '../export-context.js';

/** Dilations of average pools come with this operator set. */
const DILATED_AVERAGE_POOL = 19;

const pool =
  (op: string, own: (context: ExportContext) => OnnxAttributes): Exporter =>
  (context) => {
    const kernelShape = context.requiredList('kernelShape');
    const rank = kernelShape.length + 2;
    const attributes = {
      kernel_shape: { ints: kernelShape },
      ...context.windowAttributes(),
      ceil_mode: flag(context.attributes.ceil),
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
    count_include_pad: flag(includePadding),
  };
});

const maxPool = pool('MaxPool', (context) => ({
  storage_order: flag(context.attributes.storageOrder),
}));

const globalPool =
  (op: string): Exporter =>
  (context) => {
    overImages(op)(context);
    context.noteGlobal(context.knownRank(0));
  };

export const pooling: Record<string, Exporter> = {
  averagePool,
  globalAveragePool: globalPool('GlobalAveragePool'),
  globalMaxPool: globalPool('GlobalMaxPool'),
  lpPool: pool('LpPool', (context) => ({ p: context.int('p') })),
  maxPool,
};
