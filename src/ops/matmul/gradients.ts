// Gradients of matrix products: with Y = A B, dA = dY B^T and dB = A^T dY.

import type { GradientRule } from '../gradientRule.js';
import { reshaped, sumTo } from '../lowering/gradientShapes.js';

export const matmul: GradientRule = (build) => {
  const { type, apply, wants, attributes } = build;
  const [left, right, bias] = build.inputs;
  const [leftShape, rightShape] = [type(left).shape, type(right).shape];
  // Vectors are matrices of one row or column.
  const [a, b] = [
    reshaped(build, left, leftShape.length === 1 ? [1, ...leftShape] : leftShape),
    reshaped(build, right, rightShape.length === 1 ? [...rightShape, 1] : rightShape),
  ];
  const transposeA = attributes.transposeA === true;
  const transposeB = attributes.transposeB === true;
  const rows = type(a).shape.at(transposeA ? -1 : -2)!;
  const columns = type(b).shape.at(transposeB ? -2 : -1)!;
  const result = type(build.output()).shape;
  const batch = result.slice(0, result.length - (leftShape.length > 1 ? 1 : 0) - (rightShape.length > 1 ? 1 : 0));
  const gy = reshaped(build, build.gradient(), [...batch, rows, columns]);
  const product = (x: string, y: string, transposes: { transposeA?: boolean; transposeB?: boolean }, like: string) =>
    sumTo(build, apply('matmul', [x, y], transposes), type(like).shape);

  const ofLeft = () =>
    transposeA
      ? product(b, gy, { transposeA: transposeB, transposeB: true }, a)
      : product(gy, b, { transposeB: !transposeB }, a);
  const ofRight = () => {
    if (type(b).shape.length === 2 && !transposeA) {
      // All rows of all matrices on the left meet one matrix on the right, as pixels meet the filters of a convolution.
      const [x, y] = [flatRows(a), flatRows(gy)];
      return apply('convFilterGradient', transposeB ? [x, y] : [y, x], { kernelShape: [] });
    }
    if (!transposeB) return product(a, gy, { transposeA: !transposeA }, b);
    return product(gy, a, { transposeA: true, transposeB: transposeA }, b);
  };
  const flatRows = (value: string) => reshaped(build, value, [-1, type(value).shape.at(-1)!]);
  const axes = [...batch.keys(), batch.length];
  return [
    wants(0) ? reshaped(build, ofLeft(), leftShape) : undefined,
    wants(1) ? reshaped(build, ofRight(), rightShape) : undefined,
    bias && wants(2) ? apply('reduce', [gy], { reduction: 'sum', axes, keepDims: false }) : undefined,
  ];
};
