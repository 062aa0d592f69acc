// The way of integer sums to floats: times a scale, plus a bias, through an activation. What products have behind them whose
// scales only a run tells, and those at whose end a network leaves 8 bits.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sizeOf } from '../../shape.js';
import { type Activated, activationArguments } from '../lowering/epilogue.js';
import { sameRank } from '../lowering/partialShapes.js';
import { collapse } from '../lowering/strided.js';
import type { Operator } from '../operator.js';

/**
 * Inputs: sums (int32, `[..., C]`), scale and optionally bias (float32; of one element, or one for each of C). The product and
 * the sum are rounded one after the other, in both binaries.
 */
export const scaleSums: Operator<Activated> = {
  name: 'scaleSums',
  needs: 2,
  outputType: () => 'float32',
  gradient: 'comes from integers',
  partialShapes: sameRank,
  fusesActivation: true,

  infer([sums, ...vectors]) {
    const channels = sums!.shape.at(-1);
    const fits = vectors.every((one) => !one || (one.dtype === 'float32' && [1, channels].includes(sizeOf(one.shape))));
    if (sums!.dtype !== 'int32' || channels === undefined || !fits) {
      const shapes = vectors.map((vector) => formatShape(vector?.shape ?? [])).join(' and ');
      throw new QuadlaneError(
        'SHAPE',
        `scaleSums of ${sums!.dtype} ${formatShape(sums!.shape)} takes int32 and float32 of one element or of the last axis, not ${shapes}`,
      );
    }
    return [{ dtype: 'float32', shape: sums!.shape }];
  },

  lower(lowering, attributes) {
    const [sums, output] = [lowering.input(0), lowering.output()];
    if (sizeOf(output.shape) === 0) return;
    const pixels = output.shape.slice(0, -1);
    const { extents, strides } = collapse(pixels, [sums.strides.slice(0, -1), output.strides.slice(0, -1)]);
    const stride = (index: number) => (sizeOf(lowering.type(index).shape) > 1 ? 4 : 0);
    lowering.step('scale_sums', {
      rank: extents.length,
      extents: lowering.table(extents),
      sums: sums.pointer,
      sumsStrides: lowering.table(strides[0]),
      output: output.pointer,
      outputStrides: lowering.table(strides[1]),
      scale: lowering.dense(1).pointer,
      scaleStride: stride(1),
      bias: lowering.has(2) ? lowering.dense(2).pointer : 0,
      biasStride: lowering.has(2) ? stride(2) : 0,
      channels: output.shape.at(-1)!,
      ...activationArguments(attributes),
    });
  },
};
