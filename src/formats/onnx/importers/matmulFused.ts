// Products of matrices that ONNX Runtime's optimiser writes (domain com.microsoft): with an activation, or transposed.

import type { Importer, NodeContext } from '../context.js';
import { emitActivated } from '../fusedActivations.js';
import { gemm } from '../gemm.js';

const fusedGemm: Importer = (context) => {
  const parameters = ['activation_alpha', 'activation_beta', 'activation_gamma'].map((name) => context.float(name));
  const product = context.within(gemm);
  emitActivated(context, product, parameters);
};

/** Products of matrices that may be transposed, and whose first axis may stand behind the others (`transBatch`). */
const fusedMatMul: Importer = (context: NodeContext) => {
  const factor = (index: number, name: string) => {
    const value = context.input(index);
    if (context.integer(name, 0) === 0) return value;
    const rank = context.knownRankOf(value);
    const permutation = [...Array.from({ length: rank - 2 }, (_, axis) => axis + 1), 0, rank - 1];
    return context.step('transpose', [value], { permutation });
  };
  const product = context.step('matmul', [factor(0, 'transBatchA'), factor(1, 'transBatchB')], {
    transposeA: context.integer('transA', 0) === 1,
    transposeB: context.integer('transB', 0) === 1,
  });
  const alpha = context.float('alpha', 1);
  if (alpha === 1) context.emit('identity', [product]);
  else context.emit('binary', [product, context.scalar(alpha)], { operation: 'mul' });
};

export const matmulFused: Record<string, Importer> = {
  'com.microsoft.FusedGemm': fusedGemm,
  'com.microsoft.FusedMatMul': fusedMatMul,
};
