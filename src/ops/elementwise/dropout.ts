// Dropout that drops nothing: what is left of it at inference, with the mask that keeps everything.

import { QuadlaneError } from '../../errors.js';
import { ofRank } from '../lowering/partialShapes.js';
import { numberOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

export interface DropoutAttributes extends Attributes {
  readonly ratio?: number;
  readonly training?: boolean;
}

/** Inputs: x, and optionally the ratio to drop and whether to drop at all. */
export const dropout: Operator<DropoutAttributes> = {
  name: 'dropout',
  partialShapes: ([input]) => [ofRank(input?.length), ofRank(input?.length)],
  dropRate: ({ ratio = 0.5 }) => ratio,
  shapeInputs: [1, 2],

  bake: (_, [, ratio, training]) => ({
    ratio: ratio ? numberOf(ratio, 'the ratio') : 0.5,
    training: training !== undefined && numberOf(training, 'whether it trains') !== 0,
  }),

  infer([input], { ratio = 0.5, training }) {
    if (training && ratio !== 0) {
      throw new QuadlaneError(
        'UNSUPPORTED',
        'dropout in training mode: which elements its seed drops differs from library to library. Export the model in inference mode',
      );
    }
    return [input!, { dtype: 'bool', shape: input!.shape }];
  },

  compose(build, [input]) {
    const { shape } = build.type(input);
    return [input, build.apply('constantOfShape', [], { shape, value: 1, dtype: 'bool' })];
  },
};
