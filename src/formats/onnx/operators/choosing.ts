// ONNX operators that choose by value or by index: extremes, the first k, one-hot vectors, gathering and scattering.

import type { Importer } from '../context.js';
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

export const choosing: Record<string, Importer> = {
  ArgMax: argument('argMax'),
  ArgMin: argument('argMin'),
  CumSum: (context) =>
    context.emit('cumSum', [context.input(0), context.input(1)], {
      exclusive: context.integer('exclusive', 0) === 1,
      reverse: context.integer('reverse', 0) === 1,
    }),
  Hardmax: (context) => emitFlattened(context, 'hardmax'),
  OneHot: (context) =>
    context.emit('oneHot', [context.input(0), context.input(1), context.input(2)], {
      axis: context.integer('axis', -1),
    }),
  TopK: topK,
};
