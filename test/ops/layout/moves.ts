// Operators that only move elements, checked through the whole compiler.

import type { Attributes } from '../../../src/ops/operator.js';
import { sizeOf } from '../../../src/shape.js';
import { type Tensor, tensor } from '../../../src/tensor.js';
import type { Elements } from '../../reference/elements.js';
import { checkOperator, type Expected } from '../check.js';
import { EDGES } from '../values.js';

/** 1, 2, 3, .. in `shape`. */
export function numbered(shape: readonly number[], first = 1): Tensor<'float32'> {
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => first + i),
    shape,
  );
}

/** As the references take them. */
export const elements = ({ shape, data }: Tensor<'float32'>): Elements => ({ shape, values: Array.from(data) });

/** Elements that no rounding may touch. */
export const exactly = ({ shape, values }: Elements): Expected => ({ shape, values, roundings: 0 });

/** Checks an operator that moves elements. */
export function checkMove(op: string, x: Tensor, attributes: Attributes, expected: Elements): void {
  checkOperator({ op, inputs: [x], attributes, expected: exactly(expected) });
}

/** Shapes, by themselves and with what titles call them. */
const SHAPES = [...EDGES.map((extent) => [3, extent]), ...EDGES.map((extent) => [2, extent, 4, 5])];

export const shapes = SHAPES.map((shape) => [shape.join(), shape] as const);
