// Chooses between two tensors, element by element; all three broadcast.

import { QuadlaneError } from '../../errors.js';
import { broadcastShapes, sizeOf } from '../../shape.js';
import { sumTo } from '../lowering/gradientShapes.js';
import { broadcastPartial } from '../lowering/partialShapes.js';
import { elementwiseRows } from '../lowering/rowwise.js';
import { broadcastStrides, collapse, widthOf } from '../lowering/strided.js';
import { broadcastNumbers, MAX_EVALUATED, tensorOf } from '../lowering/values.js';
import type { GradientRule, Operator } from '../operator.js';

const whereGradient: GradientRule = (build) => {
  const [condition, left, right] = build.inputs;
  const zero = build.scalar(0);
  const part = (values: readonly string[], like: string) =>
    sumTo(build, build.apply('where', [condition, ...values], {}), build.type(like).shape);
  return [
    undefined,
    build.wants(1) ? part([build.gradient(), zero], left) : undefined,
    build.wants(2) ? part([zero, build.gradient()], right) : undefined,
  ];
};

/** Inputs: the condition (bool), what is taken where it holds, what is taken where it doesn't. */
export const where: Operator = {
  name: 'where',
  needs: 3,
  takesBits: (index) => index > 0,
  partialShapes: broadcastPartial,
  gradient: whereGradient,

  infer([condition, left, right]) {
    if (condition!.dtype !== 'bool' || left!.dtype !== right!.dtype) {
      const types = `${condition!.dtype}, ${left!.dtype} and ${right!.dtype}`;
      throw new QuadlaneError('SHAPE', `where takes a bool and two tensors of one type, not ${types}`);
    }
    return [{ dtype: left!.dtype, shape: broadcastShapes(condition!.shape, left!.shape, right!.shape) }];
  },

  evaluate(values, _, [{ dtype, shape }]) {
    if (sizeOf(shape) > MAX_EVALUATED) return undefined;
    const numbers = values.map((value) => value && broadcastNumbers(value, shape));
    const [condition, left, right] = numbers;
    if (!condition || !left || !right) return undefined;
    return [
      tensorOf(
        dtype,
        shape,
        condition.map((holds, i) => (holds ? left[i] : right[i])),
      ),
    ];
  },

  permute: (attributes) => attributes,
  keepsRows: elementwiseRows,

  lower(lowering) {
    const [condition, left, right] = [lowering.input(0), lowering.input(1), lowering.input(2)];
    const output = lowering.output();
    const { extents, strides } = collapse(output.shape, [
      broadcastStrides(condition, output.shape),
      broadcastStrides(left, output.shape),
      broadcastStrides(right, output.shape),
      output.strides,
    ]);
    lowering.step(`where_${widthOf(output.dtype)}`, {
      rank: extents.length,
      extents: lowering.table(extents),
      condition: condition.pointer,
      conditionStrides: lowering.table(strides[0]),
      left: left.pointer,
      leftStrides: lowering.table(strides[1]),
      right: right.pointer,
      rightStrides: lowering.table(strides[2]),
      output: output.pointer,
      outputStrides: lowering.table(strides[3]),
    });
  },
};
