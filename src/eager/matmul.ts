// Matrix products called on tensors.

import { type ActivationOptions, activationOf, activationOptions } from '../ops/elementwise/activationOptions.js';
import { expand } from '../ops/layout/expand.js';
import { slice } from '../ops/layout/slice.js';
import { transpose } from '../ops/layout/transpose.js';
import { einsum as einsumOperator } from '../ops/matmul/einsum.js';
import { matmul as matmulOperator } from '../ops/matmul/matmul.js';
import { reduce } from '../ops/reduction/reduce.js';
import { checkOptions, flag } from '../options.js';
import type { Tensor } from '../tensor.js';
import { apply } from './apply.js';

export interface MatmulOptions extends ActivationOptions {
  /** `a` is `[..., K, M]`. Default: false. */
  transposeA?: boolean;
  /** `b` is `[..., N, K]`. Default: false. */
  transposeB?: boolean;
}

/** Matrix product `[..., M, K] x [..., K, N]`; batch axes broadcast. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor<'float32'> {
  const known = ['transposeA', 'transposeB', ...activationOptions] as const;
  const { transposeA = false, transposeB = false } = checkOptions('matmul', options, known);
  const attributes = { transposeA: flag('transposeA', transposeA), transposeB: flag('transposeB', transposeB) };
  return apply(matmulOperator, [a, b], { ...attributes, ...activationOf(options) }) as Tensor<'float32'>;
}

/**
 * Fully connected layer.
 * @param x `[N, C]`
 * @param weights `[units, C]`, as PyTorch stores them
 * @param bias `[units]`
 * @returns `[N, units]`
 */
export function dense(x: Tensor, weights: Tensor, bias?: Tensor, options: ActivationOptions = {}): Tensor<'float32'> {
  checkOptions('dense', options, activationOptions);
  return apply(matmulOperator, [x, weights, bias], { transposeB: true, ...activationOf(options) }) as Tensor<'float32'>;
}

/**
 * Sums of products by Einstein's convention, with any number of operands.
 * @param equation as NumPy and ONNX write it: `bij,bjk->bik`, `ii->i`, `...ij,...jk`
 * @param operands tensors of one type
 * @throws QuadlaneError `SHAPE` for an equation that isn't sound or doesn't fit the operands
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  return apply(einsumOperator, operands, { equation }, { matmul: matmulOperator, reduce, transpose, expand, slice });
}
