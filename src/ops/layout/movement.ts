// Operators that only move elements say how in one way, as copies between views and fills of views. Run on linear
// memory that is their lowering; run on typed arrays it is their evaluation.

import { sizeOf } from '../../shape.js';
import {
  bytesPerElement,
  elementOf,
  isFloat,
  newArray,
  Tensor,
  type TensorType,
  type TypedArray,
} from '../../tensor.js';
import { fill } from '../lowering/strided.js';
import { samePlace } from '../lowering/subviews.js';
import { MAX_EVALUATED, MAX_FLOATS } from '../lowering/values.js';
import { denseView } from '../lowering/views.js';
import type { Attributes, Lowering, Operator, View } from '../operator.js';
import type { Pointer, Region } from '../pointer.js';

/** Where elements can be moved. */
export interface Mover {
  /** Copies between two views of one shape. */
  copy(from: View, to: View): void;
  /** Sets all elements of a view. */
  fill(to: View, value: number): void;
}

/** Moves elements of the inputs to the outputs; `output(index)` is undefined for one that nobody wants. */
export type Move<A> = (
  mover: Mover,
  inputs: readonly View[],
  output: (index: number) => View | undefined,
  attributes: A,
) => void;

type Movement<A extends Attributes> = Required<Pick<Operator<A>, 'evaluate' | 'lower' | 'takesBits'>>;

/** What an operator has that moves the elements of input 0 as `move` says. */
export function movement<A extends Attributes>(move: Move<A>): Movement<A> {
  return {
    takesBits: (index) => index === 0,
    evaluate: (values, attributes, outputs) => evaluate(move, values, attributes, outputs),
    lower: (lowering, attributes) => lower(move, lowering, attributes),
  };
}

function lower<A>(move: Move<A>, lowering: Lowering, attributes: A): void {
  const mover: Mover = {
    copy(from, to) {
      if (!to.shape.includes(0) && !samePlace(from, to)) lowering.copy(to.shape, from, to);
    },
    fill(to, value) {
      if (!to.shape.includes(0)) fill(lowering.step, lowering.table, to, value);
    },
  };
  const inputs: View[] = [];
  while (lowering.has(inputs.length)) inputs.push(lowering.input(inputs.length));
  move(mover, inputs, (index) => (lowering.hasOutput(index) ? lowering.output(index) : undefined), attributes);
}

/** A typed array as a region of a memory. */
interface ArrayRegion extends Region {
  readonly data: TypedArray;
}

function evaluate<A>(
  move: Move<A>,
  values: readonly (Tensor | undefined)[],
  attributes: A,
  outputs: readonly TensorType[],
): Tensor[] | undefined {
  if (outputs.some(({ dtype, shape }) => sizeOf(shape) > (isFloat(dtype) ? MAX_FLOATS : MAX_EVALUATED)))
    return undefined;
  const inputs = values.map((value) => value && viewOf(value.data, value));
  if (!inputs.every((input) => input !== undefined)) return undefined;
  const results = outputs.map(({ dtype, shape }) => new Tensor(dtype, shape, newArray(dtype, sizeOf(shape))));
  const targets = results.map((result) => viewOf(result.data, result));
  const mover: Mover = {
    copy: (from, to) =>
      eachElement(to, from, (at, source) => {
        arrayOf(to.pointer)[at] = arrayOf(from.pointer)[source];
      }),
    fill(to, value) {
      const element = elementOf(to.dtype, value);
      eachElement(to, to, (at) => {
        arrayOf(to.pointer)[at] = element;
      });
    },
  };
  move(mover, inputs, (index) => targets[index], attributes);
  return results;
}

function viewOf(data: TypedArray, type: TensorType): View {
  const region: ArrayRegion = { base: 0, data };
  return denseView({ region, offset: 0 }, type);
}

function arrayOf(pointer: Pointer): TypedArray {
  return ((pointer as Exclude<Pointer, 0>).region as ArrayRegion).data;
}

/** Visits the elements of two views of one shape, in row-major order, by their places in the arrays. */
function eachElement(a: View, b: View, visit: (placeInA: number, placeInB: number) => void): void {
  const bytes = bytesPerElement(a.dtype);
  const { shape } = a;
  const index = new Array<number>(shape.length).fill(0);
  let [atA, atB] = [a, b].map((view) => (view.pointer as Exclude<Pointer, 0>).offset);
  for (let left = sizeOf(shape); left > 0; left--) {
    visit(atA / bytes, atB / bytes);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      atA += a.strides[axis];
      atB += b.strides[axis];
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
      atA -= a.strides[axis] * shape[axis];
      atB -= b.strides[axis] * shape[axis];
    }
  }
}
