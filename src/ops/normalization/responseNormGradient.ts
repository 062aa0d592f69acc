// Gradient of local response normalisation, by its input and the gradient of its result.

import { QuadlaneError } from '../../errors.js';
import { responseNormGradientScratch } from '../../layouts.generated.js';
import { formatShape, sameShape, sizeOf } from '../../shape.js';
import type { Operator } from '../operator.js';
import { type ResponseNormAttributes, responseNorm, responseWindows } from './responseNorm.js';

/** [..., C] and the gradient of its normalisation give the gradient of the input. */
export const responseNormGradient: Operator<ResponseNormAttributes> = {
  name: 'responseNormGradient',
  needs: 2,
  float32: true,

  infer([input, gradient], attributes) {
    const types = responseNorm.infer([input], attributes);
    if (!sameShape(input!.shape, gradient!.shape)) {
      throw new QuadlaneError(
        'SHAPE',
        `the gradient of a normalised ${formatShape(input!.shape)} has the same shape, not ${formatShape(gradient!.shape)}`,
      );
    }
    return types;
  },

  lower(lowering, attributes) {
    const [input, output] = [lowering.dense(0), lowering.denseOutput()];
    const channels = input.shape.at(-1)!;
    const windows = responseWindows(channels, attributes);
    const scratchStride = responseNormGradientScratch(channels, windows.size);
    lowering.step('f32_response_norm_gradient', {
      input: input.pointer,
      gradient: lowering.dense(1).pointer,
      output: output.pointer,
      pixels: sizeOf(input.shape.slice(0, -1)),
      channels,
      ...windows,
      scratch: lowering.scratch(scratchStride),
      scratchStride,
    });
  },
};
