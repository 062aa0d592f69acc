// start, start + delta, .. up to but without limit. All three are known when a plan is made, so it is always evaluated
// and never lowered.

import { QuadlaneError } from '../../errors.js';
import { sizeOf } from '../../shape.js';
import { type DType, isFloat } from '../../tensor.js';
import { ofRank } from '../lowering/partialShapes.js';
import { listOf, numberOf, tensorOf } from '../lowering/values.js';
import type { Attributes, Operator } from '../operator.js';

export interface RangeAttributes extends Attributes {
  readonly start?: number;
  readonly limit?: number;
  readonly delta?: number;
  readonly dtype?: DType;
}

export const range: Operator<RangeAttributes> = {
  name: 'range',
  needs: 3,
  takesBits: () => true,
  outputType: ({ dtype }) => dtype,
  gradient: 'has as many elements as its inputs say',
  partialShapes: () => [ofRank(1)],
  shapeInputs: [0, 1, 2],

  bake(_, values, types) {
    const [start, limit, delta] = values.slice(0, 3).map((value) => numberOf(value!, 'each of start, limit and delta'));
    const [dtype, ...others] = types.slice(0, 3).map((type) => type!.dtype);
    if (others.some((other) => other !== dtype)) {
      throw new QuadlaneError('SHAPE', `a range takes three numbers of one type, not ${[dtype, ...others].join(', ')}`);
    }
    return { start, limit, delta, dtype };
  },

  infer(_, { start = 0, limit = 0, delta = 1, dtype = 'int64' }) {
    if (delta === 0) throw new QuadlaneError('SHAPE', 'a range takes a delta other than 0');
    if (!isFloat(dtype) && ![start, limit, delta].every(Number.isSafeInteger)) {
      throw new QuadlaneError(
        'SHAPE',
        `a range of ${dtype} takes whole numbers of at most 2^53, not from ${start} to ${limit} by ${delta}`,
      );
    }
    const shape = [Math.max(0, Math.ceil((limit - start) / delta))];
    sizeOf(shape);
    return [{ dtype, shape }];
  },

  evaluate: (_values, { start = 0, delta = 1 }, [{ dtype, shape }]) => [
    tensorOf(
      dtype,
      shape,
      listOf(shape[0], (i) => start + i * delta),
    ),
  ],
};
