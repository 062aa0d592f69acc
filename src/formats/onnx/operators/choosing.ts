// ONNX operators that choose by value or by index: extremes, the first k, one-hot vectors, gathering and scattering.

import type { Importer, NodeContext } from '../context.js';
import { emitFlattened } from './flattened.js';

const argument =
  (op: string): Importer =>
  (context) =>
    context.emit(op, [context.input(0)], {
      axis: context.integer('axis', 0),
      keepDims: context.integer('keepdims', 1) === 1,
      last: context.integer('select_last_index', 0) === 1,
    });

const topK: Importer = (context) => {
  const attributes = { axis: context.integer('axis', -1), largest: context.integer('largest', 1) === 1 };
  const k = context.opset < 10 ? [context.requiredInteger('k')] : context.constantIntegers(1);
  if (k) context.emit('topK', [context.input(0)], { ...attributes, k: k[0] });
  else context.emit('topK', [context.input(0), context.input(1)], attributes);
};

const reduction = (context: NodeContext) => context.choice('reduction', 'none', 'add', 'mul', 'max', 'min');

const scatterElements: Importer = (context) =>
  context.emit('scatterElements', [context.input(0), context.input(1), context.input(2)], {
    axis: context.integer('axis', 0),
    reduction: reduction(context),
  });

const nonMaxSuppression: Importer = (context) => {
  const optional = (index: number) => (context.has(index) ? context.input(index) : '');
  context.emit(
    'nonMaxSuppression',
    [
      context.input(0),
      context.input(1),
      optional(3),
      optional(4),
      context.has(2) ? context.input(2) : context.scalar(0),
    ],
    { centred: context.integer('center_point_box', 0) === 1 },
  );
};

export const choosing: Record<string, Importer> = {
  ArgMax: argument('argMax'),
  ArgMin: argument('argMin'),
  CumSum: (context) =>
    context.emit('cumSum', [context.input(0), context.input(1)], {
      exclusive: context.integer('exclusive', 0) === 1,
      reverse: context.integer('reverse', 0) === 1,
    }),
  GatherElements: (context) =>
    context.emit('gatherElements', [context.input(0), context.input(1)], { axis: context.integer('axis', 0) }),
  GatherND: (context) =>
    context.emit('gatherNd', [context.input(0), context.input(1)], { batchDims: context.integer('batch_dims', 0) }),
  Hardmax: (context) => emitFlattened(context, 'hardmax'),
  NonMaxSuppression: nonMaxSuppression,
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
  TopK: topK,
};
