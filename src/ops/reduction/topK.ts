// The first k elements along an axis, from the greatest down or the least up, and where they were.

import { QuadlaneError } from '../../errors.js';
import { heapBytes } from '../../layouts.generated.js';
import { formatShape, normalizeAxis } from '../../shape.js';
import { ElementType } from '../kernels.generated.js';
import { alongAxis } from '../lowering/alongAxis.js';
import { zeros } from '../lowering/gradientShapes.js';
import { ofRank } from '../lowering/partialShapes.js';
import { numberOf } from '../lowering/values.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';

export interface TopKAttributes extends Attributes {
  readonly k?: number;
  /** Default: -1. */
  readonly axis?: number;
  /** The greatest instead of the least. Default: true. */
  readonly largest?: boolean;
}

/** Back to where the elements were. */
const topKGradient: GradientRule = (build) => {
  const target = zeros(build, build.type(build.inputs[0]).shape);
  return [
    build.apply('scatterElements', [target, build.output(1), build.gradient()], { axis: build.attributes.axis ?? -1 }),
  ];
};

export const topK: Operator<TopKAttributes> = {
  name: 'topK',
  needs: 2,
  gradient: topKGradient,
  partialShapes: ([input]) => [ofRank(input?.length), ofRank(input?.length)],
  shapeInputs: [1],

  bake: (attributes, [, k]) => ({ ...attributes, k: numberOf(k!, 'k') }),

  infer([input], { k = 0, axis = -1 }) {
    const { dtype, shape } = input!;
    const at = normalizeAxis(axis, shape.length);
    if (!(Number.isInteger(k) && k >= 0 && k <= shape[at])) {
      throw new QuadlaneError(
        'SHAPE',
        `the first ${k} along axis ${axis} of ${formatShape(shape)}: k is from 0 to ${shape[at]}`,
      );
    }
    const taken = shape.with(at, k);
    return [
      { dtype, shape: taken },
      { dtype: 'int64', shape: taken },
    ];
  },

  lower(lowering, { k = 0, axis = -1, largest = true }) {
    const input = lowering.dense(0);
    const { outers, extent, inner } = alongAxis(input.shape, axis);
    const scratchStride = heapBytes(k);
    const values = lowering.hasOutput(0) ? lowering.denseOutput(0).pointer : 0;
    const indices = lowering.hasOutput(1) ? lowering.denseOutput(1).pointer : 0;
    const elements = outers * k * inner;
    lowering.step('top_k', {
      input: input.pointer,
      values: values || lowering.temporary(elements * 8),
      indices: indices || lowering.temporary(elements * 8),
      type: ElementType[input.dtype],
      outers,
      axis: extent,
      inner,
      k,
      least: largest ? 0 : 1,
      scratch: lowering.scratch(scratchStride),
      scratchStride,
    });
  },
};
