// Layers that make training easier: normalisations and dropout.

import { QuadlaneError } from '../errors.js';
import { channels as channelPasses } from '../graph/passes/channels.js';
import { identity } from '../ops/elementwise/identity.js';
import { batchNorm as batchNormOperator } from '../ops/normalization/batchNorm.js';
import { responseNorm } from '../ops/normalization/responseNorm.js';
import { numberIn, shown } from '../options.js';
import { positive } from '../windowOptions.js';
import { type Layer, type LayerOptions, unaryLayer } from './layer.js';

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
    const weight = builder.parameter('weight', [channels], 'ones');
    const bias = builder.parameter('bias', [channels], 'zeros');
    const mean = builder.parameter('running_mean', [channels], 'zeros', false);
    const variance = builder.parameter('running_var', [channels], 'ones', false);
    return builder.apply(batchNormOperator, [x, weight, bias, mean, variance], { epsilon, momentum }, channelPasses);
  });
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
