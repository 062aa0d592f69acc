// ONNX operators that reduce or order along axes: sums and their like, extremes, the first k, running sums.

import type { Importer } from '../context.js';

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

/** @param axesInputSince operator set from which the axes are an input instead of an attribute */
const reduce =
  (reduction: string, axesInputSince = 18): Importer =>
  (context) => {
    const x = context.input(0);
    const asInput = context.opset >= axesInputSince && context.has(1);
    const axes = asInput ? context.constantIntegers(1) : context.integers('axes');
    const keepDims = context.integer('keepdims', 1) === 1;
    const noop = context.integer('noop_with_empty_axes', 0) === 1;
    if (asInput && !axes) {
      context.emit('reduce', [x, context.input(1)], { reduction, keepDims, ...(noop && { noopWithEmptyAxes: true }) });
    } else {
      const all = !axes?.length && !noop;
      context.emit('reduce', [x], { reduction, keepDims, ...(!all && { axes: axes ?? [] }) });
    }
  };

export const reduction: Record<string, Importer> = {
  ArgMax: argument('argMax'),
  ArgMin: argument('argMin'),
  CumSum: (context) =>
    context.emit('cumSum', [context.input(0), context.input(1)], {
      exclusive: context.integer('exclusive', 0) === 1,
      reverse: context.integer('reverse', 0) === 1,
    }),
  ReduceL1: reduce('l1'),
  ReduceL2: reduce('l2'),
  ReduceLogSum: reduce('logSum'),
  ReduceLogSumExp: reduce('logSumExp'),
  ReduceMax: reduce('max'),
  ReduceMean: reduce('mean'),
  ReduceMin: reduce('min'),
  ReduceProd: reduce('prod'),
  ReduceSum: reduce('sum', 13),
  ReduceSumSquare: reduce('sumSquare'),
  TopK: topK,
};
