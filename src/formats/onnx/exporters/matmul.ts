// Matrix products of floats as ONNX nodes.

import { activated } from '../activations.js';
import { flag, text } from '../attributes.js';
import type { ExportContext, Exporter } from '../export-context.js';

/** Input `index` with its last two axes exchanged if `isTransposed`. */
function matrix(context: ExportContext, index: number, isTransposed: boolean): string {
  if (!isTransposed) return context.input(index);
  const rank = context.knownRank(index);
  return context.input(index, rank < 2 ? [0] : [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

const product: Exporter = (context) => {
  const { transposeA = false, transposeB = false } = context.attributes as Record<string, boolean>;
  let result: string;
  const isGemm = context.has(2) || transposeA || transposeB;
  if (isGemm && context.rank(0) === 2 && context.rank(1) === 2) {
    result = context.step(
      'Gemm',
      [0, 1, 2].map((index) => context.input(index)),
      { transA: flag(transposeA), transB: flag(transposeB) },
    );
  } else {
    result = context.step('MatMul', [matrix(context, 0, transposeA), matrix(context, 1, transposeB)]);
    if (context.has(2)) result = context.step('Add', [result, context.input(2)]);
  }
  if (context.has(3)) result = context.step('Add', [result, context.input(3)]);
  context.result(activated(context, result));
};

export const matmul: Record<string, Exporter> = {
  einsum: (context) => context.emit('Einsum', context.inputs(), { equation: text(context.attributes.equation) }),
  matmul: product,
};
