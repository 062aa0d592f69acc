// Dropout while training: elements are zeroed at random, by seed, counter and place; the rest grows to keep the mean.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sizeOf } from '../../shape.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';

export interface RandomMaskAttributes extends Attributes {
  /** Share of the elements that becomes 0, between 0 and 1. */
  readonly rate: number;
  /** A whole number from 0 to 2^53 - 1: masks of different seeds have nothing in common. */
  readonly seed?: number;
}

const WORD = 2 ** 32;

/** Its own adjoint: the same elements are dropped. */
const randomMaskGradient: GradientRule = ({ apply, attributes, inputs: [, counter], gradient }) => [
  apply('randomMask', [gradient(), counter], attributes),
];

/**
 * A tensor and a counter (int32, one element) give tensor * mask / (1 - rate). The same seed, counter and shape give
 * the same mask, so that the operator is its own gradient.
 */
export const randomMask: Operator<RandomMaskAttributes> = {
  name: 'randomMask',
  needs: 2,
  gradient: randomMaskGradient,

  infer([input, counter], { rate, seed = 0 }) {
    if (!(rate >= 0 && rate <= 1)) throw new QuadlaneError('ARGUMENT', `a rate is between 0 and 1, not ${rate}`);
    if (!(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new QuadlaneError('ARGUMENT', `a seed is a whole number from 0 to 2^53 - 1, not ${seed}`);
    }
    if (input!.dtype !== 'float32' || counter!.dtype !== 'int32' || sizeOf(counter!.shape) !== 1) {
      throw new QuadlaneError(
        'SHAPE',
        `randomMask takes a float32 tensor and one int32, not ${input!.dtype} and ${counter!.dtype} ${formatShape(counter!.shape)}`,
      );
    }
    return [{ dtype: 'float32', shape: input!.shape }];
  },

  lower(lowering, { rate, seed = 0 }) {
    const output = lowering.denseOutput();
    if (rate === 0) {
      lowering.copy(output.shape, lowering.input(0), output);
      return;
    }
    lowering.step('f32_random_mask', {
      input: lowering.dense(0).pointer,
      output: output.pointer,
      counter: lowering.dense(1).pointer,
      count: sizeOf(output.shape),
      seedLow: (seed % WORD) | 0,
      seedHigh: Math.floor(seed / WORD),
      threshold: Math.min(WORD - 1, Math.round((1 - rate) * WORD)) | 0,
      scale: rate === 1 ? 0 : 1 / (1 - rate),
    });
  },
};
