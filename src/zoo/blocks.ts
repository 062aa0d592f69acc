// Pieces that many architectures are made of.

import { type ActivationOption, activation as activate } from '../layers/activations.js';
import { type ConvOptions, conv2d } from '../layers/convolution.js';
import type { Value } from '../layers/layer.js';
import { multiply } from '../layers/merge.js';
import { globalAveragePool2d } from '../layers/pooling.js';
import { batchNorm } from '../layers/regularization.js';

export interface ConvNormOptions {
  filters: number;
  kernelSize?: number | readonly [number, number];
  strides?: number;
  dilations?: number;
  groups?: number;
  /** Default: what keeps the size at stride 1. */
  padding?: ConvOptions['padding'];
  epsilon?: number;
  activation?: ActivationOption;
}

/** Convolution without bias, batch norm, activation; `names` are those of the first two. */
export function convNorm(x: Value, names: readonly [conv: string, norm: string], options: ConvNormOptions): Value {
  const { kernelSize = 1, dilations = 1, epsilon, activation, ...rest } = options;
  const [rows, columns] = typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
  const [high, wide] = [((rows - 1) * dilations) >> 1, ((columns - 1) * dilations) >> 1];
  const filtered = conv2d({
    padding: [high, wide, high, wide],
    ...rest,
    kernelSize: [rows, columns],
    dilations,
    useBias: false,
    name: names[0],
  })(x);
  const normalized = batchNorm({ name: names[1], epsilon })(filtered);
  return activation ? activate(activation)(normalized) : normalized;
}

/** `convNorm` whose parts are `<name>.0` and `<name>.1`. */
export function numberedConvNorm(x: Value, name: string, options: ConvNormOptions): Value {
  return convNorm(x, [`${name}.0`, `${name}.1`], options);
}

/** Squeeze and excitation (Hu et al. 2018): channels scaled by what two 1x1 convolutions make of their means. */
export function squeezeExcite(
  x: Value,
  name: string,
  options: { squeezed: number; activation: ActivationOption; gate: ActivationOption },
): Value {
  const { squeezed, activation, gate } = options;
  const means = globalAveragePool2d({ keepDims: true })(x);
  const narrow = conv2d({ filters: squeezed, kernelSize: 1, activation, name: `${name}.fc1` })(means);
  const scales = conv2d({ filters: x.shape[2], kernelSize: 1, activation: gate, name: `${name}.fc2` })(narrow);
  return multiply()([x, scales]);
}

/** `value` rounded to a multiple of 8, by no more than a tenth downward: how widths are scaled. */
export function multipleOf8(value: number): number {
  const rounded = Math.max(8, Math.floor((value + 4) / 8) * 8);
  return rounded < 0.9 * value ? rounded + 8 : rounded;
}
