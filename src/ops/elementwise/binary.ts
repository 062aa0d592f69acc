// Element-wise arithmetic of two tensors that broadcast, with an activation fused behind it.

import { QuadlaneError } from '../../errors.js';
import { broadcastShapes } from '../../shape.js';
import { Binary, ElementType } from '../kernels.generated.js';
import { entryOf } from '../lowering/entries.js';
import { type Activated, activationArguments } from '../lowering/epilogue.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { broadcastStrides, castInto, castTo, collapse, temporaryLike } from '../lowering/strided.js';
import { broadcastNumbers, MAX_EVALUATED, tensorOf } from '../lowering/values.js';
import type { Lowering, Operator, View } from '../operator.js';

export interface BinaryAttributes extends Activated {
  /** An entry of `Binary`. */
  readonly operation: string;
}

/** The same on integers, for shape arithmetic; division truncates as ONNX's does. */
const onIntegers: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => Math.trunc(a / b),
  min: Math.min,
  max: Math.max,
  pow: (a, b) => Math.trunc(a ** b),
  mod: (a, b) => a - b * Math.floor(a / b),
  remainder: (a, b) => a % b,
};

export const binary: Operator<BinaryAttributes> = {
  name: 'binary',
  fusesActivation: true,

  infer([left, right], { operation }) {
    entryOf(Binary, operation, 'binary operation');
    if (!left || !right || (left.dtype !== right.dtype && operation !== 'pow')) {
      throw new QuadlaneError(
        'SHAPE',
        `${operation} takes two tensors of one type, not ${left?.dtype} and ${right?.dtype}`,
      );
    }
    return [{ dtype: left.dtype, shape: broadcastShapes(left.shape, right.shape) }];
  },

  evaluate([left, right], { operation }, [output]) {
    const small = output.shape.reduce((a, b) => a * b, 1) <= MAX_EVALUATED;
    if (!left || !right || left.dtype === 'float32' || !small) return undefined;
    const [a, b] = [broadcastNumbers(left, output.shape), broadcastNumbers(right, output.shape)];
    const rule = onIntegers[operation];
    if (['div', 'mod', 'remainder'].includes(operation) && b.includes(0))
      throw new QuadlaneError('SHAPE', 'division of integers by zero');
    return [
      tensorOf(
        output.dtype,
        output.shape,
        a.map((value, index) => rule(value, b[index])),
      ),
    ];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering, attributes) {
    const [left, right, output] = [lowering.input(0), lowering.input(1), lowering.output()];
    if (left.dtype === 'float32') {
      lowerFloats(lowering, attributes, left, castTo(lowering, right, 'float32'), output);
    } else if (attributes.activation && attributes.activation !== 'none') {
      throw new QuadlaneError('UNSUPPORTED', `${attributes.activation} runs on float32, not ${left.dtype}`);
    } else if (right.dtype === 'float32') {
      const power = temporaryLike(lowering, output, 'float32');
      lowerFloats(lowering, attributes, castTo(lowering, left, 'float32'), right, power);
      castInto(lowering, power, output);
    } else {
      lowering.step('integer_binary', {
        ...operands(lowering, left, right, output),
        operation: Binary[attributes.operation as keyof typeof Binary],
        type: ElementType[left.dtype],
        rightType: ElementType[right.dtype],
      });
    }
  },
};

function lowerFloats(lowering: Lowering, attributes: BinaryAttributes, left: View, right: View, output: View): void {
  lowering.step('f32_binary', {
    ...operands(lowering, left, right, output),
    operation: Binary[attributes.operation as keyof typeof Binary],
    ...activationArguments(attributes),
  });
}

function operands(lowering: Lowering, left: View, right: View, output: View) {
  const { extents, strides } = collapse(output.shape, [
    broadcastStrides(left, output.shape),
    broadcastStrides(right, output.shape),
    output.strides,
  ]);
  return {
    rank: extents.length,
    extents: lowering.table(extents),
    left: left.pointer,
    leftStrides: lowering.table(strides[0]),
    right: right.pointer,
    rightStrides: lowering.table(strides[1]),
    output: output.pointer,
    outputStrides: lowering.table(strides[2]),
  };
}
