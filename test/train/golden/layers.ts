// How each kind of layer is computed, channels first as PyTorch has them, from the words of a description.

import type { Attributes } from '../../../src/ops/operator.js';
import { sizeOf } from '../../../src/shape.js';
import { Cannot, perAxis } from './given.js';
import type { Builder } from './graph.js';

/** One call of a layer, as its description says. */
export interface LayerCall {
  readonly build: Builder;
  /** Values `[N, C, ...spatial]` or `[N, C]`. */
  readonly inputs: readonly string[];
  /** The value of a parameter, by its role; undefined where the layer has none. */
  parameter(role: Role): string | undefined;
  /** A running statistic of a batch norm, filled with `value` at first; undefined where there are none. */
  statistic(role: 'mean' | 'variance', channels: number, value: number): string | undefined;
  /** A setting, or `otherwise`. */
  setting<T>(name: string, otherwise: T): T;
}

export type Role = 'weight' | 'bias';

type LayerBuilder = (call: LayerCall) => string;

const both = (padding: readonly number[]) => [...padding, ...padding];

const spatialOf = ({ build, inputs }: LayerCall) => build.type(inputs[0]).shape.slice(2);

function required(call: LayerCall, role: Role): string {
  const name = call.parameter(role);
  if (name === undefined) throw new Cannot(`a layer has no ${role} among the parameters`);
  return name;
}

/** Says no where the description and the parameters' shapes disagree. */
function agree(what: string, said: unknown, shape: unknown): void {
  if (said === undefined || JSON.stringify(said) === JSON.stringify(shape)) return;
  throw new Cannot(`the description says ${what} ${JSON.stringify(said)}, the parameters ${JSON.stringify(shape)}`);
}

function biasOf(call: LayerCall): string {
  const bias = call.parameter('bias');
  agree('bias', call.setting<boolean | undefined>('bias', undefined), bias !== undefined);
  return bias ?? '';
}

const convolution =
  (op: 'conv' | 'convTranspose', depthwise = false): LayerBuilder =>
  (call) => {
    const { build, setting } = call;
    const [input] = call.inputs;
    const weight = required(call, 'weight');
    const { shape } = build.type(weight);
    const axes = shape.length - 2;
    const channels = build.type(input).shape[1];
    const kernel = setting<unknown>('kernel', setting<unknown>('number', undefined));
    if (kernel !== undefined) agree('a kernel of', perAxis(kernel, axes), shape.slice(2));
    const groups = setting('groups', depthwise ? channels : 1);
    agree('inputs', setting<unknown>('inputs', undefined), op === 'conv' ? shape[1] * groups : shape[0]);
    agree('outputs', setting<unknown>('outputs', undefined), op === 'conv' ? shape[0] : shape[1] * groups);
    const strides = perAxis(setting<unknown>('stride', 1), axes);
    const dilations = perAxis(setting<unknown>('dilation', 1), axes);
    const attributes = {
      strides,
      dilations,
      groups,
      padding: paddingOf(call, shape.slice(2), strides, dilations),
      ...(op === 'convTranspose' && { outputPadding: perAxis(setting<unknown>('outputPadding', 0), axes) }),
    };
    return build.first(build.apply(op, [build.last(input), weight, biasOf(call)], attributes));
  };

/** Padding of windows; 'same' has what is odd at the end. */
function paddingOf(
  call: LayerCall,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  const said = call.setting<unknown>('padding', 0);
  if (said === 'valid') return both(kernel.map(() => 0));
  if (said !== 'same') return both(perAxis(said, kernel.length));
  const total = spatialOf(call).map((extent, axis) => {
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    return Math.max(0, (Math.ceil(extent / strides[axis]) - 1) * strides[axis] + reach - extent);
  });
  return [...total.map((sum) => Math.floor(sum / 2)), ...total.map((sum) => Math.ceil(sum / 2))];
}

const pool =
  (op: 'maxPool' | 'averagePool'): LayerBuilder =>
  (call) => {
    const { build, setting } = call;
    const axes = spatialOf(call).length;
    const kernelShape = perAxis(setting<unknown>('kernel', setting<unknown>('number', 2)), axes);
    const strides = perAxis(setting<unknown>('stride', kernelShape), axes);
    const dilations = perAxis(setting<unknown>('dilation', 1), axes);
    const attributes = {
      kernelShape,
      strides,
      padding: paddingOf(call, kernelShape, strides, dilations),
      dilations,
      ceil: setting('ceil', false),
      // PyTorch's default.
      ...(op === 'averagePool' && { includePadding: setting('includePadding', true) }),
    };
    return build.first(build.apply(op, [build.last(call.inputs[0])], attributes));
  };

const globalPool =
  (op: 'globalAveragePool' | 'globalMaxPool'): LayerBuilder =>
  ({ build, inputs }) => {
    const pooled = build.apply(op, [build.last(inputs[0])], {});
    const { shape } = build.type(pooled);
    return build.reshape(pooled, [shape[0], shape.at(-1)!]);
  };

/** Scale and shift, or ones and zeros of `shape` where the layer has none. */
function affine(call: LayerCall, shape: readonly number[]): [string, string] {
  const [weight, bias] = [call.parameter('weight'), call.parameter('bias')];
  agree('affine', call.setting<boolean | undefined>('affine', undefined), weight !== undefined);
  const filled = (value: number) => call.build.apply('constantOfShape', [], { shape, value });
  return [weight ?? filled(1), bias ?? filled(0)];
}

const batchNorm: LayerBuilder = (call) => {
  const { build, setting } = call;
  const [input] = call.inputs;
  const channels = build.type(input).shape[1];
  const parameters = affine(call, [channels]);
  const epsilon = setting('eps', 1e-5);
  const momentum = 1 - setting('momentum', 0.1);
  const mean = call.statistic('mean', channels, setting('firstMean', 0));
  const variance = call.statistic('variance', channels, setting('firstVariance', 1));
  if (!setting('unbiased', true)) throw new Cannot('running variances are unbiased in training');
  const training = setting('training', true);
  const x = build.last(input);
  if (mean !== undefined && variance !== undefined) {
    if (!training) throw new Cannot('batch norms whose parameters are trained normalise by the batch');
    return build.first(build.apply('batchNorm', [x, ...parameters, mean, variance], { epsilon, momentum }));
  }
  if (!training) throw new Cannot('there are no running statistics to normalise by');
  return build.first(build.apply('batchNormTraining', [x, ...parameters], { epsilon }));
};

const layerNorm: LayerBuilder = (call) => {
  const { build, setting } = call;
  const [input] = call.inputs;
  const { shape } = build.type(input);
  const given = call.parameter('weight');
  const said = setting<number[] | number | undefined>('shape', undefined);
  const last = setting<number | 'all' | undefined>('last', undefined);
  const count =
    last === 'all'
      ? shape.length - 1
      : (last ?? (said ? [said].flat().length : given ? build.type(given).shape.length : 1));
  const inner = shape.slice(-count);
  if (said !== undefined) agree('the shape', [said].flat(), inner);
  const attributes = { axis: -count, epsilon: setting('eps', 1e-5) };
  return build.apply('layerNorm', [input, ...affine(call, inner)], attributes);
};

const groupNorm =
  (instance: boolean): LayerBuilder =>
  (call) => {
    const { build, setting } = call;
    const channels = build.type(call.inputs[0]).shape[1];
    const groups = instance ? undefined : setting('groups', setting('number', 1));
    const parameters = affine(call, [channels]);
    const attributes = { epsilon: setting('eps', 1e-5), ...(groups !== undefined && { groups }) };
    return build.first(build.apply('groupNorm', [build.last(call.inputs[0]), ...parameters], attributes));
  };

const activation =
  (name: string, parameters: (call: LayerCall) => { alpha?: number; beta?: number } = () => ({})): LayerBuilder =>
  (call) => {
    const { alpha = 0, beta = 0 } = parameters(call);
    return call.build.apply('activation', [call.inputs[0]], { activation: name, alpha, beta });
  };

const binary =
  (operation: 'add' | 'mul'): LayerBuilder =>
  ({ build, inputs }) =>
    inputs.reduce((left, right) => build.binary(operation, left, right));

/** max(0, x) + slope min(0, x), the slope a number or one a channel. */
export function prelu(build: Builder, x: string, slope: string): string {
  const { shape } = build.type(x);
  const spread = shape.length > 1 ? build.reshape(slope, [-1, ...shape.slice(2).map(() => 1)]) : slope;
  const below = build.apply('activation', [x], { activation: 'clip', alpha: Number.NEGATIVE_INFINITY, beta: 0 });
  return build.binary('add', build.relu(x), build.binary('mul', below, spread));
}

export function logSigmoid(build: Builder, x: string): string {
  return build.unary('neg', build.apply('activation', [build.unary('neg', x)], { activation: 'softplus' }));
}

const alphaOf = (otherwise: number) => (call: LayerCall) => ({
  alpha: call.setting('alpha', call.setting('number', otherwise)),
});

const softmax =
  (log: boolean): LayerBuilder =>
  ({ build, inputs, setting }) =>
    build.apply('softmax', [inputs[0]], { axis: setting('axis', 1), log });

/** The layers of description.ts. */
export const layers: Readonly<Record<string, LayerBuilder>> = {
  conv: convolution('conv'),
  depthwise: convolution('conv', true),
  convTranspose: convolution('convTranspose'),
  linear(call) {
    const { build, setting } = call;
    const weight = required(call, 'weight');
    const [outputs, inputs] = build.type(weight).shape;
    agree('inputs', setting<unknown>('inputs', undefined), inputs);
    agree('outputs', setting<unknown>('outputs', setting<unknown>('number', undefined)), outputs);
    return build.apply('matmul', [call.inputs[0], weight, biasOf(call)], { transposeB: true });
  },
  batchNorm,
  layerNorm,
  groupNorm: groupNorm(false),
  instanceNorm: groupNorm(true),
  responseNorm({ build, inputs, setting }) {
    const size = setting('size', setting('number', 5));
    const rest = { alpha: setting('alpha', 1e-4), beta: setting('beta', 0.75), bias: setting('k', 1) };
    return build.first(build.apply('responseNorm', [build.last(inputs[0])], { size, ...rest }));
  },
  maxPool: pool('maxPool'),
  averagePool: pool('averagePool'),
  globalAverage: globalPool('globalAveragePool'),
  globalMax: globalPool('globalMaxPool'),
  flatten({ build, inputs }) {
    const { shape } = build.type(inputs[0]);
    return build.reshape(inputs[0], [shape[0], sizeOf(shape.slice(1))]);
  },
  reshape: ({ build, inputs, setting }) => build.reshape(inputs[0], setting<number[]>('shape', [])),
  concat: ({ build, inputs, setting }) => build.apply('concat', inputs, { axis: setting('axis', 1) }),
  add: binary('add'),
  multiply: binary('mul'),
  dropout({ inputs, setting }) {
    const rate = setting<number>('rate', setting<number>('number', 0.5));
    if (rate !== 0) throw new Cannot(`dropout at ${rate} without the masks that were drawn`);
    return inputs[0];
  },
  softmax: softmax(false),
  logSoftmax: softmax(true),
  upsample({ build, inputs, setting }) {
    const factor = setting('factor', setting('number', 2));
    const sizes = build
      .type(inputs[0])
      .shape.slice(2)
      .map((extent) => extent * factor);
    return build.first(build.apply('resize', [build.last(inputs[0])], resizing(setting('mode', 'nearest'), sizes)));
  },
  pixelShuffle({ build, inputs, setting }) {
    const attributes = { blockSize: setting('factor', setting('number', 2)), blocksInside: true };
    return build.first(build.apply('depthToSpace', [build.last(inputs[0])], attributes));
  },
  pad(call) {
    const extents = perAxis(
      call.setting<unknown>('padding', call.setting<unknown>('number', 1)),
      spatialOf(call).length,
    );
    const padding = both([0, 0, ...extents]);
    return call.build.apply('pad', [call.inputs[0]], { mode: 'constant', padding, value: 0 });
  },
  prelu: (call) => prelu(call.build, call.inputs[0], required(call, 'weight')),
  relu: ({ build, inputs }) => build.relu(inputs[0]),
  relu6: activation('clip', () => ({ alpha: 0, beta: 6 })),
  hardTanh: activation('clip', ({ setting }) => ({ alpha: setting('min', -1), beta: setting('max', 1) })),
  leakyRelu: activation('leakyRelu', alphaOf(0.01)),
  elu: activation('elu', alphaOf(1)),
  selu: activation('selu', () => ({ alpha: 1.6732632423543772, beta: 1.0507009873554805 })),
  celu: activation('celu', alphaOf(1)),
  gelu: activation('gelu'),
  geluTanh: activation('geluTanh'),
  sigmoid: activation('sigmoid'),
  tanh: activation('tanh'),
  softplus: activation('softplus'),
  softsign: activation('softsign'),
  hardSigmoid: activation('hardSigmoid', () => ({ alpha: 1 / 6, beta: 0.5 })),
  hardSwish: activation('hardSwish'),
  silu: activation('silu'),
  mish: activation('mish'),
  logSigmoid: ({ build, inputs }) => logSigmoid(build, inputs[0]),
  identity: ({ inputs }) => inputs[0],
};

/** Attributes of a resize of two axes of a channels-last map, by PyTorch's name of the mode. */
export function resizing(mode: string, sizes: readonly number[], alignCorners = false): Attributes {
  const axes = sizes.map((_, axis) => axis + 1);
  const corners = alignCorners ? 'align_corners' : 'half_pixel';
  if (mode === 'nearest') return { sizes, axes, mode: 'nearest', coordinates: 'asymmetric', nearest: 'floor' };
  if (mode === 'nearest-exact') {
    return { sizes, axes, mode: 'nearest', coordinates: 'half_pixel', nearest: 'round_prefer_ceil' };
  }
  if (['linear', 'bilinear', 'trilinear'].includes(mode)) return { sizes, axes, mode: 'linear', coordinates: corners };
  if (mode === 'bicubic') return { sizes, axes, mode: 'cubic', coordinates: corners, cubicCoefficient: -0.75 };
  throw new Cannot(`no mode ${mode} of resizing is known`);
}
