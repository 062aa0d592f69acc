// Local response normalisation: each channel by the squares of its neighbours.

import { QuadlaneError } from '../../errors.js';
import { responseNormScratch } from '../../layouts.generated.js';
import { sameRank } from '../lowering/partialShapes.js';
import { collapse } from '../lowering/strided.js';
import type { Attributes, GradientRule, Operator } from '../operator.js';

export interface ResponseNormAttributes extends Attributes {
  /** Channels of a window. */
  readonly size: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly bias?: number;
}

/** What the kernels take of the windows; they reach no further than all channels, zeros lie before and behind those. */
export function responseWindows(
  channels: number,
  { size, alpha = 1e-4, beta = 0.75, bias = 1 }: ResponseNormAttributes,
) {
  const before = Math.min(channels, Math.floor((size - 1) / 2));
  return { before, size: before + 1 + Math.min(channels, Math.ceil((size - 1) / 2)), factor: alpha / size, beta, bias };
}

const responseNormGradient: GradientRule = ({ apply, attributes, inputs: [input], gradient }) => [
  apply('responseNormGradient', [input, gradient()], attributes),
];

/** [..., C] */
export const responseNorm: Operator<ResponseNormAttributes> = {
  name: 'responseNorm',
  partialShapes: sameRank,
  gradient: responseNormGradient,
  float32: true,

  infer([input], { size }) {
    const { shape } = input!;
    if (shape.length < 1 || !Number.isInteger(size) || size < 1) {
      throw new QuadlaneError(
        'SHAPE',
        `responseNorm takes [..., channels] and a window of 1 or more channels, not ${size}`,
      );
    }
    return [{ dtype: 'float32', shape }];
  },

  lower(lowering, attributes) {
    const [input, output] = [lowering.input(0), lowering.denseOutput()];
    const channels = input.shape.at(-1)!;
    const windows = responseWindows(channels, attributes);
    const source = input.strides.at(-1) === 4 || channels === 1 ? input : lowering.dense(0);
    const leading = (values: readonly number[]) => values.slice(0, -1);
    const { extents, strides } = collapse(leading(output.shape), [leading(source.strides), leading(output.strides)]);
    const scratchStride = responseNormScratch(channels, windows.size);
    lowering.step('f32_response_norm', {
      rank: extents.length + 1,
      extents: lowering.table([...extents, channels]),
      input: source.pointer,
      inputStrides: lowering.table([...strides[0], 4]),
      output: output.pointer,
      outputStrides: lowering.table([...strides[1], 4]),
      ...windows,
      scratch: lowering.scratch(scratchStride),
      scratchStride,
    });
  },
};
