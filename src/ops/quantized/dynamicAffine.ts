// The scale and the zero by which floats that only a run knows become uint8: from their extremes and 0.

import { EXTREMES_BYTES } from '../../layouts.generated.js';
import { sizeOf } from '../../shape.js';
import { collapse } from '../lowering/strided.js';
import type { Attributes, Operator } from '../operator.js';

/**
 * Input: x (float32). Outputs: scale = (max - min) / 255, 1 where that is 0, and zero (uint8) = nearest(-min / scale), both of
 * shape []; min and max are those of x and 0. A NaN in x makes the scale NaN and the zero 0. ONNX's DynamicQuantizeLinear.
 */
export const dynamicAffine: Operator<Attributes> = {
  name: 'dynamicAffine',
  gradient: 'is rounded',
  float32: true,
  partialShapes: () => [[], []],

  infer: () => [
    { dtype: 'float32', shape: [] },
    { dtype: 'uint8', shape: [] },
  ],

  lower(lowering) {
    const input = lowering.input(0);
    const { extents, strides } = collapse(input.shape, [input.strides]);
    const shares = lowering.threads;
    const extremes = lowering.scratch(EXTREMES_BYTES);
    lowering.step('f32_extremes', {
      rank: extents.length,
      extents: lowering.table(extents),
      input: input.pointer,
      inputStrides: lowering.table(strides[0]),
      extremes,
      shares,
    });
    lowering.step('dynamic_affine', {
      extremes,
      shares,
      scale: lowering.hasOutput(0) ? lowering.output(0).pointer : lowering.temporary(4),
      zero: lowering.hasOutput(1) ? lowering.output(1).pointer : lowering.temporary(1),
    });
  },

  cost: ([x]) => sizeOf(x!.shape),
};
