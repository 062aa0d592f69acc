// Cases of operators with windows over 1 to 3 spatial axes.

import type { PerAxis } from '../reference/convolution/conv.js';

/** A convolution. */
export interface ConvolutionCase {
  /** `[N, ...spatial, C]` */
  readonly x: readonly number[];
  readonly filters: number;
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** Before each axis, then after each axis. */
  readonly padding?: readonly number[];
  readonly groups?: number;
}

/** A list with one entry an axis as [depth, height, width]. */
export const threeAxes = (values: readonly number[] | undefined, missing: number): PerAxis =>
  [missing, missing, missing, ...(values ?? [])].slice(-3) as unknown as PerAxis;
