// A factor and an offset for each channel of a channels-last tensor, with an activation fused behind them: what is left
// of a batch normalisation that doesn't fold into filters.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape } from '../../shape.js';
import { type Activated, activationArguments } from '../lowering/epilogue.js';
import { sameRank } from '../lowering/partialShapes.js';
import { collapse } from '../lowering/strided.js';
import type { Operator } from '../operator.js';

/** `[..., C]` with `scale` and `shift` of shape `[C]`: `x * scale + shift`. */
export const scaleShift: Operator<Activated> = {
  name: 'scaleShift',
  needs: 3,
  gradient: 'is what a pass made of other operators, behind all differentiation',
  partialShapes: sameRank,
  float32: true,
  fusesActivation: true,

  infer([input, ...vectors]) {
    const channels = input!.shape.slice(-1);
    const misfit = vectors.find((vector) => !vector || !sameShape(vector.shape, channels));
    if (misfit || vectors.length !== 2 || channels.length === 0) {
      throw new QuadlaneError(
        'SHAPE',
        `scaleShift of ${formatShape(input!.shape)} takes a scale and a shift of shape ${formatShape(channels)}`,
      );
    }
    return [input!];
  },

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.output()];
    const pixels = output.shape.slice(0, -1);
    const { extents, strides } = collapse(pixels, [input.strides.slice(0, -1), output.strides.slice(0, -1)]);
    lowering.step('f32_scale_shift', {
      rank: extents.length,
      extents: lowering.table(extents),
      input: input.pointer,
      inputStrides: lowering.table(strides[0]),
      output: output.pointer,
      outputStrides: lowering.table(strides[1]),
      scale: lowering.dense(1).pointer,
      shift: lowering.dense(2).pointer,
      channels: output.shape.at(-1)!,
      ...activationArguments(attributes),
    });
  },
};
