// Logic on bool tensors that broadcast: and, or, xor of two, not of one.

import { QuadlaneError } from '../../errors.js';
import { broadcastShapes, sizeOf } from '../../shape.js';
import { Logical } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { broadcastPartial } from '../lowering/partialShapes.js';
import { broadcastStrides, collapse } from '../lowering/strided.js';
import { broadcastNumbers, MAX_EVALUATED, tensorOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

export interface LogicalAttributes extends Attributes {
  /** An entry of `Logical`; `not` takes one input. */
  readonly operation: string;
}

const onBits: Record<string, (a: number, b: number) => number> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => a ^ 1,
};

export const logical: Operator<LogicalAttributes> = {
  name: 'logical',
  outputType: () => 'bool',
  gradient: 'is true or false',
  partialShapes: broadcastPartial,

  infer([left, right], { operation }) {
    entryOf(Logical, operation, 'logical operation');
    const operands = operation === 'not' ? [left] : [left, right];
    if (operands.some((operand) => operand?.dtype !== 'bool')) {
      throw new QuadlaneError(
        'SHAPE',
        `${operation} takes bool, not ${operands.map((operand) => operand?.dtype).join(' and ')}`,
      );
    }
    return [{ dtype: 'bool', shape: broadcastShapes(...operands.map((operand) => operand!.shape)) }];
  },

  evaluate([left, other], { operation }, [{ shape }]) {
    const right = operation === 'not' ? left : other;
    if (!left || !right || sizeOf(shape) > MAX_EVALUATED) return undefined;
    const [a, b] = [broadcastNumbers(left, shape), broadcastNumbers(right, shape)];
    return [
      tensorOf(
        'bool',
        shape,
        a.map((value, i) => onBits[operation](Number(value !== 0), Number(b[i] !== 0))),
      ),
    ];
  },

  permute: (attributes) => attributes,

  lower(lowering, { operation }) {
    const [left, output] = [lowering.input(0), lowering.output()];
    const right = operation === 'not' ? left : lowering.input(1);
    const { extents, strides } = collapse(output.shape, [
      broadcastStrides(left, output.shape),
      broadcastStrides(right, output.shape),
      output.strides,
    ]);
    lowering.step('u8_logical', {
      rank: extents.length,
      extents: lowering.table(extents),
      left: left.pointer,
      leftStrides: lowering.table(strides[0]),
      right: right.pointer,
      rightStrides: lowering.table(strides[1]),
      output: output.pointer,
      outputStrides: lowering.table(strides[2]),
      operation: Logical[operation as keyof typeof Logical],
    });
  },
};
