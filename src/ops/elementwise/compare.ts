// Compares two tensors that broadcast, element by element; NaN compares false.

import { QuadlaneError } from '../../errors.js';
import { broadcastShapes, sizeOf } from '../../shape.js';
import { Comparison } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { broadcastPartial } from '../lowering/partialShapes.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { broadcastStrides, collapse } from '../lowering/strided.js';
import { broadcastNumbers, MAX_EVALUATED, tensorOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

export interface CompareAttributes extends Attributes {
  /** An entry of `Comparison`. */
  readonly operation: string;
}

const onNumbers: Record<string, (a: number, b: number) => boolean> = {
  less: (a, b) => a < b,
  greater: (a, b) => a > b,
  equal: (a, b) => a === b,
  lessOrEqual: (a, b) => a <= b,
  greaterOrEqual: (a, b) => a >= b,
};

const kernels = {
  float32: 'f32_compare',
  int32: 'i32_compare',
  int64: 'i64_compare',
  int8: 'i8_compare',
  uint8: 'u8_compare',
  bool: 'u8_compare',
} as const;

export const compare: Operator<CompareAttributes> = {
  name: 'compare',
  outputType: () => 'bool',
  needs: 2,
  gradient: 'is true or false',
  partialShapes: broadcastPartial,

  infer([left, right], { operation }) {
    entryOf(Comparison, operation, 'comparison');
    if (left!.dtype !== right!.dtype) {
      throw new QuadlaneError(
        'SHAPE',
        `${operation} takes two tensors of one type, not ${left!.dtype} and ${right!.dtype}`,
      );
    }
    return [{ dtype: 'bool', shape: broadcastShapes(left!.shape, right!.shape) }];
  },

  evaluate([left, right], { operation }, [{ shape }]) {
    if (!left || !right || sizeOf(shape) > MAX_EVALUATED) return undefined;
    const [a, b] = [broadcastNumbers(left, shape), broadcastNumbers(right, shape)];
    const holds = onNumbers[operation];
    return [
      tensorOf(
        'bool',
        shape,
        a.map((value, i) => Number(holds(value, b[i]))),
      ),
    ];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering, { operation }) {
    const [left, right, output] = [lowering.input(0), lowering.input(1), lowering.output()];
    const { extents, strides } = collapse(output.shape, [
      broadcastStrides(left, output.shape),
      broadcastStrides(right, output.shape),
      output.strides,
    ]);
    lowering.step(kernels[left.dtype as keyof typeof kernels], {
      rank: extents.length,
      extents: lowering.table(extents),
      left: left.pointer,
      leftStrides: lowering.table(strides[0]),
      right: right.pointer,
      rightStrides: lowering.table(strides[1]),
      output: output.pointer,
      outputStrides: lowering.table(strides[2]),
      operation: Comparison[operation as keyof typeof Comparison],
    });
  },
};
