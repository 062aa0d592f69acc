// Means over windows and over all of space: exact sums of integers, rounded once.

import { normalizeAxis, product } from '../../../shape.js';
import { tensor } from '../../../tensor.js';
import type { GraphBuilder } from '../../builder.js';
import type { Node } from '../../graph.js';
import { type Affine, integersOf, zeroOf } from './affine.js';
import type { Layer } from './products.js';

/** The mean that `node` takes as integers of `result`; undefined where it takes none over space alone. */
export function quantizedMean(builder: GraphBuilder, node: Node, result: Affine): Layer | undefined {
  const x = integersOf(builder, node.inputs[0]);
  if (!x) return undefined;
  const { shape } = builder.typeOf(x.value);
  const attributes = windowsOf(node, shape);
  if (!attributes) return undefined;
  const multiplier = builder.constant(tensor(Math.fround(x.factor / result.factor), []), `${node.name}/multiplier`);
  return {
    op: 'integerAveragePool',
    inputs: [x.value, multiplier, zeroOf(builder, result, node.name), x.zero],
    attributes,
  };
}

function windowsOf(node: Node, shape: readonly number[]): Node['attributes'] | undefined {
  const space = shape.slice(1, -1);
  const whole = shape.length >= 3 && shape.length <= 5 && product(space) > 0 ? { kernelShape: space } : undefined;
  switch (node.op) {
    case 'averagePool':
      return node.attributes;
    case 'globalAveragePool':
      return whole;
    case 'reduce': {
      const {
        reduction,
        axes,
        keepDims = true,
      } = node.attributes as {
        reduction?: string;
        axes?: readonly number[];
        keepDims?: boolean;
      };
      const reduced = axes?.map((axis) => normalizeAxis(axis, shape.length)).sort((a, b) => a - b);
      const isSpace = reduced?.join() === space.map((_, index) => index + 1).join();
      return reduction === 'mean' && isSpace && whole ? { ...whole, keepDims } : undefined;
    }
    default:
      return undefined;
  }
}
