// Matrix product with broadcasting batch axes, and the fully connected layer: bias, residual and activation fused.

import { QuadlaneError } from '../../errors.js';
import { PANEL, PANEL_ROW } from '../../layouts.generated.js';
import { broadcastShapes, formatShape, product, sameShape } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { type Activated, requireResidual } from '../lowering/epilogue.js';
import { reshaped, sumTo } from '../lowering/gradientShapes.js';
import { productRank } from '../lowering/partialShapes.js';
import { isFew, multiplyRows, multiplyTiles } from '../lowering/products.js';
import { broadcastStrides, temporaryLike } from '../lowering/strided.js';
import type { GradientRule, Lowering, Operator, View } from '../operator.js';
import type { Pointer } from '../pointer.js';

export interface MatmulAttributes extends Activated {
  /** The last two axes of the first input are [K, M] instead of [M, K]. */
  readonly transposeA?: boolean;
  /** The last two axes of the second input are [N, K] instead of [K, N]. */
  readonly transposeB?: boolean;
}

/** What is multiplied: `batch` products of [M, K] and [K, N]. */
export interface Product {
  readonly batch: readonly number[];
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** The shape of the result: vectors lose the axis they were given. */
  readonly shape: readonly number[];
}

/** @throws QuadlaneError `SHAPE` when `a` and `b` don't go together */
export function productOf(a: TensorType, b: TensorType, attributes: MatmulAttributes): Product {
  if (a.shape.length === 0 || b.shape.length === 0) {
    throw new QuadlaneError('SHAPE', 'matmul takes vectors, matrices or batches of matrices, not scalars');
  }
  const left = a.shape.length === 1 ? [1, a.shape[0]] : a.shape;
  const right = b.shape.length === 1 ? [b.shape[0], 1] : b.shape;
  let [rows, depth] = left.slice(-2);
  if (attributes.transposeA) [rows, depth] = [depth, rows];
  let [inner, columns] = right.slice(-2);
  if (attributes.transposeB) [inner, columns] = [columns, inner];
  if (depth !== inner) {
    throw new QuadlaneError(
      'SHAPE',
      `matmul of ${formatShape(a.shape)}${attributes.transposeA ? ' transposed' : ''} and ${formatShape(b.shape)}${attributes.transposeB ? ' transposed' : ''}: ${depth} columns don't meet ${inner} rows`,
    );
  }
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [rows]), ...(b.shape.length === 1 ? [] : [columns])];
  return { batch, rows, depth, columns, shape };
}

/** With Y = A B, dA = dY B^T and dB = A^T dY. */
const matmulGradient: GradientRule = (build) => {
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
  const multiplied = (x: string, y: string, transposes: { transposeA?: boolean; transposeB?: boolean }, like: string) =>
    sumTo(build, apply('matmul', [x, y], transposes), type(like).shape);

  const ofLeft = () =>
    transposeA
      ? multiplied(b, gy, { transposeA: transposeB, transposeB: true }, a)
      : multiplied(gy, b, { transposeB: !transposeB }, a);
  const ofRight = () => {
    if (type(b).shape.length === 2 && !transposeA) {
      // All rows of all matrices on the left meet one matrix on the right, as pixels meet the filters of a convolution.
      const [x, y] = [flatRows(a), flatRows(gy)];
      return apply('convFilterGradient', transposeB ? [x, y] : [y, x], { kernelShape: [] });
    }
    if (!transposeB) return multiplied(a, gy, { transposeA: !transposeA }, b);
    return multiplied(gy, a, { transposeA: true, transposeB: transposeA }, b);
  };
  const flatRows = (value: string) => reshaped(build, value, [-1, type(value).shape.at(-1)!]);
  const axes = [...batch.keys(), batch.length];
  return [
    wants(0) ? reshaped(build, ofLeft(), leftShape) : undefined,
    wants(1) ? reshaped(build, ofRight(), rightShape) : undefined,
    bias && wants(2) ? apply('reduce', [gy], { reduction: 'sum', axes, keepDims: false }) : undefined,
  ];
};

export const matmul: Operator<MatmulAttributes> = {
  name: 'matmul',
  needs: 2,
  outputScaling: (filters, { transposeB }) =>
    filters.length === 2 ? { split: filters, channels: [transposeB ? 0 : 1] } : undefined,
  inputScaling(filters, { transposeA, transposeB }) {
    if (transposeA || filters.length !== 2 || filters.includes(0)) return undefined;
    const [channels, outputs] = transposeB ? [1, 0] : [0, 1];
    return { split: filters, channels: [channels], outputs: [outputs], padded: false };
  },
  parameterInputs: [1, 2],
  partialShapes: productRank,
  gradient: matmulGradient,
  float32: true,
  fusesActivation: true,
  residualInput: 3,

  infer([a, b, bias, residual], attributes) {
    const extents = productOf(a!, b!, attributes);
    if (bias && (b!.shape.length > 2 || !sameShape(bias.shape, [extents.columns]))) {
      throw new QuadlaneError(
        'SHAPE',
        `a bias goes with one right matrix and must be [${extents.columns}], not ${formatShape(bias.shape)}`,
      );
    }
    requireResidual(residual, extents.shape);
    return [{ dtype: 'float32', shape: extents.shape }];
  },

  lower(lowering, attributes) {
    const right = lowering.type(1);
    const extents = productOf(lowering.type(0), right, attributes);
    if (right.shape.length > 2) lowerBatched(lowering, attributes, extents);
    else lowerShared(lowering, attributes, extents);
  },

  cost([a, b], _, attributes) {
    const { batch, rows, depth, columns } = productOf(a!, b!, attributes);
    return product([...batch, rows, depth, columns]);
  },
};

/** One right operand for all rows: the batch axes of the left one are more rows. */
function lowerShared(lowering: Lowering, attributes: MatmulAttributes, extents: Product): void {
  const rows = product(extents.batch) * extents.rows;
  const left = attributes.transposeA
    ? expanded(lowering, 0, extents.batch, leftMatrix(extents), true)
    : lowering.dense(0);
  const { bytes, pack } = packing(attributes, extents, 1);
  const weights = lowering.packed([1, 2], `columns${attributes.transposeB ? ' of the transpose' : ''}`, bytes, pack);
  const operands = { ...operandsOf(lowering, left, extents), weights, rows };
  if (isFew(rows, bytes)) multiplyRows(lowering, attributes, operands);
  else multiplyTiles(lowering, attributes, { ...operands, groups: 1 });
}

/** A right operand for each batch index: both operands are brought into row-major order first. */
function lowerBatched(lowering: Lowering, attributes: MatmulAttributes, extents: Product): void {
  const groups = product(extents.batch);
  const left = expanded(lowering, 0, extents.batch, leftMatrix(extents), attributes.transposeA === true);
  const { bytes, pack } = packing(attributes, extents, groups);
  const weights = lowering.temporary(bytes);
  const stored = attributes.transposeB ? [extents.columns, extents.depth] : [extents.depth, extents.columns];
  pack(weights, [expanded(lowering, 1, extents.batch, stored, false)], lowering.step);
  multiplyTiles(lowering, attributes, { ...operandsOf(lowering, left, extents), weights, rows: extents.rows, groups });
}

function leftMatrix({ rows, depth }: Product): number[] {
  return [rows, depth];
}

/** How `groups` right operands, one behind the other, are packed into panels of eight columns. */
function packing(attributes: MatmulAttributes, { depth, columns }: Product, groups: number) {
  const bytes = groups * Math.ceil(columns / PANEL) * (1 + depth) * PANEL_ROW;
  const pack = (target: Pointer, [source, bias]: readonly View[], step: Lowering['step']): void =>
    step('f32_pack_panels', {
      source: source.pointer,
      bias: bias?.pointer ?? 0,
      target,
      groups,
      filters: columns,
      taps: 1,
      channels: depth,
      groupStride: depth * columns * 4,
      filterStride: attributes.transposeB ? depth * 4 : 4,
      tapStride: 0,
      channelStride: attributes.transposeB ? 4 : columns * 4,
    });
  return { bytes, pack };
}

function operandsOf(lowering: Lowering, { pointer: input }: View, { depth, columns }: Product) {
  const residual = lowering.has(3) ? lowering.dense(3).pointer : 0;
  return { input, residual, output: lowering.denseOutput().pointer, depth, columns };
}

/** Input `index` as [batch, ...matrix] in row-major order, broadcast and transposed where that is needed. */
export function expanded(
  lowering: Lowering,
  index: number,
  batch: readonly number[],
  matrix: readonly number[],
  transposed: boolean,
): View {
  const view = lowering.input(index);
  const shape = [...batch, ...matrix];
  const stored = transposed ? [...batch, matrix[1], matrix[0]] : shape;
  const own = view.shape.length === 1 ? { ...view, shape: [1, ...view.shape], strides: [0, ...view.strides] } : view;
  const strides = broadcastStrides(own, stored);
  if (transposed) strides.push(...strides.splice(-2).reverse());
  const target = temporaryLike(lowering, { ...view, shape }, view.dtype);
  lowering.copy(shape, { ...view, strides }, target);
  return target;
}
