// The scales of quantized tensors: what they may be, and those that a run finds.

import { numbersOf } from '../../ops/lowering/values.js';
import type { NodeContext } from './context.js';

/**
 * Input `at`, a scale.
 * @param zeroToo whether 0 is one too: weights that are 0 throughout may have it
 * @throws QuadlaneError `FORMAT` where the file holds it and it isn't made of positive numbers
 */
export function positiveScale(context: NodeContext, at: number, zeroToo = false): string {
  const constant = context.constant(at);
  const wrong = (constant ? numbersOf(constant) : []).find(
    (scale) => !(Number.isFinite(scale) && (scale > 0 || (zeroToo && scale === 0))),
  );
  if (wrong !== undefined) {
    throw context.damaged(
      `has the scale ${wrong} as its input ${at}, where only a positive number stands for anything`,
    );
  }
  return context.input(at);
}

/** The scale and the zero that the extremes of `x` lead to. */
export function dynamicAffine(
  context: NodeContext,
  x: string,
  [scale, zero]: readonly string[] = [context.freshOutput(0, 'scale'), context.freshOutput(0, 'zero')],
): [scale: string, zero: string] {
  context.stepInto([scale, zero], 'dynamicAffine', [x]);
  return [scale, zero];
}
