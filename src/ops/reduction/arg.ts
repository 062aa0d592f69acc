// Where along an axis the greatest or the least element is.

import { QuadlaneError } from '../../errors.js';
import { normalizeAxis } from '../../shape.js';
import { ElementType } from '../kernels.generated.js';
import { alongAxis } from '../lowering/alongAxis.js';
import { ofRank } from '../lowering/partialShapes.js';
import type { Attributes, Operator } from '../operator.js';

export interface ArgAttributes extends Attributes {
  readonly axis?: number;
  /** The axis stays, with extent 1. Default: true. */
  readonly keepDims?: boolean;
  /** Of equal elements the last one counts, not the first. */
  readonly last?: boolean;
}

function arg(name: string, least: number): Operator<ArgAttributes> {
  return {
    name,
    outputType: () => 'int64',
    gradient: 'is a place, which moves in jumps',
    partialShapes: ([input], { keepDims }) => [ofRank(input && input.length - (keepDims ? 0 : 1))],

    infer([input], { axis = 0, keepDims = true }) {
      const { shape } = input!;
      const at = normalizeAxis(axis, shape.length);
      if (shape[at] === 0) throw new QuadlaneError('SHAPE', `${name} needs elements along axis ${axis}`);
      return [{ dtype: 'int64', shape: keepDims ? shape.with(at, 1) : shape.toSpliced(at, 1) }];
    },

    permute(attributes, permutation) {
      if (attributes.keepDims === false) return undefined;
      return { ...attributes, axis: permutation.indexOf(normalizeAxis(attributes.axis ?? 0, permutation.length)) };
    },

    lower(lowering, { axis = 0, last }) {
      const input = lowering.dense(0);
      const { outers, extent, inner } = alongAxis(input.shape, axis);
      lowering.step('arg_extreme', {
        input: input.pointer,
        output: lowering.denseOutput().pointer,
        type: ElementType[input.dtype],
        outers,
        axis: extent,
        inner,
        least,
        last: last ? 1 : 0,
      });
    },
  };
}

export const argMax = arg('argMax', 0);
export const argMin = arg('argMin', 1);
