// Operators that gather and scatter by index, as ONNX nodes.

import { text } from '../attributes.js';
import type { Exporter } from '../export-context.js';

const scatter =
  (op: string): Exporter =>
  (context) => {
    const { reduction = 'none' } = context.attributes;
    context.emit(op, context.inputs(), {
      axis: context.int('axis'),
      reduction: reduction === 'none' ? undefined : text(reduction),
    });
  };

export const indexing: Record<string, Exporter> = {
  gather: (context) => context.emit('Gather', context.inputs(), { axis: context.int('axis') }),
  gatherElements: (context) => context.emit('GatherElements', context.inputs(), { axis: context.int('axis') }),
  gatherNd: (context) => context.emit('GatherND', context.inputs(), { batch_dims: context.int('batchDims') }),
  oneHot: (context) => {
    const inputs = [context.input(0), context.numberInput(2, 'depth'), context.input(1)];
    context.emit('OneHot', inputs, { axis: context.int('axis') });
  },
  scatterElements: scatter('ScatterElements'),
  scatterNd: scatter('ScatterND'),
};
