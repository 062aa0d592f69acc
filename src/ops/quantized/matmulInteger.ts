// Matrix product of 8-bit integers, exact: sums in 32 bits, or brought back to 8 bits by a multiplier.

import { QuadlaneError } from '../../errors.js';
import { sizeOf } from '../../shape.js';
import { productRank } from '../lowering/partialShapes.js';
import { expanded, productOf } from '../matmul/matmul.js';
import type { Operator } from '../operator.js';
import {
  type Filters,
  packFilters,
  productArguments,
  productType,
  type Requantized,
  resultType,
} from './integerProduct.js';

export interface MatmulIntegerAttributes extends Requantized {
  /** b, of rank 2 then, is `[N, K]`. */
  readonly transposeB?: boolean;
}

/**
 * Inputs: a `[..., M, K]`, b `[..., K, N]`, and optionally the zero of a (one element), the zero of b (one, or one for each
 * column), bias (int32, one for each column), multiplier (float32, one, or one for each column) and the zero of the result.
 */
export const matmulInteger: Operator<MatmulIntegerAttributes> = {
  name: 'matmulInteger',
  outputType: (_, inputs) => resultType(inputs),
  needs: 2,
  gradient: 'is made of integers',
  partialShapes: productRank,

  infer(inputs, { transposeB = false }) {
    const product = productOf(inputs[0]!, inputs[1]!, { transposeB });
    if (transposeB && inputs[1]!.shape.length !== 2) {
      throw new QuadlaneError('SHAPE', 'matmulInteger takes a transposed b of rank 2 only');
    }
    return [{ dtype: productType(inputs, product.columns), shape: product.shape }];
  },

  lower(lowering, attributes) {
    const { transposeB = false } = attributes;
    const { batch, rows, depth, columns, shape } = productOf(lowering.type(0), lowering.type(1), { transposeB });
    if (sizeOf(shape) === 0) return;
    const shared = lowering.type(1).shape.length <= 2;
    const groups = shared ? 1 : sizeOf(batch);
    const pixels = shared ? sizeOf(batch) * rows : rows;
    const filters: Filters = {
      groups,
      filters: columns,
      taps: 1,
      channels: depth,
      groupStride: depth * columns,
      filterStride: transposeB ? depth : 1,
      tapStride: 0,
      channelStride: transposeB ? 1 : columns,
    };
    const left = shared ? lowering.dense(0) : expanded(lowering, 0, batch, [rows, depth], false);
    const right = shared ? undefined : expanded(lowering, 1, batch, [depth, columns], false).pointer;
    const output = lowering.denseOutput();
    const outputColumnStride = columns * (output.dtype === 'int32' ? 4 : 1);
    lowering.step('integer_conv', {
      ...productArguments(lowering, filters, true, attributes),
      weights: packFilters(lowering, filters, true, right),
      input: left.pointer,
      inputGroupStride: rows * depth,
      output: output.pointer,
      outputGroupStride: rows * outputColumnStride,
      images: 1,
      planes: 1,
      rows: 1,
      columns: pixels,
      inputPlanes: 1,
      inputRows: 1,
      inputColumns: pixels,
      inputImageStride: 0,
      inputPlaneStride: 0,
      inputRowStride: 0,
      inputColumnStride: depth,
      outputImageStride: 0,
      outputPlaneStride: 0,
      outputRowStride: 0,
      outputColumnStride,
      kernelPlanes: 1,
      kernelRows: 1,
      kernelColumns: 1,
      stridePlanes: 1,
      strideRows: 1,
      strideColumns: 1,
      dilationPlanes: 1,
      dilationRows: 1,
      dilationColumns: 1,
      paddingPlanes: 0,
      paddingRows: 0,
      paddingColumns: 0,
    });
  },

  cost([a, b], _, { transposeB = false }) {
    const { batch, rows, depth, columns } = productOf(a!, b!, { transposeB });
    return sizeOf(batch) * rows * depth * columns;
  },
};
