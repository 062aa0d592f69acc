// Norms of windows: powers, summed by a convolution with filters of ones, and their root.

import { sameRank } from '../lowering/partialShapes.js';
import { windowHalo } from '../lowering/windows.js';
import type { Operator } from '../operator.js';
import { type PoolAttributes, pooledShape, poolWindows } from './pool.js';

export interface LpPoolAttributes extends PoolAttributes {
  /** Exponent of the norm. Default: 2. */
  readonly p?: number;
}

export const lpPool: Operator<LpPoolAttributes> = {
  name: 'lpPool',
  partialShapes: sameRank,

  infer: ([input], attributes) => [{ dtype: 'float32', shape: pooledShape(input!, attributes) }],

  windows: ([input], attributes) => poolWindows(input!, attributes),

  compose(build, [input], attributes) {
    const type = build.type(input);
    const { p = 2 } = attributes;
    const windows = poolWindows(type, attributes);
    const extents = type.shape.slice(1, -1);
    const halo = windowHalo(extents, windows, pooledShape(type, attributes).slice(1, -1));
    // Windows that hang over the end need more zeros there than the padding has.
    const padding = windows.padding.map((amount, side) =>
      side < extents.length ? amount : Math.max(amount, halo[side]),
    );
    const channels = type.shape.at(-1)!;
    const size = build.unary('abs', input);
    const powers =
      p === 1 ? size : p === 2 ? build.binary('mul', input, input) : build.binary('pow', size, build.scalar(p));
    const ones = build.apply('expand', [build.scalar(1)], {
      shape: [channels, Math.min(1, channels), ...windows.kernelShape],
    });
    const { strides, dilations } = windows;
    const sums = build.apply('conv', [powers, ones], { strides, dilations, padding, groups: Math.max(1, channels) });
    if (p === 1) return [sums];
    return [p === 2 ? build.unary('sqrt', sums) : build.binary('pow', sums, build.scalar(1 / p))];
  },
};
