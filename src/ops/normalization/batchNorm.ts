// Batch normalisation of channels-last tensors, composed of arithmetic on the channels: where the statistics are
// constant and a convolution stands before it, all of it folds into the filters.

import { QuadlaneError } from '../../errors.js';
import { formatShape, sameShape } from '../../shape.js';
import { ofRank } from '../lowering/partialShapes.js';
import type { Operator } from '../operator.js';

export interface BatchNormAttributes {
  readonly epsilon?: number;
  /** Normalises by the batch's own statistics and puts out running ones, as ONNX's training_mode does. */
  readonly training?: boolean;
  /** How much of the old running statistics stays. */
  readonly momentum?: number;
  readonly [name: string]: number | boolean | undefined;
}

export const batchNorm: Operator<BatchNormAttributes> = {
  name: 'batchNorm',
  needs: 5,
  parameterInputs: [1, 2],
  statisticsInputs: [3, 4],
  partialShapes: ([input]) => [ofRank(input?.length), ofRank(1), ofRank(1)],
  scalesChannels: true,

  infer([input, ...statistics], { training }) {
    const channels = input!.shape.at(-1);
    if (channels === undefined)
      throw new QuadlaneError('SHAPE', 'batchNorm takes [..., channels], not a single number');
    for (const vector of statistics) {
      if (!vector || !sameShape(vector.shape, [channels])) {
        throw new QuadlaneError(
          'SHAPE',
          `batchNorm of ${channels} channels takes scale, shift, mean and variance of shape [${channels}], not ${formatShape(vector?.shape ?? [])}`,
        );
      }
    }
    const running = { dtype: 'float32', shape: [channels] } as const;
    return training ? [input!, running, running] : [input!];
  },

  compose(build, [input, scale, shift, mean, variance], attributes) {
    const { epsilon = 1e-5, momentum = 0.9, training } = attributes;
    const normalized = (average: string, deviation2: string) => {
      const deviation = build.unary('sqrt', build.binary('add', deviation2, build.scalar(epsilon)));
      const factor = build.binary('div', scale, deviation);
      const offset = build.binary('sub', shift, build.binary('mul', average, factor));
      return build.binary('add', build.binary('mul', input, factor), offset);
    };
    if (!training) return [normalized(mean, variance)];
    const axes = build
      .type(input)
      .shape.slice(0, -1)
      .map((_, axis) => axis);
    const average = build.apply('reduce', [input], { reduction: 'mean', axes, keepDims: false });
    const difference = build.binary('sub', input, average);
    const squares = build.binary('mul', difference, difference);
    const deviation2 = build.apply('reduce', [squares], { reduction: 'mean', axes, keepDims: false });
    const blend = (old: string, now: string) =>
      build.binary(
        'add',
        build.binary('mul', old, build.scalar(momentum)),
        build.binary('mul', now, build.scalar(1 - momentum)),
      );
    return [normalized(average, deviation2), blend(mean, average), blend(variance, deviation2)];
  },
};
