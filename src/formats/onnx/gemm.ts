// ONNX's Gemm: alpha A B + beta C.

import type { Importer } from './context.js';

/** Factors that the second matrix takes in, whatever it holds. */
const isUsual = (factor: number) => Math.abs(factor) <= 2 ** 16 && Math.abs(factor) >= 2 ** -16;

export const gemm: Importer = (context) => {
  const [alpha, beta] = [context.float('alpha', 1), context.float('beta', 1)];
  const transposeB = context.integer('transB', 0) === 1;
  const attributes = { transposeA: context.integer('transA', 0) === 1, transposeB };
  const scaled = (value: string, factor: number) =>
    factor === 1 ? value : context.step('binary', [value, context.scalar(factor)], { operation: 'mul' });
  const columns = context.shapeOf(context.input(1))?.[transposeB ? 0 : 1];
  const whole = isUsual(alpha) || alpha === 0;
  const product = [context.input(0), whole ? scaled(context.input(1), alpha) : context.input(1)];
  // What is taken times 0 isn't read.
  if (!context.has(2) || beta === 0) {
    if (whole) context.emit('matmul', product, attributes);
    else
      context.emit('binary', [context.step('matmul', product, attributes), context.scalar(alpha)], {
        operation: 'mul',
      });
    return;
  }
  const bias = scaled(context.input(2), beta);
  const biasShape = context.shapeOf(context.input(2));
  if (whole && biasShape?.length === 1 && biasShape[0] !== undefined && biasShape[0] === columns) {
    context.emit('matmul', [...product, bias], attributes);
  } else {
    const sums = context.step('matmul', product, attributes);
    context.emit('binary', [whole ? sums : scaled(sums, alpha), bias], { operation: 'add' });
  }
};
