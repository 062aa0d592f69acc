// Pools called on tensors, over windows and over whole maps.

import { conv } from '../ops/convolution/conv.js';
import { expand } from '../ops/layout/expand.js';
import type { Attributes } from '../ops/operator.js';
import {
  globalAveragePool as globalAveragePoolOperator,
  globalMaxPool as globalMaxPoolOperator,
} from '../ops/pooling/globalPool.js';
import { lpPool as lpPoolOperator } from '../ops/pooling/lpPool.js';
import { averagePool as averagePoolOperator, maxPool as maxPoolOperator } from '../ops/pooling/pool.js';
import { checkOptions, flag } from '../options.js';
import type { Tensor } from '../tensor.js';
import { type PerAxis, perAxis, type WindowOptions, windowAttributes, windowOptions } from '../windowOptions.js';
import { apply, applyAll, countSpatialAxes } from './apply.js';

export interface PoolOptions extends WindowOptions {
  /** Default: 2. */
  kernelSize?: PerAxis;
  /** Default: `kernelSize`, so that windows don't overlap. */
  strides?: PerAxis;
  /** Rounds the number of windows up. Default: false. */
  ceil?: boolean;
}

export interface AveragePoolOptions extends PoolOptions {
  /** Cells of the padding count as zeros in the mean. Default: false. */
  includePadding?: boolean;
}

export interface LpPoolOptions extends PoolOptions {
  /** The norm's exponent. Default: 2. */
  p?: number;
}

const poolOptions = ['kernelSize', ...windowOptions, 'ceil'] as const;

/** The attributes of any pool over `axes` spatial axes; names of options are checked before. */
function poolOf(axes: number, options: PoolOptions): Attributes {
  const { kernelSize = 2, strides = kernelSize, ceil = false } = options;
  return {
    kernelShape: perAxis('kernelSize', kernelSize, axes),
    ...windowAttributes({ ...options, strides }, axes),
    ceil: flag('ceil', ceil),
  };
}

/** Greatest value of each window and channel of `[N, ...spatial, C]`. */
export function maxPool<T extends Tensor>(x: T, options: PoolOptions = {}): T {
  const axes = countSpatialAxes('maxPool', x);
  checkOptions('maxPool', options, poolOptions);
  return apply(maxPoolOperator, [x], poolOf(axes, options)) as T;
}

/**
 * `maxPool`, and where each greatest value is (int64): counted through the tensor as ONNX lays it out, channels first.
 */
export function maxPoolWithIndices(
  x: Tensor,
  options: PoolOptions = {},
): { values: Tensor<'float32'>; indices: Tensor<'int64'> } {
  const axes = countSpatialAxes('maxPoolWithIndices', x);
  checkOptions('maxPoolWithIndices', options, poolOptions);
  const [values, indices] = applyAll(maxPoolOperator, [x], poolOf(axes, options), 2);
  return { values: values as Tensor<'float32'>, indices: indices as Tensor<'int64'> };
}

/** Mean of each window and channel of `[N, ...spatial, C]`. */
export function averagePool(x: Tensor, options: AveragePoolOptions = {}): Tensor<'float32'> {
  const axes = countSpatialAxes('averagePool', x);
  const { includePadding = false } = checkOptions('averagePool', options, [...poolOptions, 'includePadding']);
  const attributes = { ...poolOf(axes, options), includePadding: flag('includePadding', includePadding) };
  return apply(averagePoolOperator, [x], attributes) as Tensor<'float32'>;
}

/** Norm of each window and channel of `[N, ...spatial, C]`. */
export function lpPool(x: Tensor, options: LpPoolOptions = {}): Tensor<'float32'> {
  const axes = countSpatialAxes('lpPool', x);
  const { p = 2 } = checkOptions('lpPool', options, [...poolOptions, 'p']);
  return apply(lpPoolOperator, [x], { ...poolOf(axes, options), p }, { expand, conv }) as Tensor<'float32'>;
}

/** Mean of each channel of `[N, ...spatial, C]`: `[N, 1, ..., C]`. */
export function globalAveragePool(x: Tensor): Tensor<'float32'> {
  return apply(globalAveragePoolOperator, [x], {}) as Tensor<'float32'>;
}

/** Greatest value of each channel of `[N, ...spatial, C]`: `[N, 1, ..., C]`. */
export function globalMaxPool(x: Tensor): Tensor<'float32'> {
  return apply(globalMaxPoolOperator, [x], {}) as Tensor<'float32'>;
}
