// What all pools take besides tensors.

import type { Attributes } from '../ops/operator.js';
import { flag } from '../options.js';
import { perAxis, windowAttributes, windowOptions } from '../windowOptions.js';
import type { PoolOptions } from './pooling.js';

export const poolOptions = ['kernelSize', ...windowOptions, 'ceil'] as const;

/** The attributes of any pool over `axes` spatial axes; names of options are checked before. */
export function poolAttributes(axes: number, options: PoolOptions): Attributes {
  const { kernelSize = 2, strides = kernelSize, ceil = false } = options;
  return {
    kernelShape: perAxis('kernelSize', kernelSize, axes),
    ...windowAttributes({ ...options, strides }, axes),
    ceil: flag('ceil', ceil),
  };
}
