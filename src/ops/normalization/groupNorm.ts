// Normalises groups of channels of each image by their own mean and variance, composed of reductions over space and
// arithmetic on channels. Instance normalisation is the same with one channel a group.

import { QuadlaneError } from '../../errors.js';
import { formatShape, normalizeAxis, sizeOf } from '../../shape.js';
import { sameRank } from '../lowering/partialShapes.js';
import type { Attributes, Operator } from '../operator.js';

export interface GroupNormAttributes extends Attributes {
  /** Each channel is a group of its own when absent. */
  readonly groups?: number;
  readonly epsilon?: number;
  /** Default: the last axis. */
  readonly channelAxis?: number;
}

/** Inputs: x, and scale and shift of shape [channels] or [groups]. */
export const groupNorm: Operator<GroupNormAttributes> = {
  name: 'groupNorm',
  needs: 3,
  parameterInputs: [1, 2],
  partialShapes: sameRank,

  infer([input, ...parameters], attributes) {
    const { shape } = input!;
    const channels = shape[normalizeAxis(attributes.channelAxis ?? -1, shape.length)];
    const groups = attributes.groups ?? channels;
    if (shape.length < 2 || !Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
      throw new QuadlaneError('SHAPE', `${formatShape(shape)} can't be normalised in ${groups} groups of channels`);
    }
    for (const parameter of parameters) {
      if (parameter?.shape.length !== 1 || (parameter.shape[0] !== channels && parameter.shape[0] !== groups)) {
        throw new QuadlaneError(
          'SHAPE',
          `groupNorm of ${channels} channels in ${groups} groups takes a scale and a shift of shape [${channels}], not ${formatShape(parameter?.shape ?? [])}`,
        );
      }
    }
    return [{ dtype: 'float32', shape }];
  },

  compose(build, [input, scale, shift], attributes) {
    const { shape } = build.type(input);
    const channelAxis = normalizeAxis(attributes.channelAxis ?? -1, shape.length);
    const channels = shape[channelAxis];
    const groups = attributes.groups ?? channels;
    const { epsilon = 1e-5 } = attributes;
    const spatial = shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== channelAxis);
    const grouped = [shape[0], groups, channels / groups];
    const wide = shape.map((extent, axis) => (axis === 0 || axis === channelAxis ? extent : 1));
    const reshape = (value: string, to: readonly number[]) => build.apply('reshape', [value], { shape: to });
    /** Mean over space of each channel, then over the channels of each group: [images, groups, 1]. */
    const meanOf = (value: string) => {
      const ofChannels = build.apply('reduce', [value], { reduction: 'mean', axes: spatial, keepDims: true });
      return build.apply('reduce', [reshape(ofChannels, grouped)], { reduction: 'mean', axes: [2], keepDims: true });
    };
    /** A value of each group or channel where the input's channels are. */
    const spread = (value: string) => reshape(build.apply('expand', [value], { shape: grouped }), wide);
    const parameter = (value: string) => reshape(value, [1, groups, sizeOf(build.type(value).shape) / groups]);

    const difference = build.binary('sub', input, spread(meanOf(input)));
    const variance = meanOf(build.binary('mul', difference, difference));
    const deviation = build.unary('sqrt', build.binary('add', variance, build.scalar(epsilon)));
    const factor = spread(build.binary('div', parameter(scale), deviation));
    return [build.binary('add', build.binary('mul', difference, factor), spread(parameter(shift)))];
  },
};
