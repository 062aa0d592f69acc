// What all pools take besides tensors.

import type { Attributes } from '../ops/operator.js';
import { flag } from '../options.js';
import { type PerAxis, perAxis, type WindowOptions, windowAttributes, windowOptions } from '../windowOptions.js';

export interface PoolOptions extends WindowOptions {
  /** Default: 2. */
  kernelSize?: PerAxis;
  /** Default: `kernelSize`, so that windows don't overlap. */
  strides?: PerAxis;
  /** Rounds the number of windows up. Default: false. */
  ceil?: boolean;
}

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
