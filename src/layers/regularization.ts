// Layers that make training easier: normalisations and dropout.

import { QuadlaneError } from '../errors.js';
import { channels as channelPasses } from '../graph/passes/channels.js';
import { composites } from '../graph/passes/composites.js';
import { identity } from '../ops/elementwise/identity.js';
import { expand } from '../ops/layout/expand.js';
import { batchNorm as batchNormOperator } from '../ops/normalization/batchNorm.js';
import { groupNorm as groupNormOperator } from '../ops/normalization/groupNorm.js';
import { layerNorm as layerNormOperator } from '../ops/normalization/layerNorm.js';
import { responseNorm } from '../ops/normalization/responseNorm.js';
import { reduce } from '../ops/reduction/reduce.js';
import { numberIn } from '../options.js';
import { shown } from '../printable.js';
import { normalizeAxis } from '../shape.js';
import { positive } from '../windowOptions.js';
import { type Layer, type LayerBuilder, type LayerOptions, type Parameter, unaryLayer, type Value } from './layer.js';

export interface BatchNormOptions extends LayerOptions {
  /** Default: 1e-5. */
  epsilon?: number;
  /** How much of the old running statistics stays in a training step. Default: 0.9. */
  momentum?: number;
}

/**
 * Normalises each channel of `[..., C]`; in inference it is folded into the filters before it.
 * Parameters of shape `[C]`: `weight`, `bias`, and the statistics `running_mean`, `running_var`.
 */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  return unaryLayer('batchNorm', options, ['epsilon', 'momentum'], (builder, x) => {
    const epsilon = numberIn('epsilon', options.epsilon ?? 1e-5, { from: 0 });
    const momentum = numberIn('momentum', options.momentum ?? 0.9, { from: 0, to: 1 });
    const channels = x.shape.at(-1);
    if (channels === undefined) throw new QuadlaneError('SHAPE', 'it takes [..., channels]');
    const [weight, bias] = affine(builder, [channels]);
    const mean = builder.parameter('running_mean', [channels], 'zeros', false);
    const variance = builder.parameter('running_var', [channels], 'ones', false);
    return builder.apply(batchNormOperator, [x, weight, bias, mean, variance], { epsilon, momentum }, channelPasses);
  });
}

export interface LayerNormOptions extends LayerOptions {
  /**
   * The first of the axes that are normalised together, counted with the batch: 1 for all of an image. Default: -1, the
   * channels alone.
   */
  axis?: number;
  /** Default: 1e-5. */
  epsilon?: number;
}

/**
 * Normalises each example over its last axes by their own mean and variance (Ba et al. 2016). Parameters of the shape of
 * those axes: `weight`, `bias`.
 */
export function layerNorm(options: LayerNormOptions = {}): Layer {
  return unaryLayer('layerNorm', options, ['axis', 'epsilon'], (builder, x) => {
    const epsilon = numberIn('epsilon', options.epsilon ?? 1e-5, { from: 0 });
    const { shape } = x.type;
    const axis = normalizeAxis(numberIn('axis', options.axis ?? -1, { whole: true }), shape.length);
    if (axis === 0) throw new QuadlaneError('ARGUMENT', 'axis 0 is the batch: examples are normalised by themselves');
    const [weight, bias] = affine(builder, shape.slice(axis));
    return builder.apply(layerNormOperator, [x, weight, bias], { axis: axis - shape.length, epsilon });
  });
}

export interface GroupNormOptions extends LayerOptions {
  /** Groups of channels that are normalised together. Default: 32, as Keras. */
  groups?: number;
  /** Default: 1e-5. */
  epsilon?: number;
}

/** Normalises groups of channels of each example of `[..., C]` (Wu and He 2018). Parameters `[C]`: `weight`, `bias`. */
export function groupNorm(options: GroupNormOptions = {}): Layer {
  return unaryLayer('groupNorm', options, ['groups', 'epsilon'], (builder, x) =>
    grouped(builder, x, options.epsilon, positive('groups', options.groups ?? 32)),
  );
}

export interface InstanceNormOptions extends LayerOptions {
  /** Default: 1e-5. */
  epsilon?: number;
}

/** Normalises each channel of each example of `[..., C]` (Ulyanov et al. 2016). Parameters `[C]`: `weight`, `bias`. */
export function instanceNorm(options: InstanceNormOptions = {}): Layer {
  return unaryLayer('instanceNorm', options, ['epsilon'], (builder, x) => grouped(builder, x, options.epsilon));
}

/** What groupNorm is composed of. */
const groupPasses = { ...composites, writes: { expand, reduce } };

function grouped(builder: LayerBuilder, x: Value, epsilon = 1e-5, groups?: number): Value {
  numberIn('epsilon', epsilon, { from: 0 });
  const [weight, bias] = affine(builder, [x.shape.at(-1) ?? 1]);
  return builder.apply(groupNormOperator, [x, weight, bias], { epsilon, ...(groups !== undefined && { groups }) }, [
    groupPasses,
  ]);
}

function affine(builder: LayerBuilder, shape: readonly number[]): [Parameter, Parameter] {
  return [builder.parameter('weight', shape, 'ones'), builder.parameter('bias', shape, 'zeros')];
}

export interface ResponseNormOptions extends LayerOptions {
  /** Channels of a window. Default: 5. */
  size?: number;
  /** Default: 1e-4. */
  alpha?: number;
  /** Default: 0.75. */
  beta?: number;
  /** Default: 1. */
  bias?: number;
}

/** Local response normalisation: `x / (bias + alpha / size * sum of squares of its neighbour channels) ^ beta`. */
export function localResponseNorm(options: ResponseNormOptions = {}): Layer {
  return unaryLayer('localResponseNorm', options, ['size', 'alpha', 'beta', 'bias'], (builder, x) => {
    const { size = 5, alpha = 1e-4, beta = 0.75, bias = 1 } = options;
    for (const [name, value] of Object.entries({ alpha, beta, bias })) numberIn(name, value, { infinite: true });
    return builder.apply(responseNorm, [x], { size: positive('size', size), alpha, beta, bias });
  });
}

/**
 * Sets elements to zero at `rate` in training; passes them on in inference.
 * @throws QuadlaneError `ARGUMENT` for a rate outside [0, 1)
 */
export function dropout(rate = 0.5, options: LayerOptions = {}): Layer {
  if (typeof rate !== 'number' || !(rate >= 0 && rate < 1))
    throw new QuadlaneError('ARGUMENT', `dropout takes a rate from 0 to below 1, not ${shown(rate)}`);
  return unaryLayer('dropout', options, [], (builder, x) => builder.apply(identity, [x], { dropout: rate }));
}
