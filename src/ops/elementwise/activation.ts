// Activations as nodes of their own; most are fused into the operator before them.

import { type Activated, activationArguments } from '../lowering/epilogue.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { collapse } from '../lowering/strided.js';
import type { Operator } from '../operator.js';

export const activation: Operator<Activated> = {
  name: 'activation',
  float32: true,

  infer([input], attributes) {
    activationArguments(attributes);
    return [{ dtype: 'float32', shape: input!.shape }];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.output()];
    const { extents, strides } = collapse(output.shape, [input.strides, output.strides]);
    lowering.step('f32_activation', {
      rank: extents.length,
      extents: lowering.table(extents),
      input: input.pointer,
      inputStrides: lowering.table(strides[0]),
      output: output.pointer,
      outputStrides: lowering.table(strides[1]),
      ...activationArguments(attributes),
    });
  },
};
