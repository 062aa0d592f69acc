// Depthwise convolution: one filter a channel, channels side by side in vectors.

import type { Windows } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { activationArguments } from '../fusion.js';
import type { Lowering, View } from '../operator.js';
import { spatial } from '../views.js';
import { type ConvAttributes, product, resultPlaces, tapOffsets, windowAxes, windowPlaces } from './places.js';

/** One filter a channel: channels side by side in vectors; see f32_depthwise. */
export function lowerDepthwise(
  lowering: Lowering,
  attributes: ConvAttributes,
  windows: Windows,
  input: View,
  filters: TensorType,
  output: View,
): void {
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
    ...windowPlaces(input, windows),
    ...resultPlaces(output, lowering.has(3) ? lowering.input(3) : undefined),
    ...activationArguments(attributes),
    weights,
    channels,
    taps: lowering.table(tapOffsets(from, kernel, dilations)),
    tapCount: taps,
  });
}

/** The kernel that slides along rows for 3x3 windows (of any row stride and dilation), the general one otherwise. */
function depthwiseKernel(windows: Windows): 'f32_depthwise' | 'f32_depthwise_3x3' | 'f32_depthwise_3x3_s2' {
  const { kernel, strides, dilations } = windowAxes(windows);
  if (kernel.join() !== '1,3,3' || dilations[2] !== 1 || strides[2] > 2) return 'f32_depthwise';
  return strides[2] === 1 ? 'f32_depthwise_3x3' : 'f32_depthwise_3x3_s2';
}
