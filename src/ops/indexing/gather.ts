// Takes elements along one axis by indices.

import { QuadlaneError } from '../../errors.js';
import { normalizeAxis, sizeOf } from '../../shape.js';
import { arrayOn, bytesPerElement, newArray, Tensor } from '../../tensor.js';
import { alongAxis } from '../lowering/alongAxis.js';
import { indicesOf } from '../lowering/indices.js';
import { ofRank } from '../lowering/partialShapes.js';
import { narrow } from '../lowering/subviews.js';
import { MAX_EVALUATED } from '../lowering/values.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';

export interface GatherAttributes extends Attributes {
  readonly axis?: number;
}

const gatherGradient: GradientRule = ({ type, apply, inputs: [input, indices], attributes, gradient }) => [
  apply('gatherGradient', [gradient(), indices], { ...attributes, shape: type(input).shape }),
];

export const gather: Operator<GatherAttributes> = {
  name: 'gather',
  needs: 2,
  takesBits: (index) => index === 0,
  parameterInputs: [0],
  partialShapes([input, indices], { axis = 0 }) {
    if (!input || !indices) return [undefined];
    return [input.length === 1 && axis === 0 ? indices : ofRank(input.length + indices.length - 1)];
  },
  gradient: gatherGradient,

  infer([input, indices], attributes) {
    const { dtype, shape } = input!;
    const axis = normalizeAxis(attributes.axis ?? 0, shape.length);
    if (indices!.dtype !== 'int32' && indices!.dtype !== 'int64') {
      throw new QuadlaneError('SHAPE', `indices are int32 or int64, not ${indices!.dtype}`);
    }
    const taken = shape.toSpliced(axis, 1, ...indices!.shape);
    if (shape[axis] === 0 && sizeOf(taken) > 0)
      throw new QuadlaneError('SHAPE', `axis ${axis} has no elements to take`);
    return [{ dtype, shape: taken }];
  },

  evaluate([input, indices], attributes, [output]) {
    const size = sizeOf(output.shape);
    if (!input || !indices || size > MAX_EVALUATED) return undefined;
    const axis = normalizeAxis(attributes.axis ?? 0, input.shape.length);
    const { outers, extent, inner: block } = alongAxis(input.shape, axis);
    const places = indicesOf(indices, input.shape, [axis]);
    const data = newArray(output.dtype, size);
    const { buffer, byteOffset } = input.data;
    let to = 0;
    for (let outer = 0; outer < outers; outer++) {
      for (const place of places) {
        const from = byteOffset + (outer * extent + place) * block * bytesPerElement(input.dtype);
        data.set(arrayOn(input.dtype, buffer, from, block) as never, to);
        to += block;
      }
    }
    return [new Tensor(output.dtype, output.shape, data)];
  },

  keepsRows(attributes, [input], [data, indices]) {
    const axis = normalizeAxis(attributes.axis ?? 0, input!.shape.length);
    return data ? !indices && axis !== 0 : axis === 0;
  },

  /** A constant index is a slice; others take blocks of the dense input. */
  lower(lowering, attributes) {
    const { shape, dtype } = lowering.type(0);
    const axis = normalizeAxis(attributes.axis ?? 0, shape.length);
    const { outers, extent, inner: block } = alongAxis(shape, axis);
    const constant = lowering.constant(1);
    const places = constant && indicesOf(constant, shape, [axis]);
    if (outers * block === 0 || sizeOf(lowering.type(1).shape) === 0) return;
    if (places?.length === 1) {
      const [input, output] = [lowering.input(0), lowering.output()];
      const part = narrow(input, axis, places[0], 1);
      const strides = part.strides.toSpliced(axis, 1, ...lowering.type(1).shape.map(() => 0));
      lowering.copy(output.shape, { ...part, shape: output.shape, strides }, output);
      return;
    }
    lowering.step('gather_blocks', {
      ...lowering.indices(1, shape, [axis]),
      input: lowering.dense(0).pointer,
      output: lowering.denseOutput().pointer,
      outers,
      extent,
      count: sizeOf(lowering.type(1).shape),
      blockBytes: block * bytesPerElement(dtype),
    });
  },
};
