// What convolutions, products and element-wise operators do to a result before they store it.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { Activation } from '../kernels.generated.js';
import type { Attributes } from '../operator.js';
import { entryOf } from './entries.js';

export type ActivationName = keyof typeof Activation;

/** Attributes of an operator that can apply an activation to its result. */
export interface Activated extends Attributes {
  /** An entry of `Activation`; none when absent. */
  readonly activation?: string;
  readonly alpha?: number;
  readonly beta?: number;
}

/** The activation as kernel arguments. Of the bounds of a clip the upper one counts where they cross. */
export function activationArguments({ activation = 'none', alpha = 0, beta = 0 }: Activated): {
  activation: number;
  alpha: number;
  beta: number;
} {
  const low = activation === 'clip' ? Math.min(alpha, beta) : alpha;
  return { activation: entryOf(Activation, activation, 'activation'), alpha: low, beta };
}

/**
 * Checks what is added to a result of `shape` before its activation.
 * @throws QuadlaneError `SHAPE` when it has another shape: residuals don't broadcast
 */
export function requireResidual(residual: TensorType | undefined, shape: readonly number[]): void {
  if (!residual || sameShape(residual.shape, shape)) return;
  throw new QuadlaneError(
    'SHAPE',
    `the residual has shape ${formatShape(residual.shape)}, but the result it is added to has ${formatShape(shape)}`,
  );
}
