// Pools called on tensors, over windows and over whole maps.

import { conv } from '../ops/convolution/conv.js';
import { expand } from '../ops/layout/expand.js';
import {
  globalAveragePool as globalAveragePoolOperator,
  globalMaxPool as globalMaxPoolOperator,
} from '../ops/pooling/globalPool.js';
import { lpPool as lpPoolOperator } from '../ops/pooling/lpPool.js';
import { averagePool as averagePoolOperator, maxPool as maxPoolOperator } from '../ops/pooling/pool.js';
import { checkOptions, flag } from '../options.js';
import type { Tensor } from '../tensor.js';
import { apply, applyAll, countSpatialAxes } from './apply.js';
import { type PoolOptions, poolAttributes, poolOptions } from './poolAttributes.js';

export type { PoolOptions };

export interface AveragePoolOptions extends PoolOptions {
  /** Cells of the padding count as zeros in the mean. Default: false. */
  includePadding?: boolean;
}

export interface LpPoolOptions extends PoolOptions {
  /** The norm's exponent. Default: 2. */
  p?: number;
}

/** Greatest value of each window and channel of `[N, ...spatial, C]`. */
export function maxPool<T extends Tensor>(x: T, options: PoolOptions = {}): T {
  const axes = countSpatialAxes('maxPool', x);
  checkOptions('maxPool', options, poolOptions);
  return apply(maxPoolOperator, [x], poolAttributes(axes, options)) as T;
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
  const [values, indices] = applyAll(maxPoolOperator, [x], poolAttributes(axes, options), 2);
  return { values: values as Tensor<'float32'>, indices: indices as Tensor<'int64'> };
}

/** Mean of each window and channel of `[N, ...spatial, C]`. */
export function averagePool(x: Tensor, options: AveragePoolOptions = {}): Tensor<'float32'> {
  const axes = countSpatialAxes('averagePool', x);
  const { includePadding = false } = checkOptions('averagePool', options, [...poolOptions, 'includePadding']);
  const attributes = { ...poolAttributes(axes, options), includePadding: flag('includePadding', includePadding) };
  return apply(averagePoolOperator, [x], attributes) as Tensor<'float32'>;
}

/** Norm of each window and channel of `[N, ...spatial, C]`. */
export function lpPool(x: Tensor, options: LpPoolOptions = {}): Tensor<'float32'> {
  const axes = countSpatialAxes('lpPool', x);
  const { p = 2 } = checkOptions('lpPool', options, [...poolOptions, 'p']);
  return apply(lpPoolOperator, [x], { ...poolAttributes(axes, options), p }, { expand, conv }) as Tensor<'float32'>;
}

/** Mean of each channel of `[N, ...spatial, C]`: `[N, 1, ..., C]`. */
export function globalAveragePool(x: Tensor): Tensor<'float32'> {
  return apply(globalAveragePoolOperator, [x], {}) as Tensor<'float32'>;
}

/** Greatest value of each channel of `[N, ...spatial, C]`: `[N, 1, ..., C]`. */
export function globalMaxPool(x: Tensor): Tensor<'float32'> {
  return apply(globalMaxPoolOperator, [x], {}) as Tensor<'float32'>;
}
