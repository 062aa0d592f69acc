// Element-wise functions of one tensor, other than activations.

import { Unary } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { collapse } from '../lowering/strided.js';
import { MAX_EVALUATED, numbersOf, tensorOf } from '../lowering/values.js';
import type { Operator } from '../operator.js';

export interface UnaryAttributes {
  /** An entry of `Unary`. */
  readonly operation: string;
  readonly [name: string]: string;
}

/** Functions that shape arithmetic uses on integers. */
const onIntegers: Record<string, (x: number) => number> = {
  abs: Math.abs,
  neg: (x) => -x,
  sign: Math.sign,
  floor: (x) => x,
  ceil: (x) => x,
  round: (x) => x,
};

export const unary: Operator<UnaryAttributes> = {
  name: 'unary',
  float32: true,

  infer([input], { operation }) {
    entryOf(Unary, operation, 'unary operation');
    return [input!];
  },

  evaluate([input], { operation }, [output]) {
    const rule = onIntegers[operation];
    if (!input || !rule || input.dtype === 'float32' || input.size > MAX_EVALUATED) return undefined;
    return [tensorOf(output.dtype, output.shape, numbersOf(input).map(rule))];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering, { operation }) {
    const [input, output] = [lowering.input(0), lowering.output()];
    const { extents, strides } = collapse(output.shape, [input.strides, output.strides]);
    lowering.step('f32_unary', {
      rank: extents.length,
      extents: lowering.table(extents),
      input: input.pointer,
      inputStrides: lowering.table(strides[0]),
      output: output.pointer,
      outputStrides: lowering.table(strides[1]),
      operation: Unary[operation as keyof typeof Unary],
    });
  },
};
