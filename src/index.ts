// quadlane: run convolutional networks on any CPU that has a JavaScript engine.

export { type ErrorCode, type ErrorPlace, QuadlaneError } from './errors.js';
export {
  type LoadOptions,
  loadModel,
  loadModelSync,
  type ModelSource,
  type ReadyOptions,
  ready,
} from './model/load.js';
export type {
  InputInfo,
  MemoryUse,
  Model,
  ModelInfo,
  ModelLimits,
  ModelMetadata,
  ModelOptions,
  RunOptions,
  SaveOptions,
  Tensors,
  ValueInfo,
} from './model/model.js';
export type { Profile, ProfiledStep, ProfileOptions } from './model/profile.js';
export { createStream, type Stream } from './model/stream.js';
export {
  type DType,
  dtypes,
  type NestedNumbers,
  Tensor,
  type TensorType,
  type TypedArray,
  type TypedArrayConstructor,
  type TypedArrays,
  type TypedTensor,
  tensor,
  typedArrays,
} from './tensor.js';
