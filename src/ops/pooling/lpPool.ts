// Norms of windows: powers, summed by a convolution with filters of ones, and their root.

import { dilatedExtent } from '../../shape.js';
import { sameRank } from '../lowering/partialShapes.js';
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
    const { strides, dilations, kernelShape } = windows;
    const counts = pooledShape(type, attributes).slice(1, -1);
    // Windows that hang over the end need more zeros there than the padding has.
    const padding = windows.padding.map((amount, side) => {
      const axis = side - counts.length;
      if (axis < 0) return amount;
      const end = (counts[axis] - 1) * strides[axis] + dilatedExtent(kernelShape[axis], dilations[axis]);
      return Math.max(amount, end - type.shape[axis + 1] - windows.padding[axis]);
    });
    const channels = type.shape.at(-1)!;
    const size = build.unary('abs', input);
    const powers =
      p === 1 ? size : p === 2 ? build.binary('mul', input, input) : build.binary('pow', size, build.scalar(p));
    const ones = build.apply('expand', [build.scalar(1)], {
      shape: [channels, Math.min(1, channels), ...kernelShape],
    });
    const sums = build.apply('conv', [powers, ones], { strides, dilations, padding, groups: Math.max(1, channels) });
    if (p === 1) return [sums];
    return [p === 2 ? build.unary('sqrt', sums) : build.binary('pow', sums, build.scalar(1 / p))];
  },
};
