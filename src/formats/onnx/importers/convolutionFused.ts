// Convolutions that ONNX Runtime's optimiser writes (domain com.microsoft): with a residual and an activation, or over images whose
// channels are last. The compiler fuses what it has kernels for.

import { invertPermutation } from '../../../shape.js';
import { toChannelsLast } from '../channelsLast.js';
import type { Importer } from '../context.js';
import { formulas } from '../formulas.js';
import { emitActivated } from '../fusedActivations.js';
import { channelsLast } from '../layout.js';
import { convAttributes } from '../windows.js';

/** Conv, plus input 3, behind an activation; images have channels first, or last (`isLast`). */
const fusedConv =
  (isLast: boolean): Importer =>
  (context) => {
    const { rank, attributes } = convAttributes(context, 0, 1);
    const x = isLast ? context.input(0) : toChannelsLast(context, context.input(0), rank);
    const inputs = [x, context.input(1), context.optionalInput(2)];
    const sums = context.step('conv', inputs, attributes);
    const moved =
      isLast || rank < 3
        ? sums
        : context.step('transpose', [sums], { permutation: invertPermutation(channelsLast(rank)) });
    const result = context.has(3) ? formulas(context).add(moved, context.input(3)) : moved;
    emitActivated(context, result, context.floats('activation_params') ?? []);
  };

export const convolutionFused: Record<string, Importer> = {
  'com.microsoft.FusedConv': fusedConv(false),
  'com.microsoft.NhwcConv': fusedConv(true),
  'com.microsoft.NhwcFusedConv': fusedConv(true),
};
