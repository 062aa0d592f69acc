// ONNX's matrix products of floats.

import type { Importer } from '../context.js';
import { gemm } from '../gemm.js';

export const matmul: Record<string, Importer> = {
  Einsum: (context) => context.emit('einsum', context.inputs, { equation: context.requiredText('equation') }),
  Gemm: gemm,
  MatMul: (context) =>
    context.emit('matmul', [context.input(0), context.input(1)], { transposeA: false, transposeB: false }),
};
