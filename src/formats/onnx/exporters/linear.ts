// Operators that sum, as ONNX nodes: matrix products, reductions, softmax.

import type { ExportContext, Exporter } from '../export-context.js';
import { activated } from './activation.js';

/** Input `index` with its last two axes exchanged if `isTransposed`. */
function matrix(context: ExportContext, index: number, isTransposed: boolean): string {
  if (!isTransposed) return context.input(index);
  const rank = context.knownRank(index);
  return context.input(index, rank < 2 ? [0] : [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

const matmul: Exporter = (context) => {
  const { transposeA = false, transposeB = false } = context.attributes as Record<string, boolean>;
  let product: string;
  const isGemm = context.has(2) || transposeA || transposeB;
  if (isGemm && context.rank(0) === 2 && context.rank(1) === 2) {
    const [transA, transB] = [transposeA, transposeB].map((flag) => (flag ? { int: 1 } : undefined));
    product = context.step(
      'Gemm',
      [0, 1, 2].map((index) => context.input(index)),
      { transA, transB },
    );
  } else {
    product = context.step('MatMul', [matrix(context, 0, transposeA), matrix(context, 1, transposeB)]);
    if (context.has(2)) product = context.step('Add', [product, context.input(2)]);
  }
  if (context.has(3)) product = context.step('Add', [product, context.input(3)]);
  context.result(activated(context, product));
};

const reductions: Readonly<Record<string, string>> = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
  prod: 'ReduceProd',
  l1: 'ReduceL1',
  l2: 'ReduceL2',
  sumSquare: 'ReduceSumSquare',
  logSum: 'ReduceLogSum',
  logSumExp: 'ReduceLogSumExp',
};

const reduce: Exporter = (context) => {
  const { reduction, axes, keepDims = true, noopWithEmptyAxes = axes !== undefined } = context.attributes;
  const given = context.has(1) ? context.input(1) : axes ? context.list(axes as readonly number[]) : '';
  context.emit(reductions[String(reduction)], [context.input(0), given], {
    keepdims: { int: keepDims ? 1 : 0 },
    noop_with_empty_axes: noopWithEmptyAxes ? { int: 1 } : undefined,
  });
};

export const linear: Record<string, Exporter> = {
  matmul,
  reduce,
  softmax: (context) =>
    context.emit(context.attributes.log ? 'LogSoftmax' : 'Softmax', context.inputs(), { axis: context.int('axis') }),
};
