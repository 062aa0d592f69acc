// quadlane/layers: networks built in code, channels last, with the names and options that Keras and PyTorch users know.

export type { Padding, PerAxis, SidePadding, Sides, WindowOptions } from '../windowOptions.js';
export {
  type ActivationOption,
  activation,
  crelu,
  elu,
  gelu,
  hardSwish,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  silu,
  softmax,
  tanh,
} from './activations.js';
export { type CompileOptions, compile, compileSync } from './compile.js';
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  convTranspose2d,
  type DepthwiseConvOptions,
  depthwiseConv2d,
  type SeparableConvOptions,
  separableConv2d,
} from './convolution.js';
export { type DenseOptions, dense } from './dense.js';
export type { NetworkLayer, NetworkParameter } from './description.js';
export type { Initializer } from './initializers.js';
export { type InputOptions, input, type Layer, type LayerOptions, Value } from './layer.js';
export { add, concat, type MergeOptions, multiply } from './merge.js';
export { type BuildOptions, type ModelEnds, model, type OutputNames, sequential, type Values } from './model.js';
export {
  type LoadWeightsOptions,
  Network,
  type Weights,
  type WeightsReport,
} from './network.js';
export {
  type AveragePoolOptions,
  adaptiveAveragePool2d,
  averagePool1d,
  averagePool2d,
  type GlobalPoolOptions,
  globalAveragePool1d,
  globalAveragePool2d,
  globalMaxPool1d,
  globalMaxPool2d,
  maxPool1d,
  maxPool2d,
  type PoolOptions,
} from './pooling.js';
export { type GruOptions, gru, lstm, type RecurrentOptions, simpleRnn } from './recurrent.js';
export {
  type BatchNormOptions,
  batchNorm,
  dropout,
  type GroupNormOptions,
  groupNorm,
  type InstanceNormOptions,
  instanceNorm,
  type LayerNormOptions,
  layerNorm,
  localResponseNorm,
  type ResponseNormOptions,
} from './regularization.js';
export {
  channelShuffle,
  type FlattenOptions,
  flatten,
  permute,
  pixelShuffle,
  reshape,
  sliceChannels,
  type ZeroPaddingOptions,
  zeroPadding2d,
} from './reshaping.js';
export { type ResizeOptions, resizing2d, type UpsamplingOptions, upsampling2d } from './resizing.js';
