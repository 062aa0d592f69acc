// Activations as people write them in options: short names, ONNX's defaults for what they leave out.

import { numberIn } from '../../options.js';
import { type ActivationName, activationArguments } from '../lowering/epilogue.js';
import type { Attributes } from '../operator.js';

/** What is applied to a result before it is stored; `relu` and `relu6` are short for clips. */
export interface ActivationOptions {
  activation?: ActivationName | 'relu' | 'relu6';
  /** Parameter of leakyRelu, elu, selu, celu, hardSigmoid, thresholdedRelu; lower end of clip. */
  alpha?: number;
  /** Parameter of selu and hardSigmoid; upper end of clip, which counts where the ends cross. */
  beta?: number;
}

/** The names in `ActivationOptions`. */
export const activationOptions = ['activation', 'alpha', 'beta'] as const;

/** ONNX's defaults of alpha and beta. */
const defaults: Partial<Record<ActivationName, readonly [number, number]>> = {
  clip: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  leakyRelu: [0.01, 0],
  elu: [1, 0],
  selu: [1.6732632423543772, 1.0507009873554805],
  celu: [1, 0],
  hardSigmoid: [0.2, 0.5],
  thresholdedRelu: [1, 0],
};

/**
 * The attributes that `options` stand for.
 * @throws QuadlaneError `ARGUMENT` for an activation that isn't one, and parameters that are no numbers
 */
export function activationOf({ activation = 'none', alpha, beta }: ActivationOptions): Attributes {
  if (activation === 'relu') return { activation: 'clip', alpha: 0, beta: Number.POSITIVE_INFINITY };
  if (activation === 'relu6') return { activation: 'clip', alpha: 0, beta: 6 };
  activationArguments({ activation });
  const [a, b] = defaults[activation] ?? [0, 0];
  const any = { infinite: true };
  return { activation, alpha: numberIn('alpha', alpha ?? a, any), beta: numberIn('beta', beta ?? b, any) };
}
