// What an operator gives for constants, in short.

import { QuadlaneError } from '../../src/errors.js';
import type { Attributes } from '../../src/ops/operator.js';
import type { Tensor, TensorType } from '../../src/tensor.js';
import { everything } from '../graph/everything.js';
import { apply } from './apply.js';

/** Elements and shape of the operator's first output. */
export function run(op: string, inputs: (Tensor | undefined)[], attributes?: Attributes): [number[], number[]] {
  const [result] = apply(everything.operators[op], inputs, attributes);
  return [Array.from(result.data, Number), [...result.shape]];
}

/** The code of the error that the operator has for inputs of these types; 'none' where it takes them. */
export function codeOfTypes(op: string, inputs: object[], attributes: object): string {
  return codeOf(() => everything.operators[op].infer(inputs as never, attributes));
}

/** The shape that the operator gives. */
export function shapeOf(op: string, input: TensorType, attributes?: Attributes): readonly number[] {
  return everything.operators[op].infer([input], attributes)[0].shape;
}

/** The code of the error that `call` ends with; 'none' where it doesn't. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof QuadlaneError) return error.code;
    throw error;
  }
  return 'none';
}
