// Quantization-aware training begins with a network whose rounding is part of it.

import { arrived } from '../errors.js';
import type { CalibrationOptions, Quantizable } from '../quantize/index.js';

/**
 * A trained network, prepared to learn what 8 bits take from it: its batch norms are folded, and weights and activations rounded
 * to 8 bits by scales that follow from `calibration` and whose logarithms are trained with it, gradients passed straight through
 * the rounding (Esser et al., Learned Step Size Quantization, 2020). Give it to `createTrainer`, with a low learning rate, and what
 * `toModel` makes of it to `quantize`, which keeps the scales.
 * @throws QuadlaneError as `quantize`
 */
export async function quantizationAware<Output extends string>(
  source: Quantizable<Output>,
  options: CalibrationOptions,
): Promise<Quantizable<Output>> {
  const { quantizationAware: prepare } = await arrived(import('../quantize/aware.js'));
  return prepare(source, options);
}
