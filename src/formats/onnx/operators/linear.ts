// ONNX operators that sum: matrix products, reductions, softmax.

import type { Importer } from '../context.js';
import { emitFlattened } from './flattened.js';

const gemm: Importer = (context) => {
  const [alpha, beta] = [context.float('alpha', 1), context.float('beta', 1)];
  const transposeB = context.integer('transB', 0) === 1;
  const attributes = { transposeA: context.integer('transA', 0) === 1, transposeB };
  const scaled = (value: string, factor: number) =>
    factor === 1 ? value : context.step('binary', [value, context.scalar(factor)], { operation: 'mul' });
  const columns = context.shapeOf(context.input(1))?.[transposeB ? 0 : 1];
  const product = [context.input(0), scaled(context.input(1), alpha)];
  if (!context.has(2)) {
    context.emit('matmul', product, attributes);
    return;
  }
  const bias = scaled(context.input(2), beta);
  const biasShape = context.shapeOf(context.input(2));
  if (biasShape?.length === 1 && biasShape[0] !== undefined && biasShape[0] === columns) {
    context.emit('matmul', [...product, bias], attributes);
  } else {
    context.emit('binary', [context.step('matmul', product, attributes), bias], { operation: 'add' });
  }
};

const softmax =
  (log: boolean): Importer =>
  (context) =>
    emitFlattened(context, 'softmax', { log });

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

export const linear: Record<string, Importer> = {
  Gemm: gemm,
  LogSoftmax: softmax(true),
  MatMul: (context) =>
    context.emit('matmul', [context.input(0), context.input(1)], { transposeA: false, transposeB: false }),
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
  Softmax: softmax(false),
};
