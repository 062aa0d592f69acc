// A recurrent operator, from its cell.

import type { Operator } from '../operator.js';
import { type CellName, outputTypes, recurrenceOf, recurrentCost, recurrentShapes } from './geometry.js';
import { lowerRecurrence, type RecurrentLowering } from './lowering.js';
import { unrolled } from './unrolled.js';

/**
 * Inputs as ONNX has them: x `[steps, rows, features]`, weights `[directions, gates * hidden, features]`, recurrent weights
 * `[directions, gates * hidden, hidden]`, then, all optional, biases `[directions, 2 * gates * hidden]` (those of the weights before
 * those of the recurrent ones), lengths `[rows]` (int32), the first state `[directions, rows, hidden]`.
 * Outputs: the states after every step `[steps, directions, rows, hidden]`, and after the last one.
 */
export function recurrent<Attributes extends RecurrentLowering>(cell: CellName): Operator<Attributes> {
  return {
    name: cell,
    needs: 3,
    parameterInputs: [1, 2, 3, 7],
    partialShapes: recurrentShapes,
    outputType: () => 'float32',
    infer: (inputs, attributes) => outputTypes(recurrenceOf(cell, inputs, attributes)),
    lower(lowering, attributes) {
      const types = Array.from({ length: 8 }, (_, index) => (lowering.has(index) ? lowering.type(index) : undefined));
      lowerRecurrence(lowering, recurrenceOf(cell, types, attributes), attributes);
    },
    unroll: (build, inputs, attributes) => unrolled(cell, build, inputs, attributes),
    cost: (inputs, _, attributes) => recurrentCost(recurrenceOf(cell, inputs, attributes)),
  };
}
