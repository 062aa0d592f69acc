// Depthwise convolution: one filter a channel, channels side by side in vectors.

import { product, type Windows } from '../../shape.js';
import { activationArguments } from '../lowering/epilogue.js';
import { spatial } from '../lowering/views.js';
import type { Lowering } from '../operator.js';
import { type Convolution, resultArguments, tapOffsets, windowArguments, windowAxes } from './geometry.js';

/** One filter a channel: channels side by side in vectors; see f32_depthwise. */
export function lowerDepthwise(lowering: Lowering, convolution: Convolution): void {
  const { attributes, windows, input, filters, output } = convolution;
  const from = spatial(input);
  const channels = filters.shape[0];
  const { kernel, dilations } = windowAxes(windows);
  const taps = product(kernel);
  const bytes = Math.ceil(channels / 4) * 4 * (1 + taps) * 4;
  const weights = lowering.packed([1, 2], 'depthwise', bytes, (target, [source, bias], step) =>
    step('f32_pack_depthwise', {
      source: source.pointer,
      bias: bias?.pointer ?? 0,
      target,
      channels,
      taps,
      channelStride: taps * 4,
      tapStride: 4,
    }),
  );
  lowering.step(depthwiseKernel(windows), {
    ...windowArguments(input, windows),
    ...resultArguments(output, lowering.has(3) ? lowering.input(3) : undefined),
    ...activationArguments(attributes),
    weights,
    channels,
    taps: lowering.table(tapOffsets(from, kernel, dilations)),
    tapCount: taps,
  });
}

const sliding = {
  '3,3': ['f32_depthwise_3x3', 'f32_depthwise_3x3_s2'],
  '5,5': ['f32_depthwise_5x5', 'f32_depthwise_5x5_s2'],
} as const;

/** The kernel that slides along rows for windows it knows (of any row stride and dilation), the general one otherwise. */
function depthwiseKernel(windows: Windows) {
  const { kernel, strides, dilations } = windowAxes(windows);
  const known = sliding[kernel.slice(1).join() as keyof typeof sliding];
  return (kernel[0] === 1 && dilations[2] === 1 && known?.[strides[2] - 1]) || 'f32_depthwise';
}
