// ONNX operators that gather and scatter by index.

import type { Importer, NodeContext } from '../context.js';

const reduction = (context: NodeContext) => context.choice('reduction', 'none', 'add', 'mul', 'max', 'min');

const scatterElements: Importer = (context) =>
  context.emit('scatterElements', [context.input(0), context.input(1), context.input(2)], {
    axis: context.integer('axis', 0),
    reduction: reduction(context),
  });

export const indexing: Record<string, Importer> = {
  Gather: (context) =>
    context.emit('gather', [context.input(0), context.input(1)], { axis: context.integer('axis', 0) }),
  GatherElements: (context) =>
    context.emit('gatherElements', [context.input(0), context.input(1)], { axis: context.integer('axis', 0) }),
  GatherND: (context) =>
    context.emit('gatherNd', [context.input(0), context.input(1)], { batchDims: context.integer('batch_dims', 0) }),
  OneHot: (context) =>
    context.emit('oneHot', [context.input(0), context.input(2), context.input(1)], {
      axis: context.integer('axis', -1),
    }),
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: (context) =>
    context.emit('scatterNd', [context.input(0), context.input(1), context.input(2)], {
      reduction: reduction(context),
    }),
};
