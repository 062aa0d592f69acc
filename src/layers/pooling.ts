// Pools over windows, and over whole maps.

import { identity } from '../ops/elementwise/identity.js';
import { flatten, reshape } from '../ops/layout/reshape.js';
import { matmul } from '../ops/matmul/matmul.js';
import type { Attributes, Operator } from '../ops/operator.js';
import { globalAveragePool, globalMaxPool } from '../ops/pooling/globalPool.js';
import { averagePool, maxPool } from '../ops/pooling/pool.js';
import { sizeOf } from '../shape.js';
import { type Tensor, tensor } from '../tensor.js';
import { type PerAxis, perAxis, type WindowOptions, windowAttributes, windowOptions } from '../windowOptions.js';
import { channelsOf } from './channels.js';
import { type Layer, type LayerOptions, unaryLayer } from './layer.js';

export interface PoolOptions extends LayerOptions, WindowOptions {
  /** Default: 2. */
  kernelSize?: PerAxis;
  /** Default: `kernelSize`, so that windows don't overlap. */
  strides?: PerAxis;
  /** Rounds the number of windows up. Default: false. */
  ceil?: boolean;
}

export interface AveragePoolOptions extends PoolOptions {
  /** Cells of the padding count as zeros in the mean. Default: false, as Keras. */
  includePadding?: boolean;
}

export interface GlobalPoolOptions extends LayerOptions {
  /** `[1, 1, C]` instead of `[C]`. Default: false. */
  keepDims?: boolean;
}

/** Greatest value of each window of `[L, C]`. */
export const maxPool1d = (options: PoolOptions = {}): Layer => pool('maxPool1d', maxPool, options, 1);
/** Greatest value of each window of `[H, W, C]`. */
export const maxPool2d = (options: PoolOptions = {}): Layer => pool('maxPool2d', maxPool, options, 2);
/** Mean of each window of `[L, C]`. */
export const averagePool1d = (options: AveragePoolOptions = {}): Layer =>
  pool('averagePool1d', averagePool, options, 1);
/** Mean of each window of `[H, W, C]`. */
export const averagePool2d = (options: AveragePoolOptions = {}): Layer =>
  pool('averagePool2d', averagePool, options, 2);

/** Greatest value of each channel of `[L, C]`: `[C]`. */
export const globalMaxPool1d = (options: GlobalPoolOptions = {}): Layer =>
  globalPool('globalMaxPool1d', globalMaxPool, options, 1);
/** Mean of each channel of `[L, C]`: `[C]`. */
export const globalAveragePool1d = (options: GlobalPoolOptions = {}): Layer =>
  globalPool('globalAveragePool1d', globalAveragePool, options, 1);
/** Mean of each channel of `[H, W, C]`: `[C]`. */
export const globalAveragePool2d = (options: GlobalPoolOptions = {}): Layer =>
  globalPool('globalAveragePool2d', globalAveragePool, options, 2);
/** Greatest value of each channel of `[H, W, C]`: `[C]`. */
export const globalMaxPool2d = (options: GlobalPoolOptions = {}): Layer =>
  globalPool('globalMaxPool2d', globalMaxPool, options, 2);

/**
 * Means over `size` windows that cover the map evenly: `[H, W, C]` to `[...size, C]`. Where `size` doesn't divide H and W,
 * windows overlap, from floor(i H / rows) to ceil((i + 1) H / rows), as PyTorch's.
 */
export function adaptiveAveragePool2d(size: PerAxis, options: LayerOptions = {}): Layer {
  return unaryLayer('adaptiveAveragePool2d', options, [], (builder, x) => {
    const channels = channelsOf(x, 2);
    const [rows, columns] = perAxis('size', size, 2);
    const [height, width] = x.shape;
    if (height % rows === 0 && width % columns === 0) {
      const kernelShape = [height / rows, width / columns];
      if (kernelShape.every((extent) => extent === 1)) return builder.apply(identity, [x]);
      return builder.apply(averagePool, [x], { kernelShape, strides: kernelShape });
    }
    const joined = builder.apply(reshape, [x], { shape: [0, height, width * channels] });
    const byRows = builder.apply(matmul, [averages(rows, height), joined]);
    const apart = builder.apply(reshape, [byRows], { shape: [0, rows, width, channels] });
    return builder.apply(matmul, [averages(columns, width), apart]);
  });
}

/** The matrix that makes the means of `parts` windows over `extent` elements. */
function averages(parts: number, extent: number): Tensor {
  const matrix = new Float32Array(sizeOf([parts, extent]));
  for (let part = 0; part < parts; part++) {
    const start = Math.floor((part * extent) / parts);
    const end = Math.ceil(((part + 1) * extent) / parts);
    matrix.fill(1 / (end - start), part * extent + start, part * extent + end);
  }
  return tensor(matrix, [parts, extent]);
}

function pool(kind: string, operator: Operator, options: AveragePoolOptions, axes: number): Layer {
  const isMean = operator === averagePool;
  const known = ['kernelSize', ...windowOptions, 'ceil', ...(isMean ? (['includePadding'] as const) : [])] as const;
  return unaryLayer(kind, options, known, (builder, x) => {
    channelsOf(x, axes);
    const kernelSize = options.kernelSize ?? 2;
    const attributes: Attributes = {
      kernelShape: perAxis('kernelSize', kernelSize, axes),
      ...windowAttributes({ ...options, strides: options.strides ?? kernelSize }, axes),
      ceil: options.ceil ?? false,
      ...(isMean && { includePadding: options.includePadding ?? false }),
    };
    return builder.apply(operator, [x], attributes);
  });
}

function globalPool(kind: string, operator: Operator, options: GlobalPoolOptions, axes: number): Layer {
  return unaryLayer(kind, options, ['keepDims'], (builder, x) => {
    channelsOf(x, axes);
    const pooled = builder.apply(operator, [x]);
    return options.keepDims ? pooled : builder.apply(flatten, [pooled], { axis: 1 });
  });
}
