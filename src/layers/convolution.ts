// Convolutions over 1 and 2 axes, channels last. Filters are stored as PyTorch stores them: [filters, channels / groups,
// ...kernel], so that checkpoints load by name.

import { QuadlaneError } from '../errors.js';
import { conv } from '../ops/convolution/conv.js';
import { convTranspose } from '../ops/convolution/convTranspose.js';
import {
  outputPaddingOf,
  type PerAxis,
  perAxis,
  positive,
  type WindowOptions,
  windowAttributes,
  windowOptions,
} from '../windowOptions.js';
import { type ActivationOption, activate } from './activations.js';
import { channelsOf } from './channels.js';
import type { Initializer } from './initializers.js';
import { type Layer, type LayerBuilder, type LayerOptions, unaryLayer, type Value } from './layer.js';

interface FilterOptions extends LayerOptions, WindowOptions {
  kernelSize: PerAxis;
  activation?: ActivationOption;
  /** Default: true. */
  useBias?: boolean;
  /** Default: `heUniform`. */
  kernelInitializer?: Initializer;
  /** Default: zeros. */
  biasInitializer?: Initializer;
}

export interface ConvOptions extends FilterOptions {
  /** Output channels. */
  filters: number;
  /** Channels are cut into so many groups, each filtered by itself. Default: 1. */
  groups?: number;
}

export interface DepthwiseConvOptions extends FilterOptions {
  /** Filters a channel. Default: 1. */
  depthMultiplier?: number;
}

export interface SeparableConvOptions extends DepthwiseConvOptions {
  /** Output channels. */
  filters: number;
}

/** `[L, C]` to `[windows, filters]`. Parameters: `weight` `[filters, C / groups, kernel]`, `bias` `[filters]`. */
export function conv1d(options: ConvOptions): Layer {
  return convLayer('conv1d', options, 1);
}

/** `[H, W, C]` to `[rows, columns, filters]`. Parameters: `weight` `[filters, C / groups, rows, columns]`, `bias` `[filters]`. */
export function conv2d(options: ConvOptions): Layer {
  return convLayer('conv2d', options, 2);
}

const filterOptions = [
  'kernelSize',
  ...windowOptions,
  'activation',
  'useBias',
  'kernelInitializer',
  'biasInitializer',
] as const;
const convOptions = ['filters', ...filterOptions, 'groups'] as const;

function convLayer(kind: string, options: ConvOptions, axes: number): Layer {
  return unaryLayer(kind, options, convOptions, (builder, x) =>
    activate(builder, convolve(builder, x, options, '', axes), options.activation),
  );
}

/** Each channel filtered by itself. Parameters: `weight` `[C x depthMultiplier, 1, rows, columns]`, `bias`. */
export function depthwiseConv2d(options: DepthwiseConvOptions): Layer {
  return unaryLayer('depthwiseConv2d', options, [...filterOptions, 'depthMultiplier'], (builder, x) =>
    activate(builder, convolve(builder, x, depthwise(x, options), '', 2), options.activation),
  );
}

/**
 * A depthwise convolution without bias, and a 1x1 convolution behind it that mixes the channels.
 * Parameters: `depthwise.weight`, `pointwise.weight` `[filters, C x depthMultiplier, 1, 1]`, `pointwise.bias`.
 */
export function separableConv2d(options: SeparableConvOptions): Layer {
  return unaryLayer('separableConv2d', options, ['filters', ...filterOptions, 'depthMultiplier'], (builder, x) => {
    const filtered = convolve(builder, x, { ...depthwise(x, options), useBias: false }, 'depthwise.', 2);
    const { filters, useBias, kernelInitializer, biasInitializer } = options;
    const pointwise = { filters, kernelSize: 1, useBias, kernelInitializer, biasInitializer };
    return activate(builder, convolve(builder, filtered, pointwise, 'pointwise.', 2), options.activation);
  });
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added below and to the right, where several sizes would fit the strides. Default: 0. */
  outputPadding?: PerAxis;
}

/**
 * Transposed convolution, which enlarges by its strides; `'same'` gives sizes times strides. `[H, W, C]` to
 * `[rows, columns, filters]`. Parameters: `weight` `[C, filters / groups, rows, columns]`, `bias` `[filters]`.
 */
export function convTranspose2d(options: ConvTransposeOptions): Layer {
  return unaryLayer('convTranspose2d', options, [...convOptions, 'outputPadding'], (builder, x) => {
    const { filters, groups, kernelShape } = filterShape(x, options, 2);
    const { kernelInitializer = 'heUniform', biasInitializer = 'zeros', useBias = true, outputPadding = 0 } = options;
    const shape = [channelsOf(x, 2), filters / groups, ...kernelShape];
    const weight = builder.parameter('weight', shape, kernelInitializer);
    const bias = useBias ? builder.parameter('bias', [filters], biasInitializer) : undefined;
    const added = outputPaddingOf(outputPadding, 2);
    const attributes = { ...windowAttributes(options, 2), outputPadding: added, groups };
    return activate(builder, builder.apply(convTranspose, [x, weight, bias], attributes), options.activation);
  });
}

function depthwise(x: Value, options: DepthwiseConvOptions): ConvOptions {
  const channels = channelsOf(x, 2);
  return {
    ...options,
    filters: channels * positive('depthMultiplier', options.depthMultiplier ?? 1),
    groups: channels,
  };
}

/** Records the convolution alone; `prefix` stands before the names of its parameters. */
function convolve(builder: LayerBuilder, x: Value, options: ConvOptions, prefix: string, axes: number): Value {
  const { channels, filters, groups, kernelShape } = filterShape(x, options, axes);
  const { kernelInitializer = 'heUniform', biasInitializer = 'zeros', useBias = true } = options;
  const weight = builder.parameter(`${prefix}weight`, [filters, channels / groups, ...kernelShape], kernelInitializer);
  const bias = useBias ? builder.parameter(`${prefix}bias`, [filters], biasInitializer) : undefined;
  return builder.apply(conv, [x, weight, bias], { ...windowAttributes(options, axes), groups });
}

/** The numbers that filters are made of, checked. */
function filterShape(x: Value, options: ConvOptions, axes: number) {
  const channels = channelsOf(x, axes);
  const filters = positive('filters', options.filters);
  const groups = positive('groups', options.groups ?? 1);
  const kernelShape = perAxis('kernelSize', options.kernelSize, axes);
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new QuadlaneError(
      'ARGUMENT',
      `${groups} groups must divide its ${channels} channels and its ${filters} filters`,
    );
  }
  return { channels, filters, groups, kernelShape };
}
