// Element-wise functions of 8-bit integers that stand for floats: two of them added or multiplied, and any function of one.

import { QuadlaneError } from '../../errors.js';
import { broadcastShapes, formatShape, sameShape, sizeOf } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { ElementType, QuantizedBinary } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { sameRank } from '../lowering/partialShapes.js';
import { broadcastStrides, collapse } from '../lowering/strided.js';
import type { Attributes, Operator } from '../operator.js';
import { type Requantized, resultBounds } from './integerProduct.js';

export interface QuantizedBinaryAttributes extends Requantized {
  /** An entry of `QuantizedBinary`: 'add', 'sub' or 'mul'. */
  readonly operation: string;
}

function isEightBit(type: TensorType | undefined): boolean {
  return type?.dtype === 'int8' || type?.dtype === 'uint8';
}

/**
 * What `quantize` makes of the sum, difference or product of what `dequantize` makes of two tensors that broadcast. Inputs: the
 * first one, its scale and its zero, the second one, its scale and its zero, the scale and the zero of the result; scales and
 * zeros of one element. Zeros are optional but for the last one, whose type is the result's.
 */
export const quantizedBinary: Operator<QuantizedBinaryAttributes> = {
  name: 'quantizedBinary',
  gradient: 'is rounded',

  infer([a, aScale, aZero, b, bScale, bZero, scale, zero], { operation }) {
    entryOf(QuantizedBinary, operation, 'operation');
    const scales = [aScale, bScale, scale];
    const zeros = [aZero ?? a, bZero ?? b, zero];
    const fits =
      [a, b, zero].every(isEightBit) &&
      scales.every((one) => one?.dtype === 'float32' && sizeOf(one.shape) === 1) &&
      [aZero, bZero, zero].every((one) => !one || sizeOf(one.shape) === 1) &&
      [a, b, zero].every((one, index) => one?.dtype === zeros[index]?.dtype);
    if (!fits) {
      throw new QuadlaneError(
        'SHAPE',
        'quantizedBinary takes two tensors of int8 or uint8, a float32 scale of one element for each of them and for the result, and zeros of one element of their types',
      );
    }
    return [{ dtype: zero!.dtype, shape: broadcastShapes(a!.shape, b!.shape) }];
  },

  lower(lowering, attributes) {
    const output = lowering.output();
    if (sizeOf(output.shape) === 0) return;
    const [left, right] = [lowering.input(0), lowering.input(3)];
    const operands = [left, right].map((view) => broadcastStrides(view, output.shape));
    const { extents, strides } = collapse(output.shape, [...operands, output.strides]);
    const pointer = (index: number) => (lowering.has(index) ? lowering.dense(index).pointer : 0);
    const { low, high } = resultBounds(output.dtype, attributes);
    lowering.step('quantized_binary', {
      rank: extents.length,
      extents: lowering.table(extents),
      left: left.pointer,
      leftStrides: lowering.table(strides[0]),
      right: right.pointer,
      rightStrides: lowering.table(strides[1]),
      output: output.pointer,
      outputStrides: lowering.table(strides[2]),
      leftScale: pointer(1),
      rightScale: pointer(4),
      scale: pointer(6),
      leftZero: pointer(2),
      rightZero: pointer(5),
      zero: pointer(7),
      leftType: ElementType[left.dtype as 'int8'],
      rightType: ElementType[right.dtype as 'int8'],
      type: ElementType[output.dtype as 'int8'],
      operation: entryOf(QuantizedBinary, attributes.operation, 'operation'),
      low,
      high,
    });
  },
};

/** Any function of 8-bit integers. Inputs: x, and a table of 256: what each byte becomes, taken as unsigned. */
export const lookUp: Operator<Attributes> = {
  name: 'lookUp',
  gradient: 'is a step for every integer',
  partialShapes: sameRank,

  infer([x, table]) {
    if (!isEightBit(x) || !isEightBit(table) || !sameShape(table!.shape, [256])) {
      throw new QuadlaneError(
        'SHAPE',
        `lookUp takes int8 or uint8 and a table [256] of int8 or uint8, not ${x?.dtype} and ${table?.dtype} ${formatShape(table?.shape ?? [])}`,
      );
    }
    return [{ dtype: table!.dtype, shape: x!.shape }];
  },

  permute: (attributes) => attributes,

  lower(lowering) {
    const [input, output] = [lowering.input(0), lowering.output()];
    const { extents, strides } = collapse(output.shape, [input.strides, output.strides]);
    lowering.step('look_up', {
      rank: extents.length,
      extents: lowering.table(extents),
      input: input.pointer,
      inputStrides: lowering.table(strides[0]),
      output: output.pointer,
      outputStrides: lowering.table(strides[1]),
      table: lowering.dense(1).pointer,
    });
  },
};
