// Batch normalisation by the batch's own statistics, [..., C] over all but the channels, and its gradient.

import { QuadlaneError } from '../../errors.js';
import { batchNormGradientScratch, batchNormScratch } from '../../layouts.generated.js';
import { formatShape, product, sameShape } from '../../shape.js';
import type { TensorType } from '../../tensor.js';
import { type Activated, activationArguments } from '../lowering/epilogue.js';
import { collapse } from '../lowering/strided.js';
import type { Attributes, GradientRule, Lowering, Operator, View } from '../operator.js';

export interface BatchNormTrainingAttributes extends Activated {
  readonly epsilon?: number;
}

export interface BatchNormGradientAttributes extends Attributes {
  readonly epsilon?: number;
}

const EPSILON = 1e-5;

/** Throws unless there are values to take statistics of, and `count` vectors with one number a channel. */
function requireChannels(input: TensorType, vectors: readonly (TensorType | undefined)[], count: number): void {
  const { shape } = input;
  if (shape.length < 2 || shape.slice(0, -1).includes(0)) {
    throw new QuadlaneError(
      'SHAPE',
      `statistics of a batch take [..., channels] with some values, not ${formatShape(shape)}`,
    );
  }
  for (const vector of Array.from({ length: count }, (_, index) => vectors[index])) {
    if (vector && sameShape(vector.shape, shape.slice(-1))) continue;
    throw new QuadlaneError(
      'SHAPE',
      `${shape.at(-1)} channels take scale, bias, mean and variance of shape [${shape.at(-1)}], not ${formatShape(vector?.shape ?? [])}`,
    );
  }
}

/** What both kernels that go pixel by pixel take. */
function channelwise(lowering: Lowering, input: View, output: View, scratchBytes: (channels: number) => number) {
  const channels = input.shape.at(-1)!;
  const pixels = collapse(output.shape.slice(0, -1), [output.strides.slice(0, -1)]);
  const scratchStride = scratchBytes(channels);
  return {
    rank: pixels.extents.length,
    extents: lowering.table(pixels.extents),
    input: input.pointer,
    output: output.pointer,
    outputStrides: lowering.table(pixels.strides[0]),
    channels,
    scratch: lowering.scratch(scratchStride),
    scratchStride,
  };
}

/** Where output `index`, a number a channel, is written; memory that nobody reads where it isn't wanted. */
function vector(lowering: Lowering, index: number, channels: number) {
  return lowering.hasOutput(index) ? lowering.denseOutput(index).pointer : lowering.temporary(channels * 4);
}

function pixelsOf({ shape }: TensorType): number {
  return product(shape.slice(0, -1));
}

const batchNormTrainingGradient: GradientRule = (build) => {
  const [input, scale] = build.inputs;
  const { epsilon } = build.attributes;
  const operands = [input, build.gradient(), scale, build.output(1), build.output(2)];
  return build.applyAll('batchNormGradient', operands, { epsilon }, 3);
};

/** [..., C], scale [C] and bias [C] give the normalised tensor, the means [C] and the biased variances [C]. */
export const batchNormTraining: Operator<BatchNormTrainingAttributes> = {
  name: 'batchNormTraining',
  needs: 3,
  gradient: batchNormTrainingGradient,
  float32: true,
  fusesActivation: true,

  infer([input, ...vectors]) {
    requireChannels(input!, vectors, 2);
    const statistics: TensorType = { dtype: 'float32', shape: input!.shape.slice(-1) };
    return [{ dtype: 'float32', shape: input!.shape }, statistics, statistics];
  },

  lower(lowering, attributes) {
    const input = lowering.dense(0);
    const channels = input.shape.at(-1)!;
    const [mean, variance] = [vector(lowering, 1, channels), vector(lowering, 2, channels)];
    lowering.step('f32_channel_moments', {
      input: input.pointer,
      mean,
      variance,
      pixels: pixelsOf(input),
      channels,
    });
    lowering.step('f32_batch_norm', {
      ...channelwise(lowering, input, spatialOutput(lowering), batchNormScratch),
      ...activationArguments(attributes),
      scale: lowering.dense(1).pointer,
      bias: lowering.dense(2).pointer,
      mean,
      variance,
      epsilon: attributes.epsilon ?? EPSILON,
    });
  },
};

/** [..., C], the output's gradient, scale, mean and variance give the gradients of the input, scale and bias. */
export const batchNormGradient: Operator<BatchNormGradientAttributes> = {
  name: 'batchNormGradient',
  needs: 5,
  float32: true,

  infer([input, gradient, ...vectors]) {
    requireChannels(input!, vectors, 3);
    if (!sameShape(input!.shape, gradient!.shape)) {
      throw new QuadlaneError(
        'SHAPE',
        `the gradient of a normalised ${formatShape(input!.shape)} has the same shape, not ${formatShape(gradient!.shape)}`,
      );
    }
    const parameters: TensorType = { dtype: 'float32', shape: input!.shape.slice(-1) };
    return [{ dtype: 'float32', shape: input!.shape }, parameters, parameters];
  },

  lower(lowering, { epsilon = EPSILON }) {
    const [input, gradient] = [lowering.dense(0), lowering.dense(1)];
    const channels = input.shape.at(-1)!;
    const sums = {
      gradient: gradient.pointer,
      mean: lowering.dense(3).pointer,
      variance: lowering.dense(4).pointer,
      scaleGradient: vector(lowering, 1, channels),
      biasGradient: vector(lowering, 2, channels),
      epsilon,
    };
    lowering.step('f32_batch_norm_sums', { ...sums, input: input.pointer, pixels: pixelsOf(input), channels });
    if (!lowering.hasOutput(0)) return;
    lowering.step('f32_batch_norm_gradient', {
      ...channelwise(lowering, input, spatialOutput(lowering), batchNormGradientScratch),
      ...sums,
      scale: lowering.dense(2).pointer,
    });
  },
};

/** Output 0, its channels next to each other. */
function spatialOutput(lowering: Lowering): View {
  const output = lowering.output();
  return output.strides.at(-1) === 4 ? output : lowering.denseOutput();
}
